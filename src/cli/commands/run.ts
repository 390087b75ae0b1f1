import { randomBytes } from 'node:crypto'
import { planRun, type OneOff } from '../../core/plan/plan-run.ts'
import type { Sources } from '../../core/compose/sources/sources.ts'
import type { Project } from '../../core/project/project.ts'
import { createConfirm } from '../screen/ask-yes-no.ts'
import { confirmRemote } from '../confirm-remote.ts'
import type { CliContext } from '../context.ts'
import { runJoined } from '../screen/run-joined.ts'
import { loadValidProject } from '../load-target.ts'
import { parseKeyValues, toRunDefinition } from '../run-definition.ts'
import { applyWithProgress } from '../apply-with-progress.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { runCommand } from '../table/container-commands.ts'
import { assertServices } from '../target.ts'
import { assertApart, toBaseOptions, toRoundOptions, toSilent } from '../up/up-options.ts'

type RunCall = CallOf<typeof runCommand>

/** `stack run`: what the service needs is brought up, then a container of its own runs the command; its code is ours. */
export const runRun = async (call: RunCall): Promise<number> => {
  const { context, flags, words } = call
  const [service = '', ...command] = words
  assertApart(flags, 'run', [['service-ports', 'publish']])
  const project = await loadValidProject(context, { services: [service] })
  const target = { name: project.name, project }
  assertServices([service], { target })
  await confirmRemote(context, project, { yes: flags.yes })
  const tty = !flags.detach && flags.tty && !flags['no-tty'] && context.terminal.stdin && context.terminal.stdout
  const oneOff = toOneOff(call, { project, service, command, tty, sources: await context.sources() })
  const options = {
    ...toBaseOptions(context, project),
    noDeps: flags['no-deps'],
    build: flags.build ? ('always' as const) : ('missing' as const),
    removeOrphans: flags['remove-orphans'],
    ...toPull(flags.pull),
  }
  const { exit } = await applyWithProgress(flags.quiet ? quietly(context) : context, {
    target,
    title: 'run',
    plan: (observed, round) => planRun(project, observed, { oneOff, options: toRoundOptions(options, round) }),
    ...createConfirm(context),
    silent: toSilent(flags),
  })
  if (exit !== 0 || context.global['dry-run']) return exit
  const id = await findMade(context, oneOff.name)
  return flags.detach
    ? startDetached(context, id)
    : runJoined(context, { id, tty, input: flags.interactive, removes: flags.rm })
}

const quietly = (context: CliContext): CliContext => ({
  ...context,
  terminal: { ...context.terminal, progress: 'quiet' },
})

const toPull = (pull: string | undefined): { readonly pull?: 'always' | 'missing' | 'never' } =>
  pull === 'always' || pull === 'missing' || pull === 'never' ? { pull } : {}

type OneOffInput = {
  readonly project: Project
  readonly service: string
  readonly command: readonly string[]
  readonly tty: boolean
  readonly sources: Sources
}

const toOneOff = ({ context, flags }: RunCall, { project, service, command, tty, sources }: OneOffInput): OneOff => {
  const definition = project.services[service]
  if (definition === undefined) throw new Error(`service ${service} was loaded and is not there`)
  const slug = randomBytes(32).toString('hex')
  const labels = Object.fromEntries(
    Object.entries(parseKeyValues(flags.label, {})).map(([key, value]) => [key, value ?? '']),
  )
  return {
    service,
    slug,
    labels,
    definition: toRunDefinition(definition, { flags, command, tty, context, sources }),
    name: flags.name ?? `${project.name}-${service}-run-${slug.slice(0, 12)}`,
    servicePorts: flags['service-ports'] || flags.publish.length > 0,
    useAliases: flags['use-aliases'],
    autoRemove: flags.rm && flags.detach,
  }
}

const findMade = async (context: CliContext, name: string): Promise<string> => {
  const runtime = await context.runtime()
  const container = await runtime.inspectContainer(name, { signal: context.signal })
  if (container === undefined) throw new Error(`container ${name} was created and is not there`)
  return container.id
}

const startDetached = async (context: CliContext, id: string): Promise<number> => {
  const runtime = await context.runtime()
  await runtime.startContainer(id, { signal: context.signal })
  context.stdout.write(`${id}\n`)
  return 0
}
