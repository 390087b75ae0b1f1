import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export type InstalledPackage = {
  /** A copy of the sources, in which the package was built and packed: `dist` of the clone is as it was. */
  readonly sources: string
  readonly tarball: string
  /** What `npm pack` says is in it. */
  readonly packed: { readonly size: number; readonly unpackedSize: number; readonly files: readonly { path: string }[] }
  /** Where packages lie under the prefix, and the command that it is installed for. */
  readonly modules: string
  readonly command: string
  /** What npm printed at the installation. */
  readonly told: string
  readonly remove: () => Promise<void>
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const ownedByNobody = ['node_modules', 'dist', 'test', '.git']

export const run = promisify(execFile)

/** Packs a copy of the sources as `npm publish` would, and installs the package into an empty prefix, without a network. */
export const installPackage = async (): Promise<InstalledPackage> => {
  const folder = await mkdtemp(join(tmpdir(), 'stack-package-'))
  const sources = join(folder, 'sources')
  const prefix = join(folder, 'prefix')
  await cp(root, sources, {
    recursive: true,
    filter: (path) => !ownedByNobody.some((name) => path === join(root, name)),
  })
  await symlink(join(root, 'node_modules'), join(sources, 'node_modules'))
  const npm = (...words: readonly string[]) =>
    run('npm', [...words, '--offline', '--no-update-notifier', '--cache', join(folder, 'cache')], { cwd: sources })
  const { stdout } = await npm('pack', '--json', '--pack-destination', folder)
  const listed = JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as unknown
  const [packed] = Object.values(listed as object) as (InstalledPackage['packed'] & { readonly filename: string })[]
  if (packed === undefined) throw new Error(`npm pack named no package:\n${stdout}`)
  const tarball = join(folder, packed.filename)
  const { stdout: told } = await npm('install', '--global', '--prefix', prefix, tarball)
  return {
    sources,
    tarball,
    packed,
    modules: join(prefix, 'lib', 'node_modules'),
    command: join(prefix, 'bin', 'stack'),
    told,
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

export const readManifest = async (folder: string): Promise<Readonly<Record<string, unknown>>> =>
  JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Readonly<Record<string, unknown>>
