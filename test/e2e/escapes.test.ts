import { running } from '../support/checks.ts'
import { failsWith, prints, stdout } from '../support/output-checks.ts'
import { image } from '../support/objects.ts'
import { type Check, scenario, type Scenario } from '../support/scenario.ts'
import { job, sleeper } from '../support/snippets.ts'

/** Images, containers, repositories and files of others must not command the terminal of whoever looks at them. */

/** A title, a colour that hides, a cleared screen, a line begun anew, a line turned around, C1. */
const evil = '\u001b]0;evil\u0007\u001b[8m\u001b[2J\rfine\u202e\u009b31m'
/** In double quotes, with nothing that YAML does not take as it is. */
const yaml = (text: string): string =>
  JSON.stringify(text).replaceAll('\u202e', '\\u202e').replaceAll('\u009b', '\\u009b')
const inYaml = yaml(evil)
const inShell = String.raw`printf '\033]0;evil\007\033[8m\033[2Jbad\rfine\342\200\256\302\2331m\n'`

/** Colours of ours are all that may be in what is printed. */
const harmless: Check = {
  says: 'prints nothing that commands a terminal',
  test: ({ last }) => {
    const text = `${last?.stdout}${last?.stderr}`.replaceAll(/\u001b\[(?:1|2|22|3[1-6]|39|9[1-6])m/g, '')
    const found = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.exec(text)
    if (found !== null) throw new Error(JSON.stringify(text.slice(Math.max(0, found.index - 80), found.index + 40)))
  },
}
const only = 'the reference passes most of it on'
/** With and without colours. */
const twice = async (s: Scenario, run: string | readonly string[], ...checks: readonly Check[]): Promise<void> => {
  for (const env of [{}, { FORCE_COLOR: '1', NO_COLOR: '' }])
    await s.step(String(run), { run, env }, harmless, ...checks)
}

scenario('keys and names of a stack file', { only, files: { 'compose.yaml': '' } }, async (s) => {
  const wrong = `services: { web: { ${sleeper}, ${inYaml}: 1, environment: { A: "\${${evil.slice(1, 8)}" } } }`
  await s.write('compose.yaml', wrong)
  await twice(s, 'config', failsWith(3), prints('evil'))
  await s.write('compose.yaml', `services:\n  web: # ${evil.replaceAll('\r', '')}\n    nope: 1\n`)
  await twice(s, 'config', failsWith(3), prints('yaml/syntax'))
  await s.write('compose.yaml', `services: { web: { ${sleeper}, env_file: [${inYaml}] } }`)
  await twice(s, 'config', failsWith(3), prints('evil'))
  await s.write('compose.yaml', `services: { web: { build: ${yaml(`file:///nowhere#${evil}`)} } }`)
  await twice(s, 'build', failsWith(1))
  await s.write('compose.yaml', `services: { web: { ${sleeper} } }`)
  await twice(s, ['-f', `b${evil}.yaml`, 'config'], failsWith(3))
  await twice(s, ['ps', evil], failsWith(1))
  await twice(s, [evil], failsWith(2))
})

scenario(
  'healthchecks, hooks and last words',
  {
    only,
    files: {
      'sick.yaml': `services: { web: { ${sleeper}, healthcheck: { test: ["CMD-SHELL", ${yaml(`${inShell}; exit 1`)}], interval: 300ms, retries: 1 } } }`,
      'dead.yaml': `services: { web: { ${sleeper}, depends_on: { job: { condition: service_completed_successfully } } }, job: { ${job(`${inShell}; exit 3`)} } }`,
      'hook.yaml': `services: { web: { ${sleeper}, post_start: [{ command: ["sh", "-c", ${yaml(`: ${evil}; ${inShell}; exit 4`)}] }] } }`,
      'none.yaml': `services: { web: { image: ${image}, command: [${inYaml}] } }`,
    },
  },
  async (s) => {
    await twice(s, '-f sick.yaml up -d --wait --force-recreate', failsWith(1), prints('unhealthy'))
    await s.step('down', '-f sick.yaml down')
    await twice(s, '-f dead.yaml up -d --force-recreate', failsWith(1), prints('exit 3'))
    await s.step('down', '-f dead.yaml down')
    await twice(s, '-f hook.yaml up -d --force-recreate', failsWith(1), prints('hook'))
    await s.step('down', '-f hook.yaml down')
    await twice(s, '-f none.yaml up -d --force-recreate', failsWith(1))
    await twice(s, '-f none.yaml ps -a')
  },
)

scenario(
  'labels, commands and processes',
  {
    only,
    files: {
      'compose.yaml': `services: { web: { image: ${image}, init: true, labels: { x: ${inYaml} }, command: ["sh", "-c", ${yaml(`: ${evil}; exec sleep 600`)}] } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await twice(s, 'ps', stdout('web'))
    await twice(s, ['ps', '--no-trunc'], stdout('evil'))
    await twice(s, ['ps', '--format', '{{.Labels}}'], stdout('evil'))
    await twice(s, ['ps', '--format', 'json'], stdout('evil'))
    await twice(s, 'top', stdout('sleep'))
    await twice(s, 'plan')
    await twice(s, '--dry-run up --force-recreate')
    await s.step('a log is passed on as it is', 'logs')
  },
)

scenario(
  'what a build prints, and credentials among its arguments',
  {
    only,
    files: {
      'compose.yaml': `services: { web: { build: { context: ., args: { API_TOKEN: hunter2hunter2 } }, init: true, command: sleep 600 } }`,
      Dockerfile: `FROM ${image}\nARG API_TOKEN\nWORKDIR /app-$API_TOKEN\nRUN ${inShell}; exit 7\n`,
    },
  },
  async (s) => {
    await twice(s, '--progress plain build', failsWith(1), prints('/app-****'), prints(/exit code: 7|non-zero code: 7/))
    await s.step('JSON', '--progress json build', failsWith(1), harmless, {
      says: 'holds no credential',
      test: ({ last }) => {
        if (`${last?.stdout}${last?.stderr}`.includes('hunter2hunter2')) throw new Error('it does')
      },
    })
  },
)
