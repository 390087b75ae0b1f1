import { makeBusyboxImage } from './busybox-image.ts'
import type { ImageMaking, MadeImage } from './made-image.ts'
import { makeNodeImage } from './node-image.ts'
import { makePostgresImage } from './postgres-image.ts'

/**
 * An image that stands in for an official one where Docker Hub cannot be reached. It never bears an official name: what
 * is made here must not be taken for what Docker Hub has.
 */
export type BaseImage = {
  readonly name: string
  readonly official: string
  /** The variable by which stack files of ours take it. */
  readonly variable: string
  /** Counts the recipe's changes: an image made by another recipe is made anew. */
  readonly recipe: string
  readonly make: (making: ImageMaking) => Promise<MadeImage>
}

export const RECIPE_LABEL = 'dev.stack.base-image.recipe'

export const baseImages: readonly BaseImage[] = [
  {
    name: 'stack-base/busybox:latest',
    official: 'busybox:1.37',
    variable: 'BUSYBOX_IMAGE',
    recipe: '1',
    make: makeBusyboxImage,
  },
  { name: 'stack-base/node:24', official: 'node:24-alpine', variable: 'NODE_IMAGE', recipe: '2', make: makeNodeImage },
  {
    name: 'stack-base/postgres:latest',
    official: 'postgres:17-alpine',
    variable: 'POSTGRES_IMAGE',
    recipe: '2',
    make: makePostgresImage,
  },
]
