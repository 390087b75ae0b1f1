import type { ObservedImage } from '../../core/plan/observed.ts'
import type { Project } from '../../core/project/project.ts'
import type { Build } from '../../core/project/service.ts'
import type { CallOptions } from './call-options.ts'

export type ImageRuntime = {
  inspectImage(reference: string, options?: CallOptions): Promise<ObservedImage | undefined>
  listImages(filter: { readonly labels?: readonly string[] }, options?: CallOptions): Promise<readonly ObservedImage[]>
  pullImage(
    reference: string,
    options?: CallOptions & { readonly platform?: string; readonly onProgress?: (progress: TransferProgress) => void },
  ): Promise<ObservedImage>
  pushImage(
    reference: string,
    options?: CallOptions & { readonly onProgress?: (progress: TransferProgress) => void },
  ): Promise<void>
  buildImage(
    spec: BuildSpec,
    options?: CallOptions & { readonly onProgress?: (progress: BuildProgress) => void },
  ): Promise<{ readonly imageId: string }>
  /** What its registry has for it now; nothing is pulled. */
  resolveDigest(reference: string, options?: CallOptions): Promise<string>
  tagImage(reference: string, tag: string, options?: CallOptions): Promise<void>
  removeImage(
    reference: string,
    options?: CallOptions & {
      readonly force?: boolean
      /** Leave what it was built upon, which the cache of later builds may need. */ readonly keepParents?: boolean
    },
  ): Promise<void>
}

export type TransferProgress = {
  readonly layer?: string
  readonly status: string
  readonly current?: number
  readonly total?: number
}

export type BuildSpec = {
  readonly image: string
  readonly build: Build
  readonly projectName: string
  readonly serviceName: string
  readonly secrets: Project['secrets']
  /** Absolute: base of relative paths that are left. */
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  /** Absent or none: the builder's own. */
  readonly platforms?: readonly string[]
  readonly noCache?: boolean
  readonly pull?: boolean
  /** `service:x` contexts: image reference by service name. */
  readonly serviceImages: Readonly<Record<string, string>>
}

export type BuildProgress =
  | {
      readonly kind: 'step'
      readonly id: string
      readonly name: string
      readonly state: 'started' | 'done' | 'cached' | 'failed'
      readonly ms?: number
      readonly error?: string
    }
  | { readonly kind: 'log'; readonly id?: string; readonly text: string }
  | {
      readonly kind: 'transfer'
      readonly id: string
      readonly current: number
      readonly total?: number
      /** The step that it belongs to. */
      readonly step?: string
    }
