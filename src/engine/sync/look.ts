import type { Look } from '../dockerfile/mapping.ts'
import type { HostFiles } from '../ports/host-files.ts'
import { nameOf, parentOf } from './paths.ts'

// Manifests and start scripts are small.
const maxBytes = 1024 * 1024

/**
 * What a folder of this machine holds, for code that waits for nothing: what is asked for and not known yet counts as not
 * being there. `learn` looks it up, and says whether there was anything: then whoever asked has to ask again.
 */
export const createLook = (files: HostFiles): { readonly look: Look; readonly learn: () => Promise<boolean> } => {
  const kinds = createMemory(async (path) => (await files.stat(path))?.kind)
  const names = createMemory(async (folder) => {
    const found = await files.list(folder, (path) => path !== folder && parentOf(path) !== folder)
    return found.flatMap(({ path }) => (path === folder ? [] : [nameOf(path)])).toSorted()
  })
  const reals = createMemory((path) => files.realpath(path))
  const texts = createMemory(async (path) => {
    const entry = await files.stat(path)
    if (entry?.kind !== 'file' || entry.size > maxBytes) return undefined
    return new TextDecoder().decode(await files.read(path))
  })
  return {
    look: { kind: kinds.get, names: (folder) => names.get(folder) ?? [], real: reals.get, text: texts.get },
    learn: async () => (await Promise.all([kinds.learn(), names.learn(), reals.learn(), texts.learn()])).some(Boolean),
  }
}

type Memory<T> = { readonly get: (path: string) => T | undefined; readonly learn: () => Promise<boolean> }

const createMemory = <T>(find: (path: string) => Promise<T | undefined>): Memory<T> => {
  const known = new Map<string, T | undefined>()
  const asked = new Set<string>()
  return {
    get: (path) => {
      if (!known.has(path)) asked.add(path)
      return known.get(path)
    },
    learn: async () => {
      const paths = [...asked]
      asked.clear()
      await Promise.all(paths.map(async (path) => known.set(path, await find(path).catch(() => undefined))))
      return paths.length > 0
    },
  }
}
