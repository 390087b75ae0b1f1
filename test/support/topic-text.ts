/** What is recorded of a stack file: what the reference makes of it, and what we do where we do otherwise. */
export type Recorded = {
  /** What `docker compose config --format json` prints. */
  readonly model?: unknown
  /** The reference refuses the file; in its own words where they are recorded. */
  readonly refused?: string | true
  /** Why we do otherwise than the reference; `ours` or `problems` says what we do. */
  readonly differs?: string
  /** The model that we print. */
  readonly ours?: unknown
  /** The problems that we refuse the file with, in order: `file:line:column code`. */
  readonly problems?: readonly string[]
}

/** How a stack file is asked for. */
export type Setting = {
  /** Options of `docker compose`. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Texts by their path below the folder of the case. */
  readonly files: Readonly<Record<string, string>>
}

/** A case as it is written: it has the files of its topic as well, and its `args` and `env` where it gives none. */
export type WrittenCase = Setting & Recorded & { readonly name: string }

/** A file of cases: what it is about, what all cases have, and the cases. */
export type Topic = { readonly about: string; readonly shared: Setting; readonly cases: readonly WrittenCase[] }

/** Reads a topic; test/fixtures/README.md says how one is written. */
export const parseTopic = (text: string): Topic => {
  const [head = '', ...rest] = text.split(/^\n?== (.+)\n/m)
  const cases = rest.flatMap((name, index) =>
    index % 2 === 0 ? [{ name, ...parseSections(rest[index + 1] ?? '', name).setting }] : [],
  )
  const { about, setting } = parseSections(head, 'the head')
  return { about, shared: setting, cases }
}

const parseSections = (
  text: string,
  name: string,
): { readonly about: string; readonly setting: Setting & Recorded } => {
  const [intro = '', ...rest] = text.split(/^(--|>>) (.+)\n/m)
  const files: Record<string, string> = {}
  const found: Record<string, unknown> = {}
  for (let index = 0; index < rest.length; index += 3) {
    const [kind, title = '', content = ''] = rest.slice(index)
    const [, word = '', words] = /^(\w+)(?:: (.*))?$/.exec(title) ?? []
    if (kind === '--') {
      const path = title.replace(/, escaped$/, '')
      files[path] = path === title ? content : unescapeText(content)
    } else if (word === 'model' || word === 'ours') found[word] = JSON.parse(content)
    else if (word === 'problems') found[word] = content.trim().split('\n')
    else if ((word === 'refused' || word === 'differs') && words !== undefined) found[word] = words
    else throw new Error(`${name}: nobody knows what ">> ${title}" is`)
  }
  const about: string[] = []
  for (const line of intro.split('\n')) {
    const [, word, value = ''] = /^(args|env): (.*)$/.exec(line) ?? []
    if (word !== undefined) found[word] = JSON.parse(value)
    else if (line.startsWith('#')) about.push(line)
    else if (line !== '') throw new Error(`${name}: nobody knows what "${line}" is`)
  }
  return { about: about.join('\n'), setting: { ...found, files } }
}

/** The text of a topic, in the one form in which topics are kept. */
export const printTopic = ({ about, shared, cases }: Topic): string =>
  `${about}\n${printSetting(shared)}${cases.map((one) => `\n== ${one.name}\n${printSetting(one)}${printRecorded(one)}`).join('')}`

const printSetting = ({ args, env, files }: Setting): string =>
  [
    ...(args === undefined ? [] : [`args: ${printOnOneLine(args)}\n`]),
    ...(env === undefined ? [] : [`env: ${printOnOneLine(env)}\n`]),
    ...Object.entries(files).map(([path, text]) =>
      needsEscape(text) ? `-- ${path}, escaped\n${escapeText(text)}` : `-- ${path}\n${text}`,
    ),
  ].join('')

const printRecorded = ({ model, refused, differs, ours, problems }: Recorded): string =>
  [
    ...(model === undefined ? [] : [`>> model\n${printJson(model)}\n`]),
    ...(refused === undefined ? [] : [`>> refused: ${refused}\n`]),
    ...(differs === undefined ? [] : [`>> differs: ${differs}\n`]),
    ...(ours === undefined ? [] : [`>> ours\n${printJson(ours)}\n`]),
    ...(problems === undefined ? [] : [`>> problems\n${problems.join('\n')}\n`]),
  ].join('')

/** What an editor could change or a reader would not see: marks of this format, blanks at the end, tabs, odd characters. */
const odd = /^[=>-](?=[=>-] )| $|[^\n -~\u00a1-\u200a\u2010-\u2027\u2030-\udfff]/gm

const needsEscape = (text: string): boolean => text.search(odd) !== -1 || (text !== '' && !text.endsWith('\n'))

const escapeText = (text: string): string => {
  const lines = text.replaceAll('\\', '\\\\').replaceAll(odd, escapeCharacter)
  return lines === '' || lines.endsWith('\n') ? lines : `${lines}\\\n`
}

const escapeCharacter = (character: string): string =>
  character === '\t'
    ? '\\t'
    : character === '\r'
      ? '\\r'
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** A backslash before the end of a line takes that end away. */
const unescapeText = (text: string): string =>
  text.replaceAll(/\\(?:u([\da-f]{4})|([\\tr\n]))/g, (_, code: string | undefined, letter = '') =>
    code === undefined ? (letters[letter] ?? '') : String.fromCharCode(Number.parseInt(code, 16)),
  )

const letters: Readonly<Record<string, string>> = { '\\': '\\', t: '\t', r: '\r', '\n': '' }

const width = 120

/** JSON in which whatever fits on a line is on one. */
export const printJson = (value: unknown, indent = '', key = ''): string => {
  const line = printOnOneLine(value)
  if (typeof value !== 'object' || value === null || indent.length + key.length + line.length < width) return key + line
  const inner = `${indent}  `
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  const items = Array.isArray(value)
    ? value.map((item) => printJson(item, inner))
    : Object.entries(value).map(([name, item]) => printJson(item, inner, `${JSON.stringify(name)}: `))
  return `${key}${open}\n${items.map((item) => inner + item).join(',\n')}\n${indent}${close}`
}

const printOnOneLine = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(printOnOneLine).join(', ')}]`
  const items = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${printOnOneLine(item)}`)
  return items.length === 0 ? '{}' : `{ ${items.join(', ')} }`
}
