import type { Model } from '../../core/project/project.ts'

export type ModelCall = {
  readonly model: Model
  /** The program runs in the project's folder, with the project's variables. */
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
}

type Options = { readonly signal: AbortSignal }

/** The Docker CLI plugin that serves language models (`docker model`), as Docker Compose works it. */
export type Models = {
  /** Whether the model is on this machine. */
  has(call: ModelCall, options: Options): Promise<boolean>
  pull(call: ModelCall, options: Options & { readonly onLine: (line: string) => void }): Promise<void>
  /** Says how large the context is and what flags the model is run with. */
  configure(call: ModelCall, options: Options): Promise<void>
  /** Where containers reach the models that are served. */
  endpoint(call: ModelCall, options: Options): Promise<string>
}
