import { toVisibleLine } from '../../wire/safe-text.ts'
import type { Flag, FlagSet, ValueSource } from '../arguments/flag.ts'
import { parseArguments } from '../arguments/parse-arguments.ts'
import { toAcceptedFlags } from '../invocation.ts'
import { commands, findCommand } from '../table/commands.ts'
import type { CommandSpec } from '../table/command-spec.ts'
import { globalFlags } from '../table/global-flags.ts'

type Entry = readonly [word: string, meaning?: string]
type Answer = { readonly entries: readonly Entry[]; readonly mode: 'words' | 'files' | 'folders' }

const noAnswer: Answer = { entries: [], mode: 'words' }

/** `stack __complete WORD... CURRENT`: what may stand in the place of the last word. Never fails and never prints an error. */
export const runComplete = async (words: readonly string[]): Promise<number> => {
  const { entries, mode } = await complete(words).catch(() => noAnswer)
  const current = words.at(-1) ?? ''
  // A name that could command the terminal is offered to nobody.
  const fitting = entries.filter(([word]) => word.startsWith(current) && word === toVisibleLine(word))
  process.stdout.write(
    [
      ...fitting.map(([word, meaning]) => (meaning === undefined ? word : `${word}\t${toVisibleLine(meaning)}`)),
      `:${mode}`,
    ].join('\n') + '\n',
  )
  return 0
}

/** Reads what is before the current word as far as it can; loads the stack file only for names of services. */
export const complete = async (words: readonly string[]): Promise<Answer> => {
  const current = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  const split = splitAtCommand(before)
  if (split === undefined)
    return completeWord(current, {
      before,
      flags: globalFlags,
      words: async () => ({ entries: commands.map(({ name, summary }) => [name, summary] as const), mode: 'words' }),
    })
  const { command, own } = split
  if (command === undefined) return noAnswer
  const flags = toAcceptedFlags(command)
  return completeWord(current, {
    before: own,
    flags,
    words: async (given) => completeWords(command, { current, given, before }),
  })
}

/** The command and the words behind it; nothing when the command itself is still to come. */
const splitAtCommand = (
  before: readonly string[],
): { readonly command: CommandSpec | undefined; readonly own: readonly string[] } | undefined => {
  for (let at = 0; at < before.length; at += 1) {
    const word = before[at] ?? ''
    if (!word.startsWith('-')) return { command: findCommand(word), own: before.slice(at + 1) }
    if (takesNext(word, globalFlags)) at += 1
  }
  return undefined
}

/** Whether the value of a flag is the word behind it. */
const takesNext = (word: string, flags: FlagSet): boolean =>
  !word.includes('=') &&
  findFlag(word, flags)?.kind !== undefined &&
  findFlag(word, flags)?.kind !== 'boolean' &&
  (word.startsWith('--') || word.length === 2)

const findFlag = (word: string, flags: FlagSet): Flag | undefined =>
  word.startsWith('--')
    ? flags[word.slice(2).split('=')[0] ?? '']
    : Object.values(flags).find(({ short }) => short === word.at(-1))

type Where = {
  readonly before: readonly string[]
  readonly flags: FlagSet
  readonly words: (given: readonly string[]) => Promise<Answer>
}

const completeWord = async (current: string, { before, flags, words }: Where): Promise<Answer> => {
  const last = before.at(-1)
  if (last?.startsWith('-') === true && takesNext(last, flags)) return completeValue(findFlag(last, flags), before)
  const assigned = /^(--[^=]+=)(.*)$/s.exec(current)
  if (assigned !== null) {
    const answer = await completeValue(findFlag(current, flags), before)
    return {
      ...answer,
      entries: answer.entries.map(
        ([word, meaning]) => [assigned[1] + word, ...(meaning === undefined ? [] : [meaning])] as unknown as Entry,
      ),
    }
  }
  if (current.startsWith('-')) return { entries: toFlagEntries(flags), mode: 'words' }
  const parsed = parseArguments(before, flags)
  return words(parsed.ok ? parsed.value.words : [])
}

const toFlagEntries = (flags: FlagSet): readonly Entry[] =>
  Object.entries(flags).flatMap(([name, flag]) => (flag.hidden === true ? [] : [[`--${name}`, flag.help] as const]))

const completeValue = async (flag: Flag | undefined, before: readonly string[]): Promise<Answer> => {
  if (flag === undefined || flag.kind === 'boolean' || flag.kind === 'number') return noAnswer
  if (flag.choices !== undefined) return { entries: flag.choices.map((choice) => [choice] as const), mode: 'words' }
  return flag.complete === undefined ? noAnswer : completeSource(flag.complete, before)
}

const completeSource = async (source: ValueSource, before: readonly string[]): Promise<Answer> => {
  switch (source) {
    case 'files':
      return { entries: [], mode: 'files' }
    case 'folders':
      return { entries: [], mode: 'folders' }
    case 'services':
      return { entries: await (await import('./complete-names.ts')).listServices(before), mode: 'words' }
    case 'projects':
      return { entries: await (await import('./complete-names.ts')).listProjects(), mode: 'words' }
  }
}

type WordsOptions = { readonly current: string; readonly given: readonly string[]; readonly before: readonly string[] }

const completeWords = async (
  { words, passThrough }: CommandSpec,
  { current, given, before }: WordsOptions,
): Promise<Answer> => {
  if (words?.max !== undefined && given.length >= words.max) return noAnswer
  if (passThrough === true && given.length > 0) return { entries: [], mode: 'files' }
  const services = async (): Promise<readonly Entry[]> => (await completeSource('services', before)).entries
  switch (words?.complete) {
    case undefined:
      return noAnswer
    case 'shells':
      return { entries: [['bash'], ['zsh'], ['fish']], mode: 'words' }
    case 'projects':
      return completeSource('projects', before)
    case 'copy':
      return {
        entries: current.includes('/') ? [] : (await services()).map(([name]) => [`${name}:`] as const),
        mode: 'files',
      }
    case 'scale':
      return { entries: (await services()).map(([name]) => [`${name}=`] as const), mode: 'words' }
    case 'services':
      return { entries: (await services()).filter(([name]) => !given.includes(name)), mode: 'words' }
  }
}
