import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { cleanEnvironment, toolCommand } from '../support/tool.ts'

export type BenchTool = 'stack' | 'compose' | 'bare'

const bareScript = fileURLToPath(new URL('bare.ts', import.meta.url))

export const wordsOf = (tool: BenchTool): readonly [string, ...string[]] =>
  tool === 'bare' ? [process.execPath, bareScript] : toolCommand(tool)

export interface Timed {
  readonly milliseconds: number
  readonly code: number
  readonly output: string
}

/** A whole command as a process, from spawn to exit. A failure is an error: a quick failure must not look like speed. */
export const timeCommand = async (words: readonly [string, ...string[]], cwd: string): Promise<Timed> => {
  const [program, ...rest] = words
  const chunks: string[] = []
  const began = performance.now()
  const child = spawn(program, rest, { cwd, env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] })
  const gather = (chunk: Buffer) => void chunks.push(chunk.toString())
  child.stdout.on('data', gather)
  child.stderr.on('data', gather)
  let milliseconds = 0
  child.on('exit', () => (milliseconds = performance.now() - began))
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => resolve(status ?? 128))
  })
  const output = chunks.join('')
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}:\n${output.slice(-2000)}`)
  return { milliseconds, code, output }
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The value that 95 of 100 are not above. */
export const ninetyFifth = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.95) - 1)]!
}

/** One row of the result: a command of a case, with what was measured of every tool. */
export interface Row {
  readonly case: string
  readonly command: string
  /** Milliseconds, or what `unit` says; `Infinity` is what was given up. */
  readonly times: Readonly<Partial<Record<BenchTool, readonly number[]>>>
  /** A word for what is not a time, empty for a number. */
  readonly unit?: string
  /** What is made of the values: their median, or what 95 of 100 are not above. */
  readonly statistic?: 'median' | 'p95'
  /** Highest ratios to the reference, and to the bare script. */
  readonly bar?: number
  readonly bareBar?: number
  /** The highest value of stack itself, and the most that it may be above the bare script. */
  readonly most?: number
  readonly aboveBare?: number
}

/** Collects times by case and command. */
export const createTimes = () => {
  const times = new Map<string, Partial<Record<BenchTool, number[]>>>()
  return {
    add(command: string, tool: BenchTool, milliseconds: number) {
      const entry = times.get(command) ?? {}
      entry[tool] = [...(entry[tool] ?? []), milliseconds]
      times.set(command, entry)
    },
    of: (command: string) => times.get(command) ?? {},
  }
}
