import type { ApiVersion } from '../connection/negotiate.ts'

/** What is not in the spec but must be known: read or negotiated beforehand, so that this stays pure. */
export type BodyFacts = {
  readonly api: ApiVersion
  /** Text of the seccomp profiles that `security_opt` names, by the path as written there. */
  readonly seccompProfiles?: Readonly<Record<string, string>>
  /** Proxy variables of Docker's own configuration, below everything that the service says. */
  readonly proxyEnvironment?: Readonly<Record<string, string>>
  /** The engine's socket on this machine, for services that work the engine themselves (`use_api_socket`). */
  readonly socketPath?: string | undefined
}
