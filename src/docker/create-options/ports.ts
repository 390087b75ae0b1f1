import type { Port, Service } from '../../core/project/service.ts'

type Published = { readonly published: boolean }

const portKey = ({ target, protocol }: Pick<Port, 'target' | 'protocol'>): string => `${target}/${protocol}`

/** `ExposedPorts`: what is published and what `expose` names, ranges one by one. */
export const toExposedPorts = (service: Service, { published }: Published): Readonly<Record<string, object>> => {
  const keys = [
    ...(published ? (service.ports ?? []).map(portKey) : []),
    ...(service.expose ?? []).flatMap(expandExpose),
  ]
  return Object.fromEntries(keys.map((key) => [key, {}]))
}

/** `PortBindings`. An empty host port leaves the choice to the engine, a range too. */
export const toPortBindings = (
  service: Service,
  { published }: Published,
): Readonly<Record<string, readonly object[]>> => {
  const bindings: Record<string, object[]> = {}
  for (const port of published ? (service.ports ?? []) : []) {
    const binding = { HostIp: port.host_ip ?? '', HostPort: port.published ?? '' }
    ;(bindings[portKey(port)] ??= []).push(binding)
  }
  return bindings
}

const expandExpose = (text: string): readonly string[] => {
  const [range = '', protocol = 'tcp'] = text.split('/')
  const [first = 0, last = first] = range.split('-').map(Number)
  return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}/${protocol}`)
}
