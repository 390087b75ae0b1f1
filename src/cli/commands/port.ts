import { StackError } from '../../core/errors/stack-error.ts'
import { loadTarget } from '../load-target.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { portCommand } from '../table/look-commands.ts'
import { assertServices, selectContainer } from '../target.ts'
import { createUsageError } from '../usage-error.ts'

/** `stack port SERVICE PORT`: prints `0.0.0.0:8080`. */
export const runPort = async ({ context, flags, words }: CallOf<typeof portCommand>): Promise<number> => {
  const [service = '', portText = ''] = words
  const [, digits, ownProtocol] = /^(\d+)(?:\/(\w+))?$/.exec(portText) ?? []
  if (digits === undefined) throw createUsageError({ detail: `"${portText}" is no port.` }, 'port')
  const protocol = (flags.protocol ?? ownProtocol ?? 'tcp').toLowerCase()
  const [target, runtime] = await Promise.all([loadTarget(context, { services: [service] }), context.runtime()])
  const containers = await runtime.listContainers({ project: target.name }, { signal: context.signal })
  assertServices([service], { target, containers })
  const container = selectContainer(containers, { service, index: flags.index, running: true })
  const found = container.ports.filter(
    (port) => port.containerPort === Number(digits) && port.protocol === protocol && port.hostPort !== undefined,
  )
  const port = found.find(({ hostIp }) => !hostIp.includes(':')) ?? found[0]
  if (port === undefined) {
    const published = container.ports
      .filter(({ hostPort }) => hostPort !== undefined)
      .toSorted((a, b) => a.containerPort - b.containerPort || (a.protocol < b.protocol ? -1 : 1))
      .map((each) => `${each.hostPort} → ${each.containerPort}/${each.protocol}`)
    throw new StackError('cli/no-port', {
      port: `${digits}/${protocol}`,
      container: container.name,
      published: [...new Set(published)].join(', '),
    })
  }
  context.stdout.write(`${port.hostIp.includes(':') ? `[${port.hostIp}]` : port.hostIp}:${port.hostPort}\n`)
  return 0
}
