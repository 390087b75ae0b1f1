import { randomBytes } from 'node:crypto'
import type { ObservedContainer } from '../../core/plan/observed.ts'
import { toLabelledProject } from '../../core/plan/labelled-project.ts'
import { StackError } from '../../core/errors/stack-error.ts'
import type { ContainerSpec } from '../../engine/ports/container-runtime.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { debugCommand } from '../table/container-commands.ts'
import { loadTarget } from '../load-target.ts'
import { runJoined } from '../screen/run-joined.ts'
import { nonEmpty } from '../screen/terminal.ts'
import { assertServices, selectContainer } from '../target.ts'

const defaultImage = 'busybox:latest'

/**
 * `stack debug`: the shell of another image beside a container whose own image has none. It is in the container's process and
 * network namespaces and has its volumes; the container itself is not touched.
 */
export const runDebug = async ({ context, flags, words }: CallOf<typeof debugCommand>): Promise<number> => {
  const [service = '', ...command] = words
  const [target, runtime] = await Promise.all([loadTarget(context, { services: [service] }), context.runtime()])
  const containers = await runtime.listContainers({ project: target.name }, { signal: context.signal })
  assertServices([service], { target, containers })
  const container = selectContainer(containers, { service, index: flags.index, running: true })
  const image = flags.image ?? nonEmpty(context.env['STACK_DEBUG_IMAGE']) ?? defaultImage
  if ((await runtime.inspectImage(image, { signal: context.signal })) === undefined)
    throw new StackError('cli/no-debug-image', { image })
  if (context.global['dry-run']) {
    context.stdout.write(`${container.name}: would run ${[image, ...command].join(' ')} beside it\n`)
    return 0
  }
  const tty = !flags['no-tty'] && context.terminal.stdin && context.terminal.stdout
  if (tty)
    context.stderr.write(
      `A shell of ${image} beside ${container.name}: with its processes, network and volumes. Its files are in /proc/1/root.\n`,
    )
  const { id } = await runtime.createContainer(toSpec(container, { project: target.name, image, command, tty }), {
    signal: context.signal,
  })
  return runJoined(context, { id, tty, input: true, removes: true })
}

type SpecInput = {
  readonly project: string
  readonly image: string
  readonly command: readonly string[]
  readonly tty: boolean
}

/** Without labels: it is nothing of the project's, which neither counts nor replaces it. */
const toSpec = (
  { id, name, service }: ObservedContainer,
  { project, image, command, tty }: SpecInput,
): ContainerSpec => ({
  name: `${name}-debug-${randomBytes(4).toString('hex')}`,
  project: toLabelledProject(project, []),
  serviceName: service,
  image,
  labels: {},
  networkNames: {},
  containersOf: {},
  oneOff: { servicePorts: false, useAliases: false, autoRemove: true },
  service: {
    image,
    entrypoint: [],
    command: command.length > 0 ? command : ['sh'],
    // What runs as another user in the container shows its files to whoever may trace it.
    user: '0',
    cap_add: ['SYS_PTRACE'],
    pid: `container:${id}`,
    network_mode: `container:${id}`,
    volumes_from: [`container:${id}`],
    tty,
    stdin_open: true,
  },
})
