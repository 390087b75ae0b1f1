// `npm test`: sets the machine up, checks types and style, and runs every test. Whatever follows `--` goes to vitest:
// npm test -- --project unit
// An engine is looked for only where a project of tests may need one: -- --project unit --project ui does without.
// What failed, or could not be run here, is said at the very end, and appended to the file that STACK_TEST_FAILURES names.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { green, heading, node, red, root, run, runProgram, setUp, step, Stop } from './set-up.js'

/** The projects in test/vitest.config.ts that run on an engine. */
const onEngine = ['docker', 'e2e']

/** Whether the words for vitest may choose tests that run on an engine: no project is named, one of these, or a pattern. */
const needsEngine = (words) => {
  const { values } = parseArgs({ args: words, options: { project: { type: 'string', multiple: true } }, strict: false })
  return values.project?.some((name) => onEngine.includes(name) || /[!*]/.test(name)) ?? true
}

const tool = (name) => join(root, 'node_modules', '.bin', name)

/** Runs vitest; the answer is its exit code and the names of what failed with the first lines of each failure. */
const runTests = async (words, env) => {
  const folder = mkdtempSync(join(tmpdir(), 'stack-test-'))
  const file = join(folder, 'failures')
  writeFileSync(file, '')
  try {
    const { code } = await run(node, [tool('vitest'), 'run', '--config', 'test/vitest.config.ts', ...words], {
      env: { ...env, STACK_TEST_FAILURES: file },
    })
    const named = readFileSync(file, 'utf8')
    // Killed, or with a reporter of the caller's choice: there is no list, and that is not to be taken for no failure.
    return { code, failures: code !== 0 && named === '' ? `✗ vitest ended with ${code} and named no test\n` : named }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

await runProgram(async () => {
  const words = process.argv.slice(2)
  await setUp({ engine: needsEngine(words) })
  const env = { PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}` }
  const findings = []
  for (const [title, name, args] of [
    ['Types', 'tsc', []],
    ['Style', 'oxlint', ['--type-aware']],
    ['Format', 'oxfmt', ['--check']],
  ]) {
    const { code, text } = await step(title, () => run(tool(name), args, { env, output: 'pipe' }))
    if (code !== 0) findings.push(`✗ ${title}\n${text.trimEnd().replaceAll(/^/gm, '    ')}\n`)
  }
  heading('Tests')
  const { code, failures } = await runTests(words, env)
  const told = [...findings, failures].join('')
  if (process.env.STACK_TEST_FAILURES) appendFileSync(process.env.STACK_TEST_FAILURES, told)
  if (code === 0 && findings.length === 0) {
    console.log(told === '' ? green('Everything has passed.') : red(`What was run has passed, but\n${told}`))
    return 0
  }
  console.error(`\nWhat failed:\n${told}`)
  throw new Stop(
    code === 0 ? 'The tests have passed; types or style have not.' : 'Not everything has passed.',
    code || 1,
  )
})
