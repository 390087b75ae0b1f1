import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runTool, type ToolOptions } from '../../src/system/run-tool.ts'

/** The newest `postgresql-N` and the like that the release has, by a pattern on package names. */
export const findPackage = async (pattern: RegExp, options: ToolOptions): Promise<string | undefined> => {
  const names = (
    await runTool('apt-cache', ['pkgnames', /^\^?([a-z-]*)/.exec(pattern.source)?.[1] ?? ''], options)
  ).split('\n')
  const number = (name: string): number => Number(/\d+/.exec(name)?.[0] ?? 0)
  return names.filter((name) => pattern.test(name)).toSorted((a, b) => number(b) - number(a))[0]
}

/** What packages need, to any depth, and they themselves. */
export const listDependencies = async (names: readonly string[], options: ToolOptions): Promise<readonly string[]> => {
  const without = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map(
    (kind) => `--no-${kind}`,
  )
  const listed = await runTool('apt-cache', ['depends', '--recurse', ...without, ...names], options)
  return [...new Set(listed.match(/^[a-z0-9][a-z0-9.+-]+/gm) ?? [])]
}

/**
 * The libraries that packages need and the machine has not: all `lib*` packages among their dependencies, to any depth,
 * that are not installed. Those that are installed are taken from the machine itself.
 */
export const listMissingLibraries = async (
  names: readonly string[],
  options: ToolOptions,
): Promise<readonly string[]> => {
  const libraries = (await listDependencies(names, options)).filter((name) => name.startsWith('lib'))
  const installed = new Set(
    (await runTool('dpkg-query', ['-W', '-f', '${db:Status-Abbrev} ${Package}\n'], options)).match(/(?<=^ii  )\S+/gm),
  )
  return libraries.filter((library) => !installed.has(library) && !/^lib(llvm|.*-perl$|.*-dev$)/.test(library))
}

/** Downloads packages and lays their files out under `root`; nothing is installed on the machine. */
export const unpackPackages = async (
  names: readonly string[],
  options: ToolOptions & { root: string },
): Promise<void> => {
  const folder = join(options.root, '.packages')
  await mkdir(folder, { recursive: true })
  // The sandbox user of apt cannot write into our folder, which apt would say in a warning every time.
  await runTool('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', ...names], { ...options, cwd: folder })
  for (const file of await readdir(folder)) await runTool('dpkg', ['-x', join(folder, file), options.root], options)
}

/** Fresh lists are needed once on a machine that has none; old ones name files that mirrors have dropped. */
export const refreshPackageLists = async (options: ToolOptions): Promise<void> => {
  await runTool('apt-get', ['-o', 'APT::Sandbox::User=root', 'update', '-qq'], options)
}
