import { describe, expect, test } from 'vitest'
import { maxProblems } from '../../../src/core/errors/limit-problems.ts'
import { toProblemLines } from '../../../src/report/problems.ts'
import { folder, loadFiles } from '../../support/load-memory.ts'
import { envFileKinds, stackFileKinds } from '../../support/sizes.ts'

/**
 * Whatever a file is full of, reading it and telling what is wrong with it takes time in proportion to its size. What is
 * counted is the processor's time of this thread, and the limit is far from what it takes: a step that takes its square
 * needs minutes for a megabyte.
 */
const limitMs = (size: number): number => 2000 + (size / 1_000_000) * 6000

const cpuMs = (work: () => void): number => {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000
}

const told = (files: Readonly<Record<string, string>>): void => {
  const result = loadFiles(files)
  const problems = result.ok ? result.warnings : result.problems
  const shown = toProblemLines(problems, { readSource: (file) => files[file.replace(`${folder}/`, '')] })
  expect(problems.length).toBeLessThanOrEqual(maxProblems + 1)
  expect(problems.map(({ code }) => code)).not.toContain('internal/bug')
  // Three lines of at most a thousand characters for each, its message, its hint, and places that belong to it.
  expect(shown.join('\n').length).toBeLessThan(500_000)
}

const sizes = [10_000, 300_000]

describe.each(Object.entries(stackFileKinds))('a stack file of %s', (_, make) => {
  test.each(sizes)('of %d characters takes its time and no more', (size) => {
    const files = { 'stack.yaml': make(size), '.env': '' }
    expect(cpuMs(() => told(files))).toBeLessThan(limitMs(size))
  })
})

describe.each(Object.entries(envFileKinds))('an env file of %s', (_, make) => {
  const stack = 'services: {web: {image: x, env_file: web.env, command: $A}}'
  test.each(sizes)('of %d characters takes its time and no more', (size) => {
    const text = make(size)
    expect(cpuMs(() => told({ 'stack.yaml': stack, '.env': text, 'web.env': '' }))).toBeLessThan(limitMs(size))
    expect(cpuMs(() => told({ 'stack.yaml': stack, '.env': '', 'web.env': text }))).toBeLessThan(limitMs(size))
  })
})
