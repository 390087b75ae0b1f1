/** A text as one word of a shell, whatever it holds. Bytes that are not UTF-8 stand as in `wire/byte-names`. */
export const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** A path below the folder in which the shell is; empty for that folder itself. Never an option, even with a dash in front. */
export const quoteBelow = (path: string): string => (path === '' ? '.' : quote(`./${path}`))

/** The folder of a path below a root: empty for the root itself. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** A path below a root, of a folder below it and what is below that. */
export const joinBelow = (folder: string, path: string): string => (folder === '' ? path : `${folder}/${path}`)

/** An absolute path. */
export const joinPath = (folder: string, path: string): string =>
  path === '' ? folder : folder.endsWith('/') ? `${folder}${path}` : `${folder}/${path}`
