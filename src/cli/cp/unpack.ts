import { constants } from 'node:fs'
import { link, lstat, mkdir, open, readlink, rm, symlink } from 'node:fs/promises'
import { StackError } from '../../core/errors/stack-error.ts'
import {
  isFolder,
  type OpenFolder,
  openFolder,
  placeIn,
  stepInto,
  toBinary,
  toText,
  unless,
} from '../../system/open-folder.ts'
import type { TarItem } from '../../wire/read-tar.ts'

type Target = {
  /** An existing folder, in binary as all names here. Every link on the way to it was named by whoever runs the command. */
  readonly folder: string
  /** What the root of the archive is called in it; absent for the folder itself. */
  readonly name?: string
}

/**
 * Writes an archive into a folder and nowhere else. What leads out is decided by what is there at the moment of writing: no
 * link is followed, neither one that was there nor one that the archive has brought. As with `docker cp`, a file or a link
 * makes room for a file or a link, and a folder for nothing.
 */
export const unpack = async (items: AsyncIterable<TarItem>, target: Target): Promise<void> => {
  const root = await openFolder(target.folder)
  try {
    for await (const item of items) {
      const names = toNames(item.path, target)
      const [name, folders] = [names.at(-1), names.slice(0, -1)]
      // The folder itself, which is there.
      if (name === undefined) continue
      await within(root, folders, (folder) =>
        writeItem(item, { folder, name, findOther: (path, use) => withOther(path, { target, root, use }) }),
      )
    }
  } finally {
    await root.handle.close()
  }
}

const refuse = (path: string, why: string): StackError => new StackError('archive/no-place', { path, why })

/** The names on the way from the folder to an entry, without the first of the archive, which is its root's. */
const toNames = (path: Buffer, { name }: Target): readonly string[] => {
  const all = toBinary(path)
  const inner = all
    .replace(/^[^/]*/, '')
    .split('/')
    .filter((part) => part !== '' && part !== '.')
  if (all.split('/').includes('..')) throw refuse(path.toString(), 'its name leads out of the folder')
  return name === undefined ? inner : [name, ...inner]
}

/** Steps into a folder below another one, and makes those that are missing. */
const within = <T>(folder: OpenFolder, names: readonly string[], use: (folder: OpenFolder) => Promise<T>): Promise<T> =>
  stepInto(folder, names, {
    makes: true,
    refuse: (shown) => refuse(shown, 'something else than a folder is there'),
    use,
  })

type ItemPlace = {
  readonly folder: OpenFolder
  readonly name: string
  /** Goes to another entry of the archive, which came before. */
  readonly findOther: (path: Buffer, use: (place: Buffer, shown: string) => Promise<void>) => Promise<void>
}

const withOther = async (
  path: Buffer,
  wanted: {
    readonly target: Target
    readonly root: OpenFolder
    readonly use: (place: Buffer, shown: string) => Promise<void>
  },
): Promise<void> => {
  const { target, root, use } = wanted
  const names = toNames(path, target)
  const name = names.at(-1)
  if (name === undefined) throw refuse(path.toString(), 'no second name can be given to a folder')
  await within(root, names.slice(0, -1), (folder) => use(placeIn(folder, name), `${folder.shown}/${toText(name)}`))
}

const writeItem = async (item: TarItem, { folder, name, findOther }: ItemPlace): Promise<void> => {
  const place = placeIn(folder, name)
  const shown = `${folder.shown}/${toText(name)}`
  switch (item.kind) {
    case 'directory':
      return makeFolder(place, { shown, mode: item.mode })
    case 'link':
      await makeRoom(place, shown)
      return symlink(item.linkTarget, place)
    case 'hardlink':
      await makeRoom(place, shown)
      return findOther(item.linkTarget, (other, otherShown) => linkTo(place, { other, otherShown }))
    case 'file':
      await makeRoom(place, shown)
      return writeFile(item, place)
    case 'other':
      return
  }
}

const makeFolder = async (
  place: Buffer,
  { shown, mode }: { readonly shown: string; readonly mode: number },
): Promise<void> => {
  await mkdir(place, { mode }).catch(unless('EEXIST'))
  if (!(await isFolder(place))) throw refuse(shown, 'a folder is to be there, and something else is')
}

/** Whatever has several names keeps what it holds under the others: what is there is taken away and never written over. */
const makeRoom = async (place: Buffer, shown: string): Promise<void> => {
  const found = await lstat(place).catch(unless('ENOENT'))
  if (found === undefined) return
  if (found.isDirectory()) throw refuse(shown, 'a folder is there')
  if (!found.isFile() && !found.isSymbolicLink()) throw refuse(shown, 'a device, a pipe or a socket is there')
  await rm(place, { force: true })
}

/** Not every system gives a link a second name, and some give it to what the link leads to. */
const linkTo = async (
  place: Buffer,
  { other, otherShown }: { readonly other: Buffer; readonly otherShown: string },
): Promise<void> => {
  const found = await lstat(other)
  if (found.isSymbolicLink()) return symlink(await readlink(other, { encoding: 'buffer' }), place)
  if (!found.isFile()) throw refuse(otherShown, 'only a file can have a second name')
  return link(other, place)
}

const writeFile = async (item: TarItem, place: Buffer): Promise<void> => {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  const handle = await open(place, flags, item.mode & 0o777)
  try {
    await handle.writeFile(item.data)
    // Not every file system has owners; a change of the owner takes the special bits away.
    if (process.getuid?.() === 0) await handle.chown(item.uid, item.gid).catch(() => undefined)
    await handle.chmod(item.mode & 0o7777)
    await handle.utimes(item.mtimeSeconds, item.mtimeSeconds)
  } finally {
    await handle.close()
  }
}
