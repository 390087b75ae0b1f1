import type { Sources } from '../../src/core/compose/sources/sources.ts'

/** Files as `Sources`, by absolute path. What is not given is not there; a folder is there for what is below it. */
export const createMemorySources = (files: Readonly<Record<string, string>>, home = '/home/somebody'): Sources => {
  const kindOf = (path: string): 'file' | 'directory' | undefined => {
    if (files[path] !== undefined) return 'file'
    return Object.keys(files).some((file) => file.startsWith(`${path}/`)) ? 'directory' : undefined
  }
  return {
    read: (path) => {
      const text = files[path]
      if (text !== undefined) return { ok: true, text }
      return kindOf(path) === 'directory'
        ? { ok: false, fault: 'directory', detail: 'it is a directory' }
        : { ok: false, fault: 'missing', detail: 'it is not there' }
    },
    kindOf,
    realpath: (path) => path,
    home,
    fetchGit: (url) => ({ ok: false, detail: `nothing is fetched from ${url}` }),
  }
}
