import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { toMessage } from '../support/eventually.ts'
import { cases } from './cases.ts'
import { measureDashboard } from './dashboard.ts'
import { measureEdit, measureRestart } from './edit.ts'
import { measureGitSwitch } from './git-switch.ts'
import { measureIdle } from './idle.ts'
import { measureLoader } from './loader.ts'
import { type BenchTool, type Row } from './measure.ts'
import { measureNewFiles } from './new-files.ts'
import { measureRebuild } from './rebuild.ts'
import { measureCase, type StackOptions } from './stacks.ts'
import { toResult, toTable } from './table.ts'

type Measure = (options: StackOptions) => Promise<readonly Row[]>

/** Stacks that are brought up and down, hot reload, the dashboard, and the loader. */
const measures: Readonly<Record<string, Measure>> = {
  ...Object.fromEntries(cases.map((one) => [one.name, (options: StackOptions) => measureCase(one, options)])),
  edit: measureEdit,
  'new-files': measureNewFiles,
  'git-switch': measureGitSwitch,
  restart: measureRestart,
  rebuild: measureRebuild,
  idle: measureIdle,
  dashboard: measureDashboard,
  loader: measureLoader,
}

const names = Object.keys(measures)

const help = `Times whole commands of stack, of docker compose and of a bare script of the same engine calls, in turn, and
from the change of a file to what it does in a container that either of them watches.

    node test/bench/bench.ts [--cases NAME,…] [--repeats 5] [--tools stack,compose,bare] [--json]

Cases: ${names.join(', ')}.
Medians of --repeats rounds after one round of warming up. Ends with 1 when a bar is missed, or a case fails.
`

const { values } = parseArgs({
  options: {
    cases: { type: 'string' },
    repeats: { type: 'string', default: '5' },
    tools: { type: 'string', default: 'stack,compose,bare' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const run = async (): Promise<number> => {
  const wanted = values.cases?.split(',') ?? names
  const unknown = wanted.filter((name) => !names.includes(name))
  if (unknown.length > 0) throw new Error(`there is no case "${unknown.join('", "')}"\n\n${help}`)
  const root = await mkdtemp(join(tmpdir(), 'stack-bench-'))
  const options: StackOptions = {
    root,
    repeats: Number(values.repeats),
    tools: values.tools.split(',').filter((tool): tool is BenchTool => ['stack', 'compose', 'bare'].includes(tool)),
    say: (text) => void process.stderr.write(`  ${text}\n`),
  }
  try {
    const rows: Row[] = []
    const failed: string[] = []
    for (const [name, measure] of Object.entries(measures).filter(([one]) => wanted.includes(one))) {
      try {
        rows.push(...(await measure(options)))
      } catch (error) {
        failed.push(name)
        options.say(`${name} FAILED: ${toMessage(error)}`)
      }
    }
    const results = rows.map(toResult)
    console.log(values.json ? JSON.stringify(results, null, 2) : toTable(results))
    warnOfLoad(options.say)
    return failed.length > 0 || results.some(({ met }) => met === false) ? 1 : 0
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

/** The bench itself keeps about two processors busy; what is above that was somebody else, and shifts every number. */
const warnOfLoad = (say: (text: string) => void) => {
  const [, load = 0] = loadavg()
  const limit = availableParallelism() + 2
  if (load > limit)
    say(
      `the machine was busy (load ${load.toFixed(1)} on ${availableParallelism()} processors): repeat it when it is quiet`,
    )
}

if (values.help) console.log(help)
else process.exitCode = await run()
