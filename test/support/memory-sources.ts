import type { ReadResult, Sources } from '../../src/core/compose/sources/sources.ts'

/** Files as `Sources`, by absolute path. What is not given is not there. */
export const createMemorySources = (files: Readonly<Record<string, string>>, home = '/home/somebody'): Sources => ({
  read: (path): ReadResult => {
    const text = files[path]
    return text === undefined ? { ok: false, fault: 'missing', detail: 'it is not there' } : { ok: true, text }
  },
  kindOf: (path) => {
    if (files[path] !== undefined) return 'file'
    return Object.keys(files).some((file) => file.startsWith(`${path}/`)) ? 'directory' : undefined
  },
  realpath: (path) => path,
  home,
  fetchGit: (url) => ({ ok: false, detail: `nothing is fetched from ${url}` }),
})
