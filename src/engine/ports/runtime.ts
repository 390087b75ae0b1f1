import type { Health } from '../../core/plan/container-state.ts'
import type { EngineFacts } from '../../core/plan/observed.ts'
import type { CallOptions } from './call-options.ts'
import type { ContainerRuntime } from './container-runtime.ts'
import type { ImageRuntime } from './image-runtime.ts'
import type { ObjectRuntime } from './object-runtime.ts'
import type { SnapshotRuntime } from './snapshots.ts'

export type Runtime = ContainerRuntime &
  ObjectRuntime &
  ImageRuntime &
  SnapshotRuntime & {
    /** `config.json` with every registry login of whoever runs us, for services that work the engine themselves (`use_api_socket`). */
    readApiLogins(): Promise<Uint8Array>
    /** Cheap, cached: what was learnt when the connection was made (one ping at most). */
    facts(options?: CallOptions): Promise<EngineFacts>
    /** Whether the engine takes new connections: one that is ending still answers on those that are open. Throws when it does not. */
    assertThere(options?: CallOptions): Promise<void>
    /** Milliseconds since the epoch by the engine's own clock, which may be another than ours. Not cheap. */
    readClock(options?: CallOptions): Promise<number>
    /** Engine events of one project (label filter), or of all. Ends only by the signal; throws when the stream is lost. */
    events(
      filter: {
        readonly project?: string
        /** Seconds since the epoch, fractions allowed. */ readonly since?: number
        readonly until?: number
        /** With what is executed in containers, health probes too. */ readonly execs?: boolean
      },
      options: CallOptions,
    ): AsyncIterable<EngineEvent>
    close(): void
  }

/** An event of the engine, in our words. `exec_*` and archive noise is left out. */
export type EngineEvent = {
  readonly kind: 'container' | 'network' | 'volume' | 'image'
  /** The engine's own action: `start`, `die`, `health_status`, `destroy`, … */
  readonly action: string
  readonly id: string
  readonly name: string
  readonly service?: string
  readonly project?: string
  readonly health?: Health
  readonly exitCode?: number
  /** Milliseconds since the epoch, with fractions. */
  readonly at: number
  readonly attributes: Readonly<Record<string, string>>
}
