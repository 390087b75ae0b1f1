import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cases } from './cases.ts'
import { measureEdit } from './edit.ts'
import { measureLoader } from './loader.ts'
import { type BenchTool, type Row } from './measure.ts'
import { measureCase, type StackOptions } from './stacks.ts'
import { toResult, toTable } from './table.ts'

const help = `Times whole commands of stack, of docker compose and of a bare script of the same engine calls, in turn.

    node test/bench/bench.ts [--cases ${[...cases.map(({ name }) => name), 'edit', 'loader'].join(',')}]
                             [--repeats 5] [--tools stack,compose,bare] [--json]

Medians of --repeats rounds after one round of warming up. Ends with 1 when a bar is missed.
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
  const wanted = values.cases?.split(',') ?? [...cases.map(({ name }) => name), 'edit', 'loader']
  const unknown = wanted.filter((name) => !['edit', 'loader'].includes(name) && !cases.some((one) => one.name === name))
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
    for (const one of cases.filter(({ name }) => wanted.includes(name))) rows.push(...(await measureCase(one, options)))
    if (wanted.includes('edit')) rows.push(...(await measureEdit(options)))
    if (wanted.includes('loader')) rows.push(...(await measureLoader(options)))
    const results = rows.map(toResult)
    console.log(values.json ? JSON.stringify(results, null, 2) : toTable(results))
    warnOfLoad(options.say)
    return results.some(({ met }) => met === false) ? 1 : 0
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
