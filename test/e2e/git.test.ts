import { join } from 'node:path'
import { absent, holds, inside, recreated, running, untouched } from '../support/checks.ts'
import { makeRepository, serveFolder } from '../support/git-repository.ts'
import { exits, failsWith, json, prints, silentAbout, stderr } from '../support/output-checks.ts'
import { startInTerminal } from '../support/pty.ts'
import { scenario, type CommandInPlace, type Scenario } from '../support/scenario.ts'
import { toolCommand } from '../support/tool.ts'

/** Images that are built from git repositories. */

const dockerfile = 'FROM stack-base/busybox\nCOPY . /app\nCMD ["sleep", "600"]\n'
const service = (context: string, more = '') => `{ build: { context: "${context}"${more} }, init: true }`
const onlyOurs = 'the reference takes file:// for a path, and leaves other repositories to the git of the engine'

/** A cache of its own: what an earlier run has fetched is not there. */
const apart = (s: Scenario, run: string): CommandInPlace => ({ run, env: { XDG_CACHE_HOME: join(s.folder, 'cache') } })
const fetches = (wanted: number) =>
  holds(`a repository was fetched ${wanted} times`, ({ last }) => {
    const found = [...`${last?.stdout}${last?.stderr}`.matchAll(/fetching (?:file|https?):\/\//g)].length
    if (found !== wanted) throw new Error(`it was fetched ${found} times`)
  })

scenario(
  'a build context is a folder of a branch of a git repository, fetched anew by each build',
  { differs: onlyOurs, files: {} },
  async (s) => {
    const repository = await makeRepository(join(s.folder, 'far'))
    await repository.commit({ 'web/Dockerfile': dockerfile, 'web/page.txt': 'one\n', 'other.txt': 'no part of it\n' })
    await s.write('compose.yaml', `services: { web: ${service(`${repository.url}#main:web`)} }`)
    await s.step(
      'config fetches nothing',
      apart(s, 'config --format json'),
      silentAbout(/fetching/),
      prints(`${repository.url}#main:web`),
    )
    await s.step(
      'up',
      apart(s, 'up -d'),
      running('web'),
      prints(`fetching ${repository.url} main`),
      inside('web', 'cd /app; echo $(ls -A); cat page.txt', /^Dockerfile page\.txt\s+one/),
    )
    await s.step('up again has no need to', apart(s, 'up -d'), untouched('web'), fetches(0))
    await s.step('build without a change', apart(s, 'up -d --build'), untouched('web'), fetches(1))
    await repository.commit({ 'web/page.txt': 'two\n' })
    await s.step(
      'build after a commit',
      apart(s, 'up -d --build'),
      recreated('web'),
      inside('web', 'cat /app/page.txt', /two/),
    )
  },
)

scenario(
  'two services of one repository fetch it once, other contexts and submodules come along',
  { differs: onlyOurs, files: {} },
  async (s) => {
    const library = await makeRepository(join(s.folder, 'library'))
    await library.commit({ 'lib.txt': 'of the library\n' })
    const repository = await makeRepository(join(s.folder, 'far'))
    repository.git('submodule', '--quiet', 'add', '../library', 'web/lib')
    await repository.commit({
      'web/Dockerfile': dockerfile,
      'api/Docker/File': 'FROM stack-base/busybox\nCOPY file /app/\nCMD ["sleep", "600"]\n',
      'api/file': 'a\n',
    })
    await s.write(
      'compose.yaml',
      `services:
  web: ${service(`${repository.url}#:web`)}
  api: ${service(`${repository.url}#:api`, ', dockerfile: Docker/File')}
`,
    )
    await s.step(
      'up',
      apart(s, 'up -d'),
      running('web'),
      running('api'),
      fetches(1),
      inside('web', 'cat /app/lib/lib.txt; find /app -name .git', /^of the library\s*$/),
      inside('api', 'ls /app', /^file\s*$/),
    )
  },
)

scenario('a repository over plain HTTP', { differs: onlyOurs, files: {} }, async (s) => {
  const repository = await makeRepository(join(s.folder, 'far'))
  await repository.commit({ 'web/Dockerfile': dockerfile, 'web/page.txt': 'served\n' })
  repository.git('tag', '-a', 'v1', '-m', 'one')
  await repository.commit({ 'web/page.txt': 'later\n' })
  repository.git('clone', '-q', '--bare', '.', join(s.folder, 'www/app.git'))
  repository.git('--git-dir', join(s.folder, 'www/app.git'), 'update-server-info')
  const server = await serveFolder(join(s.folder, 'www'))
  try {
    await s.write('compose.yaml', `services: { web: ${service(`${server.url}/app.git#v1:web`)} }`)
    await s.step('build', apart(s, 'build'), prints(`fetching ${server.url}/app.git v1`), absent('web'))
    await s.step('up uses it', apart(s, 'up -d'), fetches(0), inside('web', 'cat /app/page.txt', /served/))
  } finally {
    server.close()
  }
})

scenario(
  'a repository, a ref or a folder that is not there is said in words',
  { differs: onlyOurs, files: {} },
  async (s) => {
    const repository = await makeRepository(join(s.folder, 'far'))
    await repository.commit({ 'web/Dockerfile': dockerfile })
    const from = (context: string) => s.write('compose.yaml', `services: { web: ${service(context)} }`)
    await from(`${repository.url}#mian:web`)
    await s.step(
      'a branch',
      apart(s, 'up -d'),
      failsWith(1),
      stderr(`The repository ${repository.url} has no branch, tag or commit "mian".`),
      stderr('Did you mean "main"?'),
      absent('web'),
    )
    await from(`${repository.url}#main:nowhere`)
    await s.step(
      'a folder',
      apart(s, 'build'),
      failsWith(1),
      stderr(`The repository ${repository.url} has no folder "nowhere".`),
    )
    await from(`${repository.url}#main:../..`)
    await s.step(
      'a folder outside',
      apart(s, 'build'),
      failsWith(1),
      stderr(`"../.." leads out of the repository ${repository.url}.`),
    )
    await from(`${repository.url}-not`)
    await s.step(
      'the whole repository',
      apart(s, 'up -d'),
      failsWith(1),
      stderr(`The repository ${repository.url}-not could not be fetched`),
      absent('web'),
    )
    if (s.tool === 'stack') await s.step('and nothing of it hinders to look', apart(s, 'config -q'), exits(0))
  },
)

scenario(
  'a further context is a repository, where the engine has further contexts',
  { differs: onlyOurs, files: {} },
  async (s) => {
    const repository = await makeRepository(join(s.folder, 'far'))
    await repository.commit({ 'data/file.txt': 'from far\n' })
    await s.write('Dockerfile', 'FROM stack-base/busybox\nCOPY --from=far file.txt /file.txt\nCMD ["sleep", "600"]\n')
    await s.write(
      'compose.yaml',
      `services: { web: ${service('.', `, additional_contexts: { far: "${repository.url}#main:data" }`)} }`,
    )
    const { ApiVersion } = await s.engine.call<{ readonly ApiVersion: string }>('GET', '/version')
    if (Number(ApiVersion.split('.')[1]) < 42)
      await s.step('an old engine', apart(s, 'up -d'), failsWith(1), stderr('needs Docker Engine 23'))
    else await s.step('up', apart(s, 'up -d'), inside('web', 'cat /file.txt', /from far/))
  },
)

scenario(
  'the stack file of a repository is used once a person has seen which variables it takes',
  { differs: onlyOurs, files: { 'here.yaml': 'include: ["${URL}"]\n' } },
  async (s) => {
    const repository = await makeRepository(join(s.folder, 'far'))
    const own = `image: stack-base/busybox, init: true, command: sleep 600`
    await repository.commit({
      'compose.yaml': `services: { web: { ${own}, environment: { WHO: "\${WHO:-nobody}", TAKEN: "\${API_TOKEN}", LOST: "\${LOST-}", BARE: } } }\n`,
      'plain/compose.yaml': `services: { web: { ${own} } }\n`,
    })
    const env = {
      XDG_CACHE_HOME: join(s.folder, 'cache'),
      WHO: 'me',
      API_TOKEN: 'hidden-word',
      BARE: 'bare',
      URL: repository.url,
    }
    const at = (run: string): CommandInPlace => ({ run: `-p ${s.project} ${run}`, env })
    const far = `-f ${repository.url}`
    await s.step(
      'it is named after the repository, or the folder in it',
      { run: `${far} config --format json`, env },
      json('its name is right', ({ name }) => name === 'far'),
    )
    await s.step(
      'a folder',
      { run: `${far}#main:plain config --format json`, env },
      json('its name is right', ({ name }) => name === 'plain'),
    )
    for (const command of ['up -d', 'create', 'run --rm web true'])
      await s.step(
        `${command} with nobody to ask`,
        at(`${far} ${command}`),
        exits(1),
        stderr(/WHO +me +environment\n/),
        stderr(/API_TOKEN +\*\*\* +environment\n/),
        stderr(/LOST +unset\n/),
        stderr(/BARE +bare +environment\n/),
        stderr('--yes'),
        silentAbout(/hidden-word/),
        absent('web'),
      )
    await s.step('a dry run asks nothing', at(`${far} --dry-run up -d`), absent('web'))
    await s.step(
      'agreed to beforehand',
      at(`${far} up -d --yes`),
      running('web'),
      inside('web', 'echo $WHO $TAKEN', /^me hidden-word$/m),
    )
    await s.step('down', at(`${far} down`), absent('web'))
    await s.step('without variables', at(`${far}#main:plain up -d`), running('web'))
    await s.step('down', at(`${far}#main:plain down`), absent('web'))
    await s.step('one of this machine that includes it', at('-f here.yaml up -d'), running('web'))
  },
)

scenario(
  'the stack file of a repository is asked about in a terminal',
  { only: 'the reference asks another question', files: {} },
  async (s) => {
    const repository = await makeRepository(join(s.folder, 'far'))
    await repository.commit({ 'compose.yaml': 'services: { web: { image: "stack-base/busybox:${TAG:-latest}" } }\n' })
    const line = `XDG_CACHE_HOME=${join(s.folder, 'cache')} ${toolCommand('stack').join(' ')} -p ${s.project} -f ${repository.url} create; echo code $?`
    const terminal = startInTerminal(['sh', '-c', line], s.folder)
    try {
      await terminal.shows('Go on? [y/N]')
      await terminal.shows('TAG')
      terminal.type('n\r')
      await terminal.shows('cli/declined')
      await terminal.shows('code 1')
    } finally {
      terminal.kill()
    }
    await s.check('nothing was made', absent('web'))
  },
)

scenario(
  'an artifact of a registry is refused as a stack file, with what is read instead',
  { only: 'the reference reads those', files: { 'note.txt': '' } },
  async (s) => {
    await s.step('config', '-f oci://registry.example/app:1 config', failsWith(3), stderr('OCI artifact'))
  },
)
