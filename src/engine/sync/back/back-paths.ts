import type { Project } from '../../../core/project/project.ts'
import type { BackRule } from '../../../core/project/back-rules.ts'
import { createIgnoreRules, readIgnoreFile } from '../../../wire/ignore-patterns.ts'
import { nameOf, pathBelow } from '../paths.ts'

/** What of a rule's files is carried. Paths are below its root; the root itself is the empty path. */
export type BackPaths = {
  /** Whether it is for the rule; of a folder, whether anything in it may be. */
  readonly carries: (path: string, isFolder: boolean) => boolean
  /** Folders are kept the same for their own sake; not where only some files count, whose folders follow them. */
  readonly keepsFolders: boolean
  /** Names and paths that nothing below may be carried of, as arguments of `find`. */
  readonly pruned: readonly string[]
}

/** What is written beside a file before it takes its place. */
export const temporaryName = '.stack-back-'

/** A container decides nothing of the project itself: neither what the stack file says nor what git does. */
export const createBackPaths = (rule: BackRule, { context }: Pick<Project, 'context'>): BackPaths => {
  const own = new Set([...context.files, ...context.envFiles])
  const ignored = createIgnoreRules(readIgnoreFile(rule.ignore.join('\n')))
  const included = rule.include.length === 0 ? undefined : createIgnoreRules(readIgnoreFile(rule.include.join('\n')))
  return {
    carries: (path, isFolder) => {
      if (path === '') return true
      if (path.split('/').includes('.git') || nameOf(path).startsWith(temporaryName)) return false
      if (own.has(pathBelow(rule.path, path))) return false
      if (ignored.ignores(path) && !(isFolder && ignored.mayHoldException(path))) return false
      return isFolder || included === undefined || included.ignores(path)
    },
    keepsFolders: included === undefined,
    pruned: ['(', '-name', '.git', ...toPruned(rule.ignore), ')', '-prune'],
  }
}

/** Patterns that `find` understands as they are meant. With an exception among them nothing is certain. */
const toPruned = (ignore: readonly string[]): readonly string[] => {
  const patterns = readIgnoreFile(ignore.join('\n'))
  if (patterns.some((pattern) => pattern.startsWith('!'))) return []
  const plain = patterns.filter((pattern) => /^(?:\*\*\/[^*?[\\/]+|[^*?[\\]+)$/.test(pattern))
  return plain
    .slice(0, 50)
    .flatMap((pattern) =>
      pattern.startsWith('**/') ? ['-o', '-name', pattern.slice(3)] : ['-o', '-path', `./${pattern}`],
    )
}
