import { chmod, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import {
  absent,
  eventually,
  exited,
  holds,
  nothingLeft,
  recreated,
  running,
  says,
  untouched,
} from '../support/checks.ts'
import { failsWith, prints } from '../support/output-checks.ts'
import { scenario, type Scenario } from '../support/scenario.ts'
import { job, sleeper } from '../support/snippets.ts'

/** Language models: the Docker CLI plugin `docker-model` is worked as Docker Compose works it. */

/** A plugin that keeps its models in a file, and writes down what it was asked. */
const plugin = `#!/bin/sh
here=$(dirname "$0")
[ "$1" = docker-cli-plugin-metadata ] || echo "$*" >> "$here/asked"
case "$1" in
  docker-cli-plugin-metadata) echo '{"SchemaVersion":"0.1.0","Vendor":"Test","Version":"v1.0.6","ShortDescription":"Models"}' ;;
  status) echo '{"running":true,"endpoint":"http://models.example:12434/engines/v1/"}' ;;
  ls) tags=$(sed 's/.*/"&"/' "$here/models" 2> /dev/null | paste -sd, -); echo "[{\\"id\\":\\"sha256:1\\",\\"tags\\":[$tags],\\"created\\":1}]" ;;
  pull) case "$2" in *missing*) echo "no such model: $2" >&2; exit 3 ;; esac; echo "Downloaded: 1 MB"; echo "$2" >> "$here/models" ;;
  configure) ;;
  *) exit 64 ;;
esac
`

const files = {
  'docker/config.json': JSON.stringify({ cliPluginsExtraDirs: [join(homedir(), '.docker/cli-plugins')] }),
  'docker/cli-plugins/docker-model': plugin,
}
const withPlugin = async (s: Scenario) => {
  await chmod(join(s.folder, 'docker/cli-plugins/docker-model'), 0o755)
  return (run: string | readonly string[]) => ({ run, env: { DOCKER_CONFIG: join(s.folder, 'docker') } })
}
const asked = (...wanted: readonly string[]) =>
  holds(`the plugin was asked for ${wanted.join(', ')}`, async ({ folder }) => {
    const text = await readFile(join(folder, 'docker/cli-plugins/asked'), 'utf8')
    const missing = wanted.filter((line) => !text.split('\n').includes(line))
    if (missing.length > 0) throw new Error(`it was asked for:\n${text}`)
  })

scenario(
  'a model is pulled and configured, and the services that use it know where it is',
  {
    files: {
      ...files,
      'compose.yaml': `services:
  web: { ${job('env | sort')}, environment: { LLM_URL: mine }, models: { llm: , my-emb: { endpoint_var: EMB_AT, model_var: EMB_NAME } } }
  other: { ${job('env')} }
models:
  llm: { model: ai/large, context_size: 1024, runtime_flags: ["--threads", "2"] }
  my-emb: { model: ai/small }
`,
    },
  },
  async (s) => {
    const command = await withPlugin(s)
    await s.step(
      'up',
      command('up -d'),
      eventually(exited('web', 0)),
      says('web', /^EMB_AT=http:\/\/models\.example:12434\/engines\/v1\/\nEMB_NAME=ai\/small$/m),
      says('web', /^LLM_MODEL=ai\/large\nLLM_URL=http:\/\/models\.example:12434\/engines\/v1\/$/m),
      eventually(exited('other', 0)),
      says('other', /^(?![^]*LLM)/),
      asked(
        'pull ai/large',
        'pull ai/small',
        'configure --context-size 1024 ai/large -- --threads 2',
        'configure ai/small',
      ),
    )
    await s.step('run', command(['run', '--rm', '-T', 'web', 'sh', '-c', 'echo $LLM_MODEL']), prints(/^ai\/large$/m))
    await s.step('down', command('down'), nothingLeft())
  },
)

scenario(
  'a model that is there is not pulled, and another model means another container',
  {
    files: {
      ...files,
      'docker/cli-plugins/models': 'ai/there\n',
      'compose.yaml': `services: { web: { ${sleeper}, models: [llm] } }\nmodels: { llm: { model: ai/there } }\n`,
    },
  },
  async (s) => {
    const command = await withPlugin(s)
    const pulls = (count: number) =>
      holds(`${count} pulls`, async ({ folder }) => {
        const text = await readFile(join(folder, 'docker/cli-plugins/asked'), 'utf8')
        if (text.split('\n').filter((line) => line.startsWith('pull')).length !== count) throw new Error(text)
      })
    await s.step('up', command('up -d'), running('web'), pulls(0))
    await s.step('up again', command('up -d'), untouched('web'))
    await s.write(
      'compose.yaml',
      `services: { web: { ${sleeper}, models: [llm] } }\nmodels: { llm: { model: ai/next } }\n`,
    )
    await s.step(
      'up with another model',
      command('up -d'),
      recreated('web'),
      pulls(1),
      holds('it knows the new one', async (world) =>
        (await world.containers('web'))[0]!.Config.Env.includes('LLM_MODEL=ai/next'),
      ),
    )
  },
)

scenario(
  'a model that cannot be pulled is told in the words of the plugin, and its service is not made',
  {
    differs: 'says no more than "exit status 1"',
    files: {
      ...files,
      'compose.yaml': `services: { web: { ${sleeper}, models: [llm] }, other: { ${sleeper} } }\nmodels: { llm: { model: ai/missing } }\n`,
    },
  },
  async (s) => {
    const command = await withPlugin(s)
    await s.step(
      'up',
      command('up -d'),
      failsWith(1),
      prints(/ai\/missing.*no such model: ai\/missing/),
      absent('web'),
      running('other'),
    )
  },
)

scenario(
  'models without the plugin are told with what to install',
  {
    files: {
      'docker/config.json': files['docker/config.json'],
      'compose.yaml': `services: { web: { ${sleeper}, models: [llm] } }\nmodels: { llm: { model: ai/large } }\n`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      { run: 'up -d', env: { DOCKER_CONFIG: join(s.folder, 'docker') } },
      failsWith(1),
      prints(/[Dd]ocker[- ]model/i),
      absent('web'),
    )
  },
)
