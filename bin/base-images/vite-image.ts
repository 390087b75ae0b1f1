import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeNodeImage } from './node-image.ts'
import type { ImageMaking, MadeImage } from './made-image.ts'
import { toFolderEntries, toLibraryEntries } from './root-entries.ts'
import type { RootEntry } from './root-entries.ts'

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))
const PLACE = '/app/node_modules'

/** The base image of Node with Vite where examples/vite-front-end wants it, so that its `npm install` asks nobody. */
export const makeViteImage = async (making: ImageMaking): Promise<MadeImage> => {
  const { entries, changes } = await makeNodeImage(making)
  const packages = [...listPackages('vite')]
  const installed = await Promise.all(
    packages.map(([name]) => toFolderEntries(join(modules, name), `${PLACE}/${name}`, (path) => path.endsWith('.map'))),
  )
  const files = installed.flat()
  const scopes = new Set(packages.flatMap(([name]) => (name.includes('/') ? [dirname(join(PLACE, name))] : [])))
  const addons = files.flatMap((entry) => (entry.kind === 'file' && entry.path.endsWith('.node') ? [entry.from] : []))
  const libraries = await toLibraryEntries([process.execPath, ...addons], making)
  const replaced = new Set(libraries.map(({ path }) => path))
  return {
    entries: [
      ...entries.filter(({ path }) => !replaced.has(path)),
      ...libraries,
      ...['/app', PLACE, ...scopes].map((path): RootEntry => ({ kind: 'directory', path })),
      ...files,
      ...toPrograms(packages),
    ],
    changes: [...changes, 'ENV npm_config_offline=true'],
  }
}

/** Which Vite is in the image; another one asks for another image. */
export const viteVersion = (): string => readPackage('vite')?.version ?? 'none'

type Package = {
  readonly version: string
  readonly bin?: string | Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const readPackage = (name: string): Package | undefined => {
  const file = join(modules, name, 'package.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Package) : undefined
}

/** A package and what it needs, as it is installed here; what is for other platforms is not. */
const listPackages = (name: string, found = new Map<string, Package>()): ReadonlyMap<string, Package> => {
  const read = found.has(name) ? undefined : readPackage(name)
  if (read === undefined) return found
  found.set(name, read)
  for (const needed of Object.keys({ ...read.dependencies, ...read.optionalDependencies })) listPackages(needed, found)
  return found
}

/** npm takes a package for installed when its programs are linked. */
const toPrograms = (packages: readonly (readonly [string, Package])[]): readonly RootEntry[] => [
  { kind: 'directory', path: `${PLACE}/.bin` },
  ...packages.flatMap(([name, { bin = {} }]) =>
    Object.entries(typeof bin === 'string' ? { [name]: bin } : bin).map(([program, file]): RootEntry => ({
      kind: 'link',
      path: `${PLACE}/.bin/${program}`,
      target: join('..', name, file),
    })),
  ),
]
