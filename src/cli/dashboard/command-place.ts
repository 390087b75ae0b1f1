import { existsSync } from 'node:fs'
import { parse } from 'node:path'
import { globalFlags, type GlobalFlags } from '../table/global-flags.ts'

/** With what, and where, other commands of ours are about the same project. */
export type CommandPlace = {
  /** Global flags, as they are written on a command line. */
  readonly words: readonly string[]
  /** Absent: this folder. */
  readonly cwd?: string
}

export const toCommandPlace = (
  global: GlobalFlags,
  { isElsewhere }: { readonly isElsewhere: boolean },
): CommandPlace => {
  const hasFiles = global.file.length > 0 && global.file.every((file) => existsSync(file))
  // Its name is all there is: in a folder without a stack file that is enough, and a stack file of this one is another project's.
  return isElsewhere && !hasFiles
    ? { words: [`--project-name=${global['project-name']}`], cwd: parse(process.cwd()).root }
    : { words: toWords(global) }
}

/** Flags that say which project it is; those that say how much is told are left out. */
const about = [
  'file',
  'project-name',
  'project-directory',
  'env-file',
  'profile',
  'workdir',
  'compatibility',
] as const satisfies readonly (keyof GlobalFlags)[]

const toWords = (global: GlobalFlags): readonly string[] =>
  about.flatMap((name) => {
    const value = global[name]
    if (globalFlags[name].kind === 'boolean') return value === true ? [`--${name}`] : []
    return [value ?? []].flat().map((one) => `--${name}=${String(one)}`)
  })
