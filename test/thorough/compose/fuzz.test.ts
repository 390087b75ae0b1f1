import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadProject } from '../../../src/core/compose/load.ts'
import { composeCases } from '../../support/compose-cases.ts'
import { createMemorySources } from '../../support/memory-sources.ts'

const rounds = 10_000
/** A wall: what takes more work than this for one small file would be an attack's way in. */
const limitMs = 2_000

/** A small generator of numbers that gives the same ones for the same seed (mulberry32). */
const createRandom = (seed: number): ((below: number) => number) => {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return Math.floor((((value ^ (value >>> 14)) >>> 0) / 4_294_967_296) * below)
  }
}

const readTexts = (): readonly string[] => {
  const folders = ['templates', 'examples'].map((name) => join(import.meta.dirname, '../../..', name))
  const others = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)))
    .filter((file) => /\.ya?ml$/.test(file))
    .sort()
    .map((file) => readFileSync(file, 'utf8'))
  const cases = composeCases().flatMap(({ files }) =>
    Object.entries(files).flatMap(([path, text]) => (path.endsWith('.yaml') ? [text] : [])),
  )
  return [...new Set([...cases, ...others])]
}

const pieces = [
  '${',
  '${A',
  '${A:-',
  '}',
  '$',
  '$$',
  ':',
  ': ',
  '- ',
  '*a',
  '&a ',
  '<<: ',
  '!reset ',
  '!override ',
  '!!binary ',
  '"',
  "'",
  '[',
  ']',
  '{',
  '}',
  '|\n',
  '>\n',
  '#',
  '\t',
  '\n',
  '\r',
  '  ',
  '\u0000',
  '\uFEFF',
  '\u2028',
  'é',
  '💥',
  '---\n',
  '...\n',
  '%YAML 1.2\n',
  '~',
  'null',
  'true',
  '-1',
  '1e999',
  '.inf',
  '0x',
  '99999999999999999999',
  '__proto__: 1\n',
  'constructor: {}\n',
  '"": x\n',
  '? x\n',
  'services:\n',
  'include: [compose.yaml]\n',
  'extends: s\n',
  'depends_on: [a]\n',
  '2001-01-01',
  'x-a: &a [*a]\n',
]

type Mutation = (text: string, random: (below: number) => number) => string

const mutations: readonly Mutation[] = [
  (text, random) => splice(text, random(text.length + 1), random(8), ''),
  (text, random) => splice(text, random(text.length + 1), 0, pieces[random(pieces.length)] ?? ''),
  (text, random) => splice(text, random(text.length + 1), random(4), pieces[random(pieces.length)] ?? ''),
  (text, random) => text.slice(0, random(text.length + 1)),
  (text, random) => onLines(text, (lines) => lines.splice(random(lines.length), 1)),
  (text, random) => onLines(text, (lines) => lines.splice(random(lines.length), 0, lines[random(lines.length)] ?? '')),
  (text, random) => onLines(text, (lines) => lines.push(...lines.splice(random(lines.length), 1 + random(3)))),
  (text, random) =>
    onLines(text, (lines) => {
      const at = random(lines.length)
      lines[at] = `${' '.repeat(random(6))}${(lines[at] ?? '').trimStart()}`
    }),
]

const splice = (text: string, at: number, length: number, piece: string): string =>
  text.slice(0, at) + piece + text.slice(at + length)

const onLines = (text: string, change: (lines: string[]) => void): string => {
  const lines = text.split('\n')
  change(lines)
  return lines.join('\n')
}

const file = '/fuzz/compose.yaml'

/** What is wrong with how a text is read: thrown, too slow, or told without a place inside the text. */
const judge = (text: string): string | undefined => {
  const before = process.cpuUsage() // not the clock: others may have the processors
  const result = loadProject(
    { files: [file], workingDirectory: '/fuzz', environment: { A: 'a' } },
    createMemorySources({ [file]: text }),
  )
  const { user, system } = process.cpuUsage(before)
  const took = (user + system) / 1000
  if (took > limitMs) return `took ${Math.round(took)} ms`
  if (result.ok) return undefined
  if (result.problems.length === 0) return 'refused without a reason'
  const lines = text.split('\n')
  for (const { span, message } of result.problems) {
    if (span === undefined) return isEmptyMessage(message) ? undefined : `no place: ${message}`
    const line = span.file === file ? lines[span.line - 1] : undefined
    if (line === undefined || span.column < 1 || span.column > line.length + 1)
      return `${span.file}:${span.line}:${span.column} is outside: ${message}`
  }
  return undefined
}

const isEmptyMessage = (message: string): boolean => message.startsWith('The stack file is empty')

test(`${rounds} broken files are read or refused with a place, never thrown at`, { timeout: 120_000 }, () => {
  const texts = readTexts()
  expect(texts.length).toBeGreaterThan(1000)
  const random = createRandom(20_251)
  const found: string[] = []
  for (let round = 0; round < rounds && found.length < 5; round += 1) {
    let text = texts[random(texts.length)] ?? ''
    for (let count = 1 + random(3); count > 0; count -= 1)
      text = mutations[random(mutations.length)]?.(text, random) ?? text
    try {
      const wrong = judge(text)
      if (wrong !== undefined) found.push(`round ${round}: ${wrong}\n${text.slice(0, 500)}`)
    } catch (error) {
      found.push(
        `round ${round}: threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n${text.slice(0, 500)}`,
      )
    }
  }
  expect(found).toEqual([])
})
