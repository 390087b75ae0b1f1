/** What containers and networks are called that were seen: the engine's sentences know them by their ids. */
export type ObjectNames = {
  learn(id: string, name: string): void
  /** The whole ids in a text that are not known, each once. */
  unknownIn(text: string): readonly string[]
  /** A text with a name for each id that is known, and the beginning of each that is not. */
  show(text: string): string
}

const idLength = 12
const wholeIds = /\b[0-9a-f]{64}\b/g
const ids = /\b[0-9a-f]{12}(?:[0-9a-f]{52})?\b/g

export const createObjectNames = (): ObjectNames => {
  const names = new Map<string, string>()
  return {
    learn: (id, name) => {
      if (name !== '') names.set(id.slice(0, idLength), name)
    },
    unknownIn: (text) => [...new Set((text.match(wholeIds) ?? []).filter((id) => !names.has(id.slice(0, idLength))))],
    show: (text) =>
      text.replace(ids, (id) => {
        const start = id.slice(0, idLength)
        return names.get(start) ?? start
      }),
  }
}
