import { nearestName } from '../../errors/nearest-name.ts'

/** A hint that names the candidate that was most likely meant; undefined when none is near enough. */
export const didYouMean = (name: string, candidates: Iterable<string>): string | undefined => {
  const near = nearestName(name, candidates)
  return near === undefined ? undefined : `Did you mean "${near}"?`
}
