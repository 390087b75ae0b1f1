/**
 * The only things that the engine can touch. Every function that waits takes a `signal` and rejects with the signal's reason
 * when it is aborted. Failures are `StackError`s. Idempotent where it can be: starting what runs, stopping what is stopped
 * and removing what is gone are successes.
 */

export type CallOptions = { readonly signal?: AbortSignal }
