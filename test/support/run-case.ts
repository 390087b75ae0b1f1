/**
 * One case by hand: what we make of it, what `docker compose` does if it is installed, and how the two differ:
 *
 *     node test/support/run-case.ts NAME [--unpack FOLDER]
 *
 * NAME is that of a case in test/fixtures/compose, or `matrix:LINE`. With `--unpack`, its files stay in FOLDER to play with;
 * without a NAME, those of all cases, one folder each.
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { toProblemLines } from '../../src/report/problems.ts'
import {
  composeCases,
  configModel,
  differences,
  disagreement,
  loadCase,
  matrixCases,
  takeOut,
} from './compose-cases.ts'
import { recordCase, referenceVersion, unpackCase } from './reference.ts'
import { printJson } from './topic-text.ts'

const {
  positionals: [name = ''],
  values: { unpack },
} = parseArgs({ allowPositionals: true, options: { unpack: { type: 'string' } } })
if (name === '' && unpack !== undefined) {
  for (const each of composeCases()) unpackCase(each, resolve(unpack))
  process.exit()
}
const one = [...composeCases(), ...(name.startsWith('matrix:') ? matrixCases() : [])].find((each) => each.name === name)
if (one === undefined) {
  console.error(`There is no case "${name}". usage: node test/support/run-case.ts [NAME] [--unpack FOLDER]`)
  process.exit(2)
}

const quote = (word: string): string => (/^[\w./-]+$/.test(word) ? word : `'${word}'`)
const say = (title: string, text: string): void => console.log(`== ${title}\n${text}\n`)

if (unpack !== undefined) {
  const variables = Object.entries(one.env).map(([key, value]) => `${key}=${quote(value)} `)
  say(
    'unpacked',
    `cd ${unpackCase(one, resolve(unpack))}\n${variables.join('')}stack ${one.args.map(quote).join(' ')} config`,
  )
}

const result = loadCase(one)
const ours = result.ok ? takeOut(configModel(result), one.folder) : undefined
const problems = result.ok
  ? []
  : toProblemLines(result.problems, {
      readSource: (file) => one.files[file.replace(`${one.folder}/`, '')],
      showPath: (file) => file.replace(`${one.folder}/`, ''),
    })
say('ours', ours === undefined ? problems.join('\n') : printJson(ours))

const version = referenceVersion()
if (version !== undefined) {
  const theirs = await recordCase(one)
  say(version, 'refused' in theirs ? theirs.refused : printJson(theirs.model))
  const found = 'refused' in theirs ? [] : differences(theirs.model, ours)
  say('difference', 'refused' in theirs === result.ok ? 'one refuses it' : found.join('\n') || 'none')
}
say('recorded', one.recorded.differs ?? disagreement(one, result) ?? 'as it is')
