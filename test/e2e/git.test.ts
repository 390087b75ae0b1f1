import { join } from 'node:path'
import { absent, holds, inside, recreated, running, untouched } from '../support/checks.ts'
import { makeRepository, serveFolder } from '../support/git-repository.ts'
import { exits, failsWith, prints, silentAbout, stderr } from '../support/output-checks.ts'
import { scenario, type CommandInPlace, type Scenario } from '../support/scenario.ts'

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
