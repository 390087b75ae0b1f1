import type { Mount, Service } from '../../core/project/service.ts'
import type { StepContext } from './context.ts'

/**
 * A bind mount whose source is missing gets an empty folder, which the engine would make, and as root. On this machine it is
 * made here, so that it belongs to whoever runs Stack; either way it is said, for a file was meant as often as not.
 */
export const makeBindSources = async (
  context: StepContext,
  { name, service }: { readonly name: string; readonly service: Service },
): Promise<void> => {
  const sources = (service.volumes ?? []).flatMap((mount) => (isMadeWhenMissing(mount) ? [mount.source] : []))
  if (sources.length === 0) return
  // Of another machine nothing is known here.
  const { socketPath } = await context.runtime.facts({ signal: context.signal })
  if (socketPath === undefined) return
  for (const source of new Set(sources)) {
    const outcome = await context.files.makeFolder(source)
    if (outcome === 'there' || context.world.saidOf.has(source)) continue
    context.world.saidOf.add(source)
    const what = `"${source}" of service "${name}" did not exist`
    if (outcome === 'made')
      context.warn(
        'engine/bind-source-made',
        `${what}: it was made, as an empty folder. If a file was meant, remove the folder, put the file there and run this again.`,
      )
    else
      context.warn(
        'engine/bind-source-of-root',
        `${what} and cannot be made by you: the engine makes it, as a folder of root's. Make it yourself beforehand, or say "create_host_path: false" to be told instead.`,
      )
  }
}

type MissingMade = Mount & { readonly source: string }

const isMadeWhenMissing = (mount: Mount): mount is MissingMade =>
  mount.type === 'bind' &&
  mount.source !== undefined &&
  mount.source.startsWith('/') &&
  (mount.bind === undefined || mount.bind.create_host_path === true)
