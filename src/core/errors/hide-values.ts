import { isSecretValue, maskSecrets } from './mask-secrets.ts'

/**
 * Names that may stand for a credential. Wider than what hides a line of a file: here a person can ask to see the value, and
 * what is shown without being asked for must give nothing away.
 */
const doubtfulName =
  /PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|BASIC_?AUTH|(?:^|[_.-])(?:PASS|PWD|[A-Z]*KEY)S?(?:$|[_.-])/i

const mayBeSecret = (name: string, value: string): boolean =>
  name !== 'PWD' && doubtfulName.test(name) && isSecretValue(value)

/** What stands for a hidden value; it does not say how long that is. */
export const hiddenValue = '******'

/** Shorter values are too common to be looked for in others. */
const shortestLookedFor = 6

export type Hide = {
  /** As much of a named value as may be shown. */
  readonly value: (name: string, value: string) => string
  /** A text that may have some of the values in it: a command, the output of a probe. */
  readonly text: (text: string) => string
}

/**
 * Hides values that may be secrets: by their names, by what the project's secrets hold, and wherever one of these values
 * stands within another.
 */
export const createHide = (
  named: readonly (readonly [name: string, value: string])[],
  secrets: readonly string[],
): Hide => {
  const found = named.flatMap(([name, value]) => (mayBeSecret(name, value) ? [value] : []))
  // The longest first: one may be the beginning of another.
  const known = [...new Set([...secrets.map((secret) => secret.trim()), ...found])]
    .filter((value) => value.length >= shortestLookedFor)
    .toSorted((a, b) => b.length - a.length)
  const hideText = (text: string): string =>
    known
      .reduce((shown, value) => shown.replaceAll(value, hiddenValue), text)
      .split('\n')
      .map((line) => maskSecrets(line))
      .join('\n')
  return {
    value: (name, value) =>
      mayBeSecret(name, value) || (value !== '' && secrets.some((secret) => secret.trim() === value.trim()))
        ? hiddenValue
        : hideText(value),
    text: hideText,
  }
}
