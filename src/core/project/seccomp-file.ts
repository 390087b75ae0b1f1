/** The path that a `seccomp` option of `security_opt` names, as written; nothing for the built-in and unconfined ones and for other options. */
export const seccompFile = (option: string): string | undefined => {
  const path = /^seccomp[=:](.*)$/s.exec(option)?.[1]
  return path === undefined || path === 'unconfined' || path === 'builtin' || path.trimStart().startsWith('{')
    ? undefined
    : path
}
