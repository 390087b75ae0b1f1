/**
 * Records what `docker compose` makes of the fixtures, or checks that it makes the same of them as is recorded:
 *
 *     node test/support/record-cases.ts check|write|ours [cases|matrix|hashes] [NAME…]
 *
 * `check` changes nothing and tells what differs. `write` takes over what the reference does, and what we do beside it.
 * `ours` takes over what we do alone, and needs no Docker. A NAME is that of a case, or `matrix:LINE`; without: all.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import {
  composeCases,
  configModel,
  differences,
  disagreement,
  hashesFile,
  loadCase,
  matrixCases,
  matrixFile,
  problemPlaces,
  readMatrix,
  takeOut,
  topicFiles,
  type ComposeCase,
} from './compose-cases.ts'
import { recordCase, recordHashes, referenceVersion } from './reference.ts'
import { parseTopic, printTopic, type Recorded } from './topic-text.ts'

type Verb = 'check' | 'write' | 'ours'

/** How many `docker compose` run at a time. */
const breadth = 3

const mapInParallel = async <From, To>(items: readonly From[], map: (item: From) => Promise<To>): Promise<To[]> => {
  const results: To[] = []
  let next = 0
  await Promise.all(
    Array.from({ length: breadth }, async () => {
      for (let index = next++; index < items.length; index = next++) results[index] = await map(items[index]!)
    }),
  )
  return results
}

/** Adds to what the reference does what we do otherwise. The reason of a difference stays as it is, or is to be written. */
const withOurs = (one: ComposeCase, theirs: Recorded): Recorded => {
  const { refused, model } = theirs
  const result = loadCase(one)
  const problems = result.ok ? undefined : problemPlaces(result.problems, one.folder)
  const ours = result.ok ? takeOut(configModel(result), one.folder) : undefined
  const agree = refused === undefined ? differences(model, ours).length === 0 && result.ok : !result.ok
  return {
    ...(model === undefined ? {} : { model }),
    ...(refused === undefined ? {} : { refused }),
    ...(agree ? {} : { differs: one.recorded.differs ?? '?', ...(ours === undefined ? {} : { ours }) }),
    ...(problems === undefined || (agree && refused === true) ? {} : { problems }),
  }
}

/** What is to be recorded of a case. Where the reference means the same as before, its words and its order stay. */
const record = async (verb: Verb, one: ComposeCase): Promise<Recorded> => {
  const { model, refused } = one.recorded
  const before: Recorded = { ...(model === undefined ? {} : { model }), ...(refused === undefined ? {} : { refused }) }
  if (verb === 'ours') return withOurs(one, before)
  let theirs = await recordCase(one)
  // Of several reasons the reference tells one at random.
  for (
    let more = 5;
    more > 0 && 'refused' in theirs && typeof refused === 'string' && theirs.refused !== refused;
    more -= 1
  )
    theirs = await recordCase(one)
  const same = refused === true ? 'refused' in theirs : isDeepStrictEqual(before, theirs)
  if (!same) console.log(`${one.name}: ${tellChange(before, theirs)}`)
  return withOurs(one, same ? before : theirs)
}

const tellChange = (before: Recorded, now: Recorded): string => {
  if (now.refused !== undefined)
    return before.refused === undefined
      ? `it is refused now: ${now.refused}`
      : `"${before.refused}" is "${now.refused}"`
  if (before.model === undefined) return 'it is accepted now'
  return differences(before.model, now.model)
    .slice(0, 4)
    .join('; ')
    .replaceAll('theirs', 'was')
    .replaceAll('ours', 'is')
}

const recordAll = async (verb: Verb, cases: readonly ComposeCase[]): Promise<ReadonlyMap<string, Recorded>> => {
  const pairs = await mapInParallel(cases, async (one) => [one.name, await record(verb, one)] as const)
  for (const [index, [name, recorded]] of pairs.entries()) {
    const told = verb === 'check' ? disagreement(cases[index]!, loadCase(cases[index]!)) : undefined
    if (told !== undefined) console.log(`${name}: ours: ${told}`)
    if (recorded.differs === '?') console.log(`${name}: ours differs; say why`)
  }
  console.log(`${pairs.length} looked at`)
  return new Map(pairs)
}

const select = (cases: readonly ComposeCase[], names: readonly string[]): readonly ComposeCase[] =>
  names.length === 0 ? cases : cases.filter(({ name }) => names.includes(name))

const recordTopics = async (verb: Verb, names: readonly string[]): Promise<void> => {
  const found = await recordAll(verb, select(composeCases(), names))
  if (verb === 'check') return
  for (const file of topicFiles()) {
    const topic = parseTopic(readFileSync(file, 'utf8'))
    const cases = topic.cases.map((one) => {
      const recorded = found.get(one.name)
      const { name, args, env, files } = one
      const setting = { name, ...(args === undefined ? {} : { args }), ...(env === undefined ? {} : { env }), files }
      return recorded === undefined ? one : { ...setting, ...recorded }
    })
    writeFileSync(file, printTopic({ ...topic, cases }))
  }
}

const recordMatrix = async (verb: Verb, names: readonly string[]): Promise<void> => {
  const found = await recordAll(verb, select(matrixCases(), names))
  if (verb === 'check') return
  const lines = readMatrix().map((row, index) => {
    const { text, files, env } = row
    const recorded = found.get(`matrix:${index + 1}`)
    return JSON.stringify(recorded === undefined ? row : { text, files, env, ...recorded })
  })
  writeFileSync(matrixFile, `${lines.join('\n')}\n`)
}

/** The hashes of each case in two folders: those that depend on the folder cannot be compared and are left out. */
const recordAllHashes = async (verb: Verb, names: readonly string[]): Promise<void> => {
  if (verb === 'ours') throw new Error('hashes are those of the reference alone')
  const before = JSON.parse(readFileSync(hashesFile, 'utf8')) as Record<string, Readonly<Record<string, string>>>
  const cases = select(composeCases(), names).filter(({ recorded }) => recorded.model !== undefined)
  const now: typeof before = names.length === 0 ? {} : { ...before }
  await mapInParallel(cases, async (one) => {
    const hashes = await recordHashes(one)
    if (Object.keys(hashes).length > 0) now[one.name] = hashes
    for (const [service, hash] of Object.entries({ ...before[one.name], ...hashes })) {
      const [was, is] = [before[one.name]?.[service], hashes[service]]
      if (was !== is) console.log(`${one.name} ${service}: was ${was}, is ${is === undefined ? 'none' : hash}`)
    }
  })
  console.log(`${cases.length} looked at`)
  if (verb === 'check') return
  const lines = Object.keys(now)
    .sort()
    .map((name) => `  ${JSON.stringify(name)}: ${JSON.stringify(now[name])}`)
  writeFileSync(hashesFile, `{\n${lines.join(',\n')}\n}\n`)
}

const [verb, ...words] = process.argv.slice(2)
const kinds = { cases: recordTopics, matrix: recordMatrix, hashes: recordAllHashes }
const kind = Object.keys(kinds).find((name): name is keyof typeof kinds => name === words[0])
if (verb !== 'check' && verb !== 'write' && verb !== 'ours') {
  console.error('usage: node test/support/record-cases.ts check|write|ours [cases|matrix|hashes] [NAME…]')
  process.exit(2)
}
if (verb !== 'ours') console.log(referenceVersion() ?? 'There is no docker compose.')
if (verb !== 'ours' && referenceVersion() === undefined) process.exit(1)
await kinds[kind ?? 'cases'](verb, kind === undefined ? words : words.slice(1))
