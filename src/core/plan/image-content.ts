import { label } from '../project/identity.ts'
import { isPlatform } from '../project/platform.ts'
import type { EngineFacts, ObservedContainer, ObservedImage } from './observed.ts'

/**
 * What an image is, whatever it is called. The classic store has one content for an image, and the id says which. containerd's
 * store keeps an index: its id changes with what is attested of a build and with platforms that nobody runs, so what counts is
 * the manifest of the platform that runs.
 */

/** Whether the engine has what the platform needs; without one, any image will do. */
export const isForPlatform = (image: ObservedImage, wanted: string | undefined): boolean =>
  wanted === undefined ||
  (image.contents === undefined
    ? isPlatform(image, wanted)
    : image.contents.some(({ platform }) => isPlatform(platform ?? image, wanted)))

type Running = {
  readonly image: ObservedImage
  readonly platform: string | undefined
  /** Of several platforms an engine runs its own, where nobody says otherwise. */
  readonly engine: Pick<EngineFacts, 'os' | 'architecture'>
}

/** Whether a container runs what the image holds for the platform. */
export const runsImage = (
  { imageId, contentId, labels }: Pick<ObservedContainer, 'imageId' | 'contentId' | 'labels'>,
  { image, platform, engine }: Running,
): boolean => {
  const { contents = [] } = image
  const preferred = platform ?? `${engine.os}/${engine.architecture}`
  const chosen = contents.filter((content) => isPlatform(content.platform ?? image, preferred))
  const wanted = chosen.length > 0 || platform !== undefined ? chosen : contents
  if (contentId !== undefined && wanted.length > 0) return wanted.some(({ id }) => id === contentId)
  // Docker Compose writes the id of an index or of a manifest into its label, as its version has it.
  return [image.id, ...wanted.map(({ id }) => id)].some((id) => id === imageId || id === labels[label.image])
}
