import { appendFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node'

/** How much of one failure is worth reading before its whole text, which the run printed, is looked up. */
const LINES = 40

/** What the name of a test begins with that stands for tests which this machine cannot run. */
export const notRun = 'NOT RUN: '

/**
 * Writes the name and the first lines of every failure into the file that `STACK_TEST_FAILURES` names, so that whoever
 * runs the tests can say them last, and they are there when nothing but the end of the output was kept. What this machine
 * could not run goes there too, or is printed where there is no such file.
 */
export const createFailureList = (file: string | undefined): Reporter => ({
  onTestRunEnd(modules, unhandled) {
    const left = modules.flatMap(listNotRun).map((name) => `! ${name}\n`)
    if (file === undefined) return void process.stderr.write(left.join(''))
    const told = [
      ...modules.flatMap(tellModule),
      ...unhandled.map((error) => tell('an error that no test waited for', [error])),
      ...left,
    ]
    appendFileSync(file, told.join(''))
  },
})

const listNotRun = (module: TestModule): string[] =>
  [...module.children.allTests('skipped')].flatMap(({ name }) => (name.startsWith(notRun) ? [name] : []))

const tellModule = (module: TestModule): string[] => {
  const place = `${module.project.name} > ${module.relativeModuleId}`
  const outside = [module, ...module.children.allSuites()].flatMap((suite) => {
    const name = suite.type === 'suite' ? `${place} > ${suite.fullName}` : place
    return suite.errors().length === 0 ? [] : [tell(name, suite.errors())]
  })
  return [
    ...outside,
    ...[...module.children.allTests('failed')].map((test) => tell(`${place} > ${test.fullName}`, errorsOf(test))),
  ]
}

const errorsOf = (test: TestCase): readonly SerializedError[] => {
  const { errors = [] } = test.result()
  return errors
}

const tell = (name: string, errors: readonly SerializedError[]): string => {
  const lines = errors.flatMap((error) => {
    const diff = typeof error['diff'] === 'string' ? error['diff'].split('\n') : []
    const own = error.stacks?.[0]
    const place = own === undefined ? [] : [`at ${own.file}:${own.line}:${own.column}`]
    return [
      ...`${error.name ?? 'Error'}: ${error.message}`.split('\n').slice(0, LINES),
      ...diff.slice(0, LINES),
      ...place,
    ]
  })
  return stripVTControlCharacters([`✗ ${name}\n`, ...lines.map((line) => `    ${line}\n`)].join(''))
}
