import { isSecretName, isSecretValue, maskSecrets } from '../../core/errors/mask-secrets.ts'
import type { BuildProgress } from '../../engine/ports/image-runtime.ts'

/** Asterisks that do not tell how long the value was. */
const hidden = '****'
/** What blanks separate, blanks in quotes left out. */
const words = /(?:[^\s"']|"[^"\n]*"|'[^'\n]*'|["'])+/g
/** So short a value may be a part of any word. */
const shortLength = 6

/**
 * Takes credentials out of names of build steps, into which builders put the values of arguments: those of arguments with the
 * name of a credential wherever they stand, and whatever a step gives to such a name.
 */
export const createArgumentMask = (args: Readonly<Record<string, string>>): ((text: string) => string) => {
  const values = Object.entries(args)
    .filter(([name, value]) => isSecretName(name) && isSecretValue(value) && value.trim() !== '')
    .map(([, value]) => value)
    .toSorted((a, b) => b.length - a.length)
  const patterns = values.map((value) => {
    const text = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    return new RegExp(value.length < shortLength ? `(?<![\\p{L}\\p{N}_])${text}(?![\\p{L}\\p{N}_])` : text, 'gu')
  })
  return (text) => {
    let masked = text
    for (const pattern of patterns) masked = masked.replace(pattern, hidden)
    return masked.replace(words, (word) => maskSecrets(word))
  }
}

/** How the old builder announces a step; everything else is what a program has written. */
const announcement = /^Step \d+\/\d+ : /

/** The same of all that a build reports. */
export const maskProgress =
  (
    mask: (text: string) => string,
    onProgress: (progress: BuildProgress) => void,
  ): ((progress: BuildProgress) => void) =>
  (progress) => {
    if (progress.kind === 'step')
      onProgress({
        ...progress,
        name: mask(progress.name),
        ...(progress.error === undefined ? {} : { error: mask(progress.error) }),
      })
    else if (progress.kind === 'log' && announcement.test(progress.text))
      onProgress({ ...progress, text: mask(progress.text) })
    else onProgress(progress)
  }
