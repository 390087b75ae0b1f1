import { nothingLeft } from '../support/checks.ts'
import { failsWith, json, lines, silentAbout, stderr, stdout } from '../support/output-checks.ts'
import { scenario } from '../support/scenario.ts'
import { sleeper } from '../support/snippets.ts'

/** Variables of the file and where their values come from, seen through `config`. */

const labelled = (value: string) => `services: { web: { ${sleeper}, labels: { seen: "${value}" } } }`
const label = (wanted: string) =>
  json(`web's label is "${wanted}"`, (model) => model.services.web.labels.seen === wanted)
const asJson = 'config --format json'

scenario(
  'a variable of the shell beats the same variable in .env',
  {
    files: { 'compose.yaml': labelled('${WHO}'), '.env': 'WHO=file\n' },
  },
  async (s) => {
    await s.step('without the shell, .env speaks', asJson, label('file'))
    await s.step('with it, the shell does', { run: asJson, env: { WHO: 'shell' } }, label('shell'))
  },
)

scenario(
  'defaults, replacements and nested defaults are filled in',
  {
    files: {
      'compose.yaml': labelled('${A:-a}-${B-b}-${C:-${D:-d}}-${SET:+yes}-${EMPTY:-x}-${EMPTY-y}-$$Z'),
      '.env': 'SET=1\nEMPTY=\n',
    },
  },
  async (s) => {
    await s.step(
      'print the model',
      asJson,
      json('each form has its value', (model) => model.services.web.labels.seen === 'a-b-d-yes-x--$$Z'),
    )
  },
)

scenario(
  'a required variable that is missing stops everything and its message is shown',
  {
    files: { 'compose.yaml': labelled('${PASSWORD:?set a password first}') },
  },
  async (s) => {
    await s.step('it is refused', 'config', failsWith(3), stderr('PASSWORD'), stderr('set a password first'))
    await s.step('an empty value is refused too', { run: 'config', env: { PASSWORD: '' } }, failsWith(3))
    await s.step('with a value it is fine', { run: asJson, env: { PASSWORD: 'x' } }, label('x'))
  },
)

scenario(
  'a variable that is set nowhere becomes empty, with a warning that names it',
  {
    files: { 'compose.yaml': labelled('<${NOBODY_SET_ME}>') },
  },
  async (s) => {
    await s.step('print the model', asJson, label('<>'), stderr('NOBODY_SET_ME'))
  },
)

scenario(
  '--env-file replaces .env, and of several files the last one wins',
  {
    files: {
      'compose.yaml': labelled('${A-none} ${B-none}'),
      '.env': 'A=dot\n',
      'one.env': 'A=one\nB=one\n',
      'two.env': 'B=two\n',
    },
  },
  async (s) => {
    await s.step('both files', '--env-file one.env --env-file two.env config --format json', label('one two'))
    await s.step('.env is not read beside them', '--env-file two.env config --format json', label('none two'))
    await s.step(
      'a file that is not there is an error',
      '--env-file three.env config',
      failsWith(3),
      stderr('three.env'),
    )
  },
)

scenario(
  'the grammar of .env: quotes, comments, export, several lines, escapes',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, environment: { ALL: "\${A}|\${B}|\${C}|\${D}|\${E}|\${F}" } } }`,
      '.env': `# comment\nexport A=plain # tail\nB='single $A'\nC="double $A"\nD="two\\tcolumns"\nE = spaced \nF="first\nsecond"\n`,
    },
  },
  async (s) => {
    const wanted = 'plain|single $$A|double plain|two\tcolumns|spaced|first\nsecond'
    await s.step(
      'print the model',
      asJson,
      json('all six are right', (model) => model.services.web.environment.ALL === wanted),
    )
  },
)

scenario(
  '.env can hold COMPOSE_FILE and COMPOSE_PROJECT_NAME for the tool itself',
  {
    files: {
      '.env': 'COMPOSE_FILE=one.yaml:two.yaml\nCOMPOSE_PROJECT_NAME=e2e-from-dot-env\n',
      'one.yaml': `services: { one: { ${sleeper} } }`,
      'two.yaml': `services: { two: { ${sleeper} } }`,
    },
  },
  async (s) => {
    await s.step('both files are read', 'config --services', lines('one', 'two'))
    await s.step(
      'the name is taken',
      asJson,
      json('the name is from .env', (model) => model.name === 'e2e-from-dot-env'),
    )
  },
)

scenario(
  'COMPOSE_ENV_FILES names the files that replace .env',
  {
    files: { 'compose.yaml': labelled('${A}'), '.env': 'A=dot\n', 'other.env': 'A=other\n' },
  },
  async (s) => {
    await s.step('from the variable', { run: asJson, env: { COMPOSE_ENV_FILES: 'other.env' } }, label('other'))
  },
)

scenario(
  'COMPOSE_DISABLE_ENV_FILE leaves .env unread',
  {
    files: { 'compose.yaml': labelled('${A-nothing}'), '.env': 'A=dot\n' },
  },
  async (s) => {
    await s.step('from the variable', { run: asJson, env: { COMPOSE_DISABLE_ENV_FILE: '1' } }, label('nothing'))
  },
)

scenario(
  'UID and GID have values though no shell exports them, and less than anything that is set',
  {
    files: { 'compose.yaml': labelled('${UID}:${GID}:${UID:-none}'), 'own.env': 'UID=12\n' },
    differs: 'fills in nothing, and warns',
  },
  async (s) => {
    await s.step('by themselves', asJson, label(`${process.getuid?.()}:${process.getgid?.()}:none`))
    await s.step('from a file', `--env-file own.env ${asJson}`, label(`12:${process.getgid?.()}:12`))
    await s.step('from the shell', { run: asJson, env: { UID: '13', GID: '14' } }, label('13:14:13'))
  },
)

scenario(
  'what values come to is told by commands that use them, and not by those that look or stop',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, environment: { A: $NO_SUCH, API_TOKEN: hunter2 } } }`,
      'more.env': 'A=pa$word\n',
    },
  },
  async (s) => {
    const told = stderr('NO_SUCH')
    await s.step('up', 'up -d', told, ...(s.tool === 'stack' ? [stderr('API_TOKEN')] : []))
    await s.step('config', 'config -q', told, ...(s.tool === 'stack' ? [stderr('API_TOKEN')] : []))
    if (s.tool === 'stack') {
      await s.step('plan', 'plan', told, silentAbout(/environment.secret/))
      for (const command of ['ps', 'ps web', 'logs --no-color', 'top', 'images', 'stop', 'rm -f'])
        await s.step(command, command, silentAbout(/NO_SUCH/), silentAbout(/environment.secret/))
    }
    await s.step('run', 'run --rm --no-deps --env-from-file more.env web env', stdout('A=pa\n'), stderr('word'))
    await s.step('down', 'down', ...(s.tool === 'stack' ? [silentAbout(/NO_SUCH/)] : []), nothingLeft())
  },
)
