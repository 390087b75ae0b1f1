import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { artifactsFolder } from '../support/artifacts.ts'
import { eventually as repeat, toMessage } from '../support/eventually.ts'
import { type Scenario, scenario } from '../support/scenario.ts'
import { stormCases } from '../support/storm/cases.ts'
import { type Copies, type Copy, whileWatching } from '../support/storm/copies.ts'
import { clearing, createStorm, doExactly, doStep, firstFiles, readRounds, showSteps } from '../support/storm/storm.ts'
import { sleep, synced } from '../support/storm/synced.ts'
import type { Step } from '../support/storm/steps.ts'

/**
 * Whatever happens to the files of a source, its containers hold the same when it is quiet, and nothing beside it.
 *
 * STORM_SEED repeats a storm, STORM_ROUNDS makes it longer or shorter. The steps of one that failed are kept in a file;
 * STORM_STEPS names one that is played instead, such as a part of it: one step a line, an empty line ends a round.
 */
const seed = Number(process.env['STORM_SEED'] ?? Date.now() % 1_000_000)
const rounds = Number(process.env['STORM_ROUNDS'] ?? 200)
const recorded = process.env['STORM_STEPS']

const only = 'the reference sends changes one by one, and is never told of what it missed'
const stackFile = `services:
  web: { ${sleep}, scale: 2, ${synced('/app')} }
  other: { ${sleep}, user: "1000:1000", volumes: ["data:/srv"], ${synced('/srv/data', ', initial_sync: true, ignore: ["**/*.log", "**/left-out"]')} }
volumes: { data: {} }
`
/**
 * As Docker reads these patterns: one with no other wildcard is compared with the end of a path; in one with, `**` ends at
 * the end of a line.
 */
const isLeftOut = (path: string) =>
  path
    .split('/')
    .some(
      (name, index, names) =>
        name === 'left-out' || (name.endsWith('.log') && !names.slice(0, index).join('/').includes('\n')),
    )

const held: readonly Copy[] = [
  { service: 'web', count: 2, target: '/app', owner: '0:0' },
  { service: 'other', target: '/srv/data', owner: '1000:1000', isLeftOut },
]

/** What is beside the targets, and what every write through a link would change, a line each. */
const outside = async (s: Scenario, copies: Copies): Promise<readonly string[]> => {
  const script =
    'cd /; find canary srv -path srv/data -prune -o -print; sha256sum canary/* etc/hostname etc/passwd etc/group'
  const changed = (await s.engine.containers(s.project)).map(async ({ Id, Name }) => {
    const paths = await s.engine.call<readonly { readonly Path: string }[]>('GET', `/containers/${Id}/changes`)
    return paths.filter(({ Path }) => !/^\/app(\/|$)/.test(Path)).map(({ Path }) => `${Name}: ${Path}`)
  })
  const [asked, ...others] = await Promise.all([copies.ask(script), ...changed])
  return [...asked.flatMap((one) => one.split('\n')), ...others.flat()]
}

/** Rounds to play, one after the other, and what is told when one fails. */
interface Rounds {
  readonly name: string
  /** Does the changes of a round, and answers with them; nothing when the last round was the one before. */
  readonly next: (number: number) => Promise<readonly Step[]> | undefined
  readonly title: (number: number) => string
}

/** Plays one round after the other, and compares after each. The error says how to play them again. */
const play = async (s: Scenario, copies: Copies, { name, next, title }: Rounds): Promise<void> => {
  mkdirSync(artifactsFolder, { recursive: true })
  const file = join(artifactsFolder, `${s.project}.steps`)
  const times: number[] = []
  await copies.ask('mkdir /canary; echo canary > /canary/file; echo canary > /srv/file')
  const untouched = await outside(s, copies)
  const look = async () => {
    const now = await outside(s, copies)
    const other = [
      ...untouched.filter((line) => !now.includes(line)),
      ...now.filter((line) => !untouched.includes(line)),
    ]
    if (other.length > 0) throw new Error(`beside the targets something is another:\n  ${other.join('\n  ')}`)
  }
  for (let number = 1; ; number += 1) {
    const steps = await next(number)
    try {
      // Files may be unpacked beside the target first: that folder goes a moment later.
      if (steps === undefined || number % 10 === 0) await repeat(look, 10_000)
      if (steps === undefined) break
      appendFileSync(file, `${showSteps(steps)}\n\n`)
      times.push(await copies.settle(steps.some(isUnnoticed) ? 60_000 : 40_000))
    } catch (error) {
      throw new Error(tellFailure({ title: title(number), steps: steps ?? [], file }, error), { cause: error })
    }
  }
  rmSync(file)
  console.log(`${name}: ${times.length} rounds, equal ${tellTimes(times)} after the last change of a round`)
}

const tellTimes = (times: readonly number[]): string => {
  const sorted = times.toSorted((a, b) => a - b).map(Math.round)
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)]
  return `${at(0.5)} ms (median), ${at(0.95)} ms (p95), ${at(1)} ms (longest)`
}

/** Nobody is told of a change by a name outside: it is found by comparing, every 30 s. */
const isUnnoticed = (step: Step) => step[0] === 'append' && step[1] === 'aside/hard'

interface Failure {
  readonly title: string
  readonly steps: readonly Step[]
  readonly file: string
}

const tellFailure = ({ title, steps, file }: Failure, error: unknown): string =>
  [
    `${title}: ${toMessage(error)}`,
    `what happened in this round (and before: STORM_STEPS=${file}):`,
    showSteps(steps),
  ].join('\n')

const doAll = async (s: Scenario, steps: readonly Step[], act: typeof doStep): Promise<readonly Step[]> => {
  for (const step of steps) await act(s.folder, step)
  return steps
}

scenario(
  `after each round of a storm of changes the containers hold what the source holds (STORM_SEED=${seed})`,
  { only, files: { 'compose.yaml': stackFile, ...firstFiles() }, timeout: Math.max(rounds, 20) * 2_000 },
  async (s) => {
    const storm = createStorm(s.folder, seed)
    const known = recorded === undefined ? undefined : readRounds(readFileSync(recorded, 'utf8'))
    await whileWatching(s, { copies: held, command: 'up --watch' }, async ({ copies }) =>
      play(s, copies, {
        name: `storm ${seed}`,
        title: (number) => `round ${number} of STORM_SEED=${seed}`,
        next(number) {
          if (number > (known?.length ?? rounds)) return undefined
          return known === undefined ? storm.round() : doAll(s, known[number - 1] ?? [], doStep)
        },
      }),
    )
  },
)

scenario(
  'no change that watches are known to lose is lost',
  { only, files: { 'compose.yaml': stackFile, ...firstFiles() }, timeout: 180_000 },
  async (s) => {
    const rows = stormCases.flatMap(({ says, before, change }) => [
      { says: `before ${says}`, steps: () => [...clearing(s.folder), ...before] },
      { says, steps: () => change },
    ])
    await whileWatching(s, { copies: held, command: 'up --watch' }, async ({ copies }) =>
      play(s, copies, {
        name: 'known losses',
        title: (number) => rows[number - 1]?.says ?? 'all of it',
        next: (number) => {
          const found = rows[number - 1]
          return found === undefined ? undefined : doAll(s, found.steps(), doExactly)
        },
      }),
    )
  },
)
