// `npm test`: sets the machine up, checks types and style, and runs every test. Whatever follows `--` goes to vitest:
// npm test -- --project unit
import { join } from 'node:path'
import { green, heading, node, root, run, runProgram, setUp, step, Stop } from './set-up.js'

const tool = (name) => join(root, 'node_modules', '.bin', name)

await runProgram(async () => {
  await setUp()
  const env = { PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}` }
  const findings = []
  for (const [title, name, args] of [
    ['Types', 'tsc', []],
    ['Style', 'oxlint', ['--type-aware']],
  ]) {
    const { code, text } = await step(title, () => run(tool(name), args, { env, output: 'pipe' }))
    if (code !== 0) findings.push(`${title}:\n${text}`)
  }
  const words = process.argv.slice(2)
  heading('Tests')
  const { code } = await run(node, [tool('vitest'), 'run', '--config', 'test/vitest.config.ts', ...words], { env })
  for (const finding of findings) console.error(`\n${finding}`)
  if (code !== 0) throw new Stop('', code)
  if (findings.length > 0) throw new Stop('The tests have passed; types or style have not.')
  console.log(green('Everything has passed.'))
  return 0
})
