import { isDeepStrictEqual } from 'node:util'
import type { Finished } from './tool.ts'
import type { Check, World } from './scenario.ts'

/** Checks of what a command printed and how it ended: the last resort, after state. */

const lastOf = (world: World): Finished => {
  if (!world.last) throw new Error('no command was run in this step')
  return world.last
}

/** The exit code, exactly, whichever tool runs. */
export const exits = (code: number): Check => ({
  says: `ends with exit code ${code}`,
  aboutExit: true,
  test(world) {
    if (lastOf(world).code !== code) throw new Error(`the exit code is ${lastOf(world).code}`)
  },
})

/** A failure: with this code from stack, with any code but 0 from a tool whose codes are its own. */
export const failsWith = (code: number): Check => ({
  says: `fails with exit code ${code}`,
  aboutExit: true,
  test(world) {
    const found = lastOf(world).code
    if (found === 0 || (world.tool === 'stack' && found !== code)) throw new Error(`the exit code is ${found}`)
  },
})

const matching =
  (name: string, select: (last: Finished) => string) =>
  (pattern: RegExp | string): Check => ({
    says: `${name} ${typeof pattern === 'string' ? 'contains' : 'matches'} ${pattern}`,
    test(world) {
      const wanted = typeof pattern === 'string' ? pattern.replaceAll('%p', world.project) : pattern
      const text = select(lastOf(world))
      const found = typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)
      if (!found) throw new Error('it does not')
    },
  })

export const prints = matching('its output', ({ stdout, stderr }) => stdout + stderr)
export const stdout = matching('stdout', (last) => last.stdout)
export const stderr = matching('stderr', (last) => last.stderr)

export const silentAbout = (pattern: RegExp): Check => ({
  says: `its output does not match ${pattern}`,
  test(world) {
    const { stdout, stderr } = lastOf(world)
    if (pattern.test(stdout + stderr)) throw new Error('it does')
  },
})

/** The lines of stdout, trimmed and sorted, are exactly these. */
export const lines = (...wanted: readonly string[]): Check => ({
  says: `stdout is the lines ${wanted.join(' | ') || '(none)'}`,
  test(world) {
    const found = lastOf(world)
      .stdout.split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .sort()
    const expected = wanted.map((line) => line.replaceAll('%p', world.project)).sort()
    if (!isDeepStrictEqual(found, expected)) throw new Error(`they are ${found.join(' | ')}`)
  },
})

/** stdout is JSON (or one JSON value a line), and the test of the parsed value answers true. */
// oxlint-disable-next-line typescript/no-explicit-any -- each test knows the shape of what it reads
export const json = (says: string, test: (value: any, world: World) => boolean): Check => ({
  says: `stdout is JSON in which ${says}`,
  test(world) {
    const value = parseJson(lastOf(world).stdout)
    if (!test(value, world)) throw new Error(`it is ${JSON.stringify(value).slice(0, 600)}`)
  },
})

/** Docker Compose prints lists as one object a line in some commands and as one array in others; both are read. */
const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as unknown)
  }
}

/** The command took less than this many milliseconds. */
export const quickerThan = (milliseconds: number): Check => ({
  says: `is done within ${milliseconds} ms`,
  test(world) {
    if (lastOf(world).milliseconds > milliseconds)
      throw new Error(`it took ${Math.round(lastOf(world).milliseconds)} ms`)
  },
})
