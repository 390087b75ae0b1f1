import type { IgnorePatterns } from '../engine/ports/host-files.ts'

type Ignore = { add(patterns: readonly string[]): Ignore; ignores(path: string): boolean }

/** The syntax of `.dockerignore`, as Docker reads it. Loaded when there is something to ignore. */
export const compileIgnorePatterns: IgnorePatterns = async (patterns) => {
  if (patterns.length === 0) return () => false
  // Its types speak of a default export within the default export, which is not what it has.
  const { default: createIgnore } = (await import('@balena/dockerignore')) as unknown as {
    readonly default: () => Ignore
  }
  const ignore = createIgnore().add(patterns)
  return (path) => path !== '' && ignore.ignores(path)
}
