import type { BuildSpec } from '../../engine/ports/image-runtime.ts'
import { withSignal, type DockerClient } from '../connection/client.ts'

/** Where an engine keeps its images: containerd's store holds one for several platforms and what is attested of it. */
export type ImageStore = 'containerd' | 'classic'

/** What `docker info` shows as `driver-type` of the storage driver, and nobody else does. */
export const readImageStore = async (client: DockerClient, signal: AbortSignal | undefined): Promise<ImageStore> => {
  const { DriverStatus } = await client.docker.info(withSignal(signal, {}))
  return (DriverStatus ?? []).some(
    ([name, value]) => name === 'driver-type' && value === 'io.containerd.snapshotter.v1',
  )
    ? 'containerd'
    : 'classic'
}

/** The names of attestations that a build asks for, with BuildKit's attributes: `mode=max`, `generator=image`. */
export const toAttestations = ({ build: { provenance, sbom } }: BuildSpec): Readonly<Record<string, string>> => {
  const asked = Object.entries({ provenance, sbom }).flatMap(([name, value]): [string, string][] => {
    const text = String(value ?? 'false')
    if (isOff(text)) return []
    return [[name, isOn(text) ? '' : text]]
  })
  return Object.fromEntries(asked)
}

/** Go's `strconv.ParseBool`, as Docker's builder reads these; everything else is attributes. */
const isOn = (text: string): boolean => /^(?:1|t|true)$/i.test(text)
const isOff = (text: string): boolean => /^(?:0|f|false|)$/i.test(text) || text.split(',').includes('disabled=true')

/** What only an image in containerd's store can be. */
export const needsImageStore = (spec: BuildSpec): boolean =>
  (spec.platforms ?? []).length > 1 || Object.keys(toAttestations(spec)).length > 0
