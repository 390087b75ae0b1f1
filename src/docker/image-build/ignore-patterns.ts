import dockerIgnore from '@balena/dockerignore'

export type IgnoreRules = {
  readonly ignores: (path: string) => boolean
  /** Whether an exception (`!…`) may bring something back below an ignored folder. */
  readonly mayHoldException: (folder: string) => boolean
}

/** Patterns in the syntax of `.dockerignore`, in their order. */
export const createIgnoreRules = (patterns: readonly string[]): IgnoreRules => {
  const used = patterns.map((pattern) => pattern.trim()).filter((pattern) => pattern !== '' && !pattern.startsWith('#'))
  if (used.length === 0) return { ignores: () => false, mayHoldException: () => true }
  const rules = dockerIgnore.default({ ignorecase: false }).add([...used])
  const exceptions = used
    .filter((pattern) => pattern.startsWith('!'))
    .map((pattern) =>
      pattern
        .slice(1)
        .replace(/^\.?\/+/, '')
        .split('/'),
    )
  return {
    ignores: (path) => rules.ignores(path),
    mayHoldException: (folder) => {
      const segments = folder.split('/')
      return exceptions.some((exception) => segments.every((segment, index) => couldMatch(exception[index], segment)))
    },
  }
}

/** A wildcard may match anything: only pruning depends on it. */
const couldMatch = (pattern: string | undefined, segment: string): boolean =>
  pattern === undefined || /[*?[\\]/.test(pattern) || pattern === segment
