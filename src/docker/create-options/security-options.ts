import { seccompFile } from '../../core/project/seccomp-file.ts'
import { parseJson } from '../../wire/foreign-json.ts'

type SecurityOptions = {
  readonly SecurityOpt?: readonly string[]
  readonly MaskedPaths?: readonly string[]
  readonly ReadonlyPaths?: readonly string[]
}

/**
 * `security_opt` as the engine takes it: a seccomp profile is sent as its text (the engine cannot read our files), and
 * `systempaths=unconfined` is two lists of paths.
 */
export const toSecurityOptions = (
  options: readonly string[],
  profiles: Readonly<Record<string, string>>,
): SecurityOptions => {
  if (options.length === 0) return {}
  const unconfined = options.includes('systempaths=unconfined')
  const others = options.filter((option) => option !== 'systempaths=unconfined')
  return {
    ...(others.length === 0 ? {} : { SecurityOpt: others.map((option) => inline(option, profiles)) }),
    ...(unconfined ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
  }
}

const inline = (option: string, profiles: Readonly<Record<string, string>>): string => {
  const path = seccompFile(option)
  const profile = path === undefined ? undefined : profiles[path]
  return profile === undefined ? option : `seccomp=${JSON.stringify(parseJson(profile, path ?? ''))}`
}
