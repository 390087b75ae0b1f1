/** Where something is said: a line of a Dockerfile. */
export type Origin = { readonly line: number; readonly text: string }

/** Files of a folder of this machine, narrowed by patterns as in a `.dockerignore`, relative to it. */
export type Files = {
  /** Absolute: a folder or a file. */
  readonly source: string
  readonly isFolder: boolean
  /** The build context that they are of, whose `.dockerignore` counts. */
  readonly context: string
  readonly include?: readonly string[]
  readonly ignore: readonly string[]
}

/** Files that an image holds as they are. */
export type Mapping = Files & {
  /** Where the source itself is in the image; absent where that cannot be told. */
  readonly target?: string
  readonly origin: Origin
  /** Why a change of it takes a build. */
  readonly only?: string
  /** A command of the build reads it: the build needs it though nobody should see it in the image. */
  readonly isIngredient?: true
  /** An installer ran after it was copied. */
  readonly installer?: Origin
}

/** Files that an image was made with and need not hold. */
export type Ingredient = Files & { readonly origin: Origin; readonly why: string }

/** What is to be seen of this machine. Whoever asks may be asked again when more is known. */
export type Look = {
  kind(path: string): 'file' | 'directory' | 'link' | undefined
  names(folder: string): readonly string[]
  /** Where a link leads to in the end. */
  real(path: string): string | undefined
  text(path: string): string | undefined
}

export const toIngredient = (
  { source, isFolder, context, include, ignore, origin }: Mapping,
  why: string,
): Ingredient => ({
  source,
  isFolder,
  context,
  ...(include === undefined ? {} : { include }),
  ignore,
  origin,
  why,
})
