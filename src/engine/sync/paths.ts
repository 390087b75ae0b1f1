/** Paths of the host and of containers, with `/` between their parts. */

export const pathBelow = (folder: string, relative: string): string =>
  relative === '' ? folder : folder.endsWith('/') ? `${folder}${relative}` : `${folder}/${relative}`

/** `path` as seen from `root`: empty for the root itself, `undefined` when it is not below it. */
export const relativeTo = (root: string, path: string): string | undefined => {
  if (path === root) return ''
  const prefix = root.endsWith('/') ? root : `${root}/`
  return path.startsWith(prefix) ? path.slice(prefix.length) : undefined
}

export const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 1))
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
