import { loadTarget } from '../load-target.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { cpCommand } from '../table/container-commands.ts'
import { assertServices, selectContainer } from '../target.ts'
import { createUsageError } from '../usage-error.ts'

type Place = { readonly service?: string; readonly path: string }

/** `stack cp`: from a container to here, or from here to every replica of a service, as Compose does. */
export const runCp = async ({ context, flags, words }: CallOf<typeof cpCommand>): Promise<number> => {
  const [from, to] = [parsePlace(words[0] ?? ''), parsePlace(words[1] ?? '')]
  if ((from.service === undefined) === (to.service === undefined)) {
    throw createUsageError(
      {
        detail:
          from.service === undefined
            ? 'One side must be in a container: SERVICE:PATH.'
            : 'Files cannot be copied from one container to another.',
      },
      'cp',
    )
  }
  const service = from.service ?? to.service ?? ''
  const [target, runtime] = await Promise.all([loadTarget(context, { services: [service] }), context.runtime()])
  const containers = (await runtime.listContainers({ project: target.name }, { signal: context.signal })).filter(
    (container) => flags.all || !container.oneOff,
  )
  assertServices([service], { target, containers })
  const first = selectContainer(containers, { service, index: flags.index })
  const files = await import('../cp/copy-files.ts')
  const shared = { from: from.path, to: to.path, followLink: flags['follow-link'], dryRun: context.global['dry-run'] }
  const tell = ({ name }: { readonly name: string }): void => {
    const [source, place] = [from, to].map(({ service: own, path }) => (own === undefined ? path : `${name}:${path}`))
    if (shared.dryRun) context.stdout.write(`${name}: would copy ${source} to ${place}\n`)
  }
  if (from.service !== undefined) {
    await files.copyFromContainer(context, { ...shared, container: first })
    tell(first)
    return 0
  }
  const chosen =
    flags.index === undefined
      ? containers.filter((container) => container.service === service).toSorted((a, b) => a.number - b.number)
      : [first]
  for (const container of chosen) {
    await files.copyToContainer(context, { ...shared, container, copyOwner: flags.archive })
    tell(container)
  }
  return 0
}

/** `web:/etc/hosts` is in a container; `./a:b`, `/a:b` and `C:\a` are here. */
const parsePlace = (text: string): Place => {
  const at = text.indexOf(':')
  if (text === '') throw createUsageError({ detail: 'A path is empty.' }, 'cp')
  if (at <= 0 || /^[./\\]/.test(text) || (process.platform === 'win32' && at === 1)) return { path: text }
  return { service: text.slice(0, at), path: text.slice(at + 1) }
}
