/** What a Dockerfile says of the images that it is built from. Not more is read of it than that. */

type Stage = { readonly name: string | undefined; readonly references: string[] }
type Variables = ReadonlyMap<string, string>
type Arguments = Readonly<Record<string, string | null>>

/** Lines as the builder sees them: continued ones joined, comments and the bodies of here-documents left out. */
const toInstructions = (text: string): readonly string[] => {
  const instructions: string[] = []
  const escape = /^#\s*escape\s*=\s*`/i.test(text.slice(0, 200)) ? '`' : '\\'
  let open = ''
  let ends: string[] = []
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    if (ends.length > 0) {
      if (line === ends[0]) ends = ends.slice(1)
      continue
    }
    if (line === '' || line.startsWith('#')) continue
    if (line.endsWith(escape)) {
      open += `${line.slice(0, -1)} `
      continue
    }
    const whole = open + line
    open = ''
    instructions.push(whole)
    if (/^(run|copy|add)\s/i.test(whole))
      ends = [...whole.matchAll(/<<-?(["']?)([A-Za-z_]\w*)\1/g)].map(([, , name = '']) => name)
  }
  return open === '' ? instructions : [...instructions, open]
}

/** `$NAME`, `${NAME}`, `${NAME:-word}`, `${NAME:+word}`. */
const expand = (text: string, variables: Variables): string =>
  text.replaceAll(/\$(?:\{\w+(?::[-+][^}]*)?\}|\w+)/g, (found) => {
    const [name = '', sign, ...word] = found.replace(/^\$\{?|\}$/g, '').split(/:([-+])/)
    const value = variables.get(name) ?? ''
    if (sign === '+') return value === '' ? '' : word.join('')
    return value === '' && sign === '-' ? word.join('') : value
  })

const toPair = (text: string): readonly [string, string | undefined] => {
  const at = text.indexOf('=')
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1).replaceAll(/^["']|["']$/g, '')]
}

/** `--from=x` of COPY, `from=x` among the commas of a `--mount` of RUN. */
const fromFlags = (words: readonly string[]): readonly string[] =>
  words.flatMap((word) => {
    if (word.startsWith('--from=')) return [word.slice('--from='.length)]
    if (!word.startsWith('--mount=')) return []
    return word
      .slice('--mount='.length)
      .split(',')
      .flatMap((part) => (part.startsWith('from=') ? [part.slice('from='.length)] : []))
  })

/** Arguments before the first stage, which are all that `FROM` sees. */
const declare = (words: readonly string[], variables: Map<string, string>, args: Arguments): void => {
  for (const [name, fallback] of words.map(toPair)) {
    const value = args[name] ?? (fallback === undefined ? undefined : expand(fallback, variables))
    if (value !== undefined) variables.set(name, value)
  }
}

const toStages = (text: string, args: Arguments): readonly Stage[] => {
  const variables = new Map<string, string>()
  const stages: Stage[] = []
  for (const line of toInstructions(text)) {
    const [verb = '', ...words] = line.split(/\s+/)
    const current = stages.at(-1)
    switch (verb.toUpperCase()) {
      case 'ARG':
        if (current === undefined) declare(words, variables, args)
        break
      case 'FROM': {
        const [image = '', as = '', name] = words.filter((word) => !word.startsWith('--'))
        const isNamed = as.toUpperCase() === 'AS'
        stages.push({ name: isNamed ? name?.toLowerCase() : undefined, references: [expand(image, variables)] })
        break
      }
      case 'COPY':
      case 'RUN':
        current?.references.push(...fromFlags(words))
        break
      default:
    }
  }
  return stages
}

/**
 * Images, by the words of the file, that the target, or else the last stage, is made from, by way of other stages too. With
 * `below`, only the one whose layers lie below its own.
 */
export const readBaseImages = (
  text: string,
  {
    target,
    args = {},
    below = false,
  }: { readonly target?: string; readonly args?: Arguments; readonly below?: boolean },
): readonly string[] => {
  const stages = toStages(text, args)
  const find = (name: string, before: number): number => {
    const named = stages.findLastIndex((stage, index) => index < before && stage.name === name.toLowerCase())
    return named === -1 && /^\d+$/.test(name) && Number(name) < before ? Number(name) : named
  }
  const images = new Set<string>()
  const seen = new Set<number>()
  const open = [target === undefined ? stages.length - 1 : find(target, stages.length)]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue
    seen.add(at)
    for (const reference of stages[at]?.references.slice(0, below ? 1 : undefined) ?? []) {
      const stage = find(reference, at)
      if (stage !== -1) open.push(stage)
      else if (reference !== '' && reference !== 'scratch') images.add(reference)
    }
  }
  return [...images]
}
