import { constants, existsSync } from 'node:fs'
import { lstat, mkdir, open, type FileHandle } from 'node:fs/promises'

/** Linux opens a folder by this without reading it; Node has no name for it. */
const O_PATH = 0o10000000
/** There, an open folder has a path of its own, which stays with the folder whatever is put in its place meanwhile. */
const openFolders = '/proc/self/fd'
const hasOpenFolders = existsSync(openFolders)

/** A folder that is open, so that what is written into it is written into this one. Names are text of one character a byte. */
export type OpenFolder = { readonly handle: FileHandle; readonly path: string; readonly shown: string }

/** A name that may be no UTF-8, as a text of one character a byte, and back: nothing else keeps it as it is. */
export const toBinary = (name: Uint8Array): string => Buffer.from(name).toString('latin1')
export const fromBinary = (name: string): Buffer => Buffer.from(name, 'latin1')
export const toText = (name: string): string => fromBinary(name).toString()

/** Where a name of an open folder is. */
export const placeIn = ({ handle, path }: OpenFolder, name: string): Buffer =>
  fromBinary(`${hasOpenFolders ? `${openFolders}/${handle.fd}` : path}/${name}`)

/** Opens a folder by its path, in which every link is followed: whoever named it has named these, too. */
export const openFolder = async (path: string): Promise<OpenFolder> => ({
  handle: await open(fromBinary(path), constants.O_RDONLY | constants.O_DIRECTORY),
  path,
  shown: toText(path),
})

export type Stepping = {
  /** Folders that are missing are made. */
  readonly makes: boolean
  /** What is thrown where something else than a folder is on the way, a link among it. */
  readonly refuse: (shown: string) => Error
}

/** Steps into one folder after the other, through no link, and closes what it has opened. */
export const stepInto = async <T>(
  folder: OpenFolder,
  names: readonly string[],
  { use, ...stepping }: Stepping & { readonly use: (folder: OpenFolder) => Promise<T> },
): Promise<T> => {
  const [name, ...rest] = names
  if (name === undefined) return use(folder)
  const place = placeIn(folder, name)
  const shown = `${folder.shown}/${toText(name)}`
  if (stepping.makes) await mkdir(place).catch(unless('EEXIST'))
  const reading = hasOpenFolders ? O_PATH : constants.O_RDONLY
  const handle = await open(place, reading | constants.O_DIRECTORY | constants.O_NOFOLLOW).catch(
    async (error: unknown) => {
      throw (await isFolder(place)) ? error : stepping.refuse(shown)
    },
  )
  try {
    return await stepInto({ handle, path: `${folder.path}/${name}`, shown }, rest, { ...stepping, use })
  } finally {
    await handle.close()
  }
}

export const unless =
  (code: string) =>
  (error: NodeJS.ErrnoException): undefined => {
    if (error.code !== code) throw error
  }

export const isFolder = async (place: Buffer): Promise<boolean> => (await lstat(place)).isDirectory()
