import { eventually, holds, inside, running } from '../support/checks.ts'
import { scenario, type Scenario } from '../support/scenario.ts'
import { sleeper } from '../support/snippets.ts'

/** Images that a watch builds anew: what overtakes a build, and what one that fails leaves. */

const soon = 15_000
const building = 40_000

const files = (run: string) => ({
  'compose.yaml': `services: { web: { build: ., init: true, develop: { watch: [{ path: ./src, action: rebuild }] } } }`,
  Dockerfile: `FROM stack-base/busybox\nCOPY src /src\nRUN ${run}\nCMD ["sleep", "600"]\n`,
  'src/page.txt': 'first\n',
})

const buildWith = (word: string) =>
  `services: { web: { build: { context: ., args: { WORD: "${word}" } }, init: true, develop: { watch: [{ path: ./src, action: rebuild }] } }, other: { ${sleeper} } }`

const watching = async (s: Scenario) => {
  const up = s.start('up', 'up --watch')
  await up.prints(/watch(ing)?\b/i, building)
  await s.check('it runs', eventually(running('web'), soon))
  const [container] = await s.engine.containers(s.project)
  return { up, first: container?.Id ?? '' }
}

scenario(
  'a save while an image is built leaves that build off, and the newer one is what counts',
  {
    differs: 'the reference at hand lets the older build go on, and the newer save waits for its end',
    files: files('! grep slow /src/page.txt || { echo waits $((40 + 2)); sleep 3000; }'),
  },
  async (s) => {
    const { up, first } = await watching(s)
    await s.write('src/page.txt', 'slow\n')
    await up.prints(/waits 42/, building)
    await s.write('src/page.txt', 'quick\n')
    await s.check('the newer page', eventually(inside('web', 'cat /src/page.txt', /quick/), building))
    const all = await s.engine.containers(s.project)
    if (all.length !== 1 || all[0]?.Id === first) throw new Error(`there are ${all.map(({ Name }) => Name).join(', ')}`)
    if (s.tool === 'stack') await up.prints(/rebuild done/, soon)
    up.signal('SIGINT')
    const { stdout, stderr } = await up.ends(20_000)
    if (s.tool !== 'stack') return
    if (!/Left off/.test(stderr)) throw new Error(`it does not say what it left off:\n${stderr}`)
    if (/error|failed/i.test(stdout + stderr)) throw new Error(`it tells of a failure:\n${stderr}`)
  },
)

scenario(
  'an edit of how an image is built is told, builds it and replaces its container, and no other',
  {
    only: 'a running watch of the reference does not read its file again (its issue 11003)',
    files: {
      ...files('true'),
      'compose.yaml': buildWith('1'),
      Dockerfile: 'FROM stack-base/busybox\nARG WORD\nRUN echo $WORD > /word\nCMD ["sleep", "600"]\n',
    },
  },
  async (s) => {
    const up = s.start('up', 'up --build --force-recreate --watch')
    await up.prints(/watching/i, building)
    await s.check('the first word', eventually(inside('web', 'cat /word', /^1$/m), soon), running('other'))
    const [other] = (await s.engine.containers(s.project)).filter(({ Name }) => Name.includes('other'))
    await s.write('compose.yaml', buildWith('2'))
    await up.prints(/The edited files ask to build web \(how it is built was edited\)\n/, soon)
    await s.check('the second word', eventually(inside('web', 'cat /word', /^2$/m), building))
    await s.check(
      'the other is as it was',
      holds('it is the same', async (world) => (await world.containers('other'))[0]?.Id === other?.Id),
    )
  },
)

scenario(
  'a rebuild that fails leaves the old container, says why, and the next good save mends it',
  { files: files('! grep bad /src/page.txt') },
  async (s) => {
    const { up, first } = await watching(s)
    await s.write('src/page.txt', 'bad\n')
    await up.prints(/exit code: 1|returned a non-zero code: 1/, building)
    if (s.tool === 'stack') await up.prints(/rebuild failed/, soon)
    await s.check(
      'the old one goes on',
      running('web'),
      inside('web', 'cat /src/page.txt', /first/),
      holds('it is the same', async (world) => (await world.containers('web'))[0]?.Id === first),
    )
    await s.write('src/page.txt', 'good\n')
    await s.check('the good page', eventually(inside('web', 'cat /src/page.txt', /good/), building))
    if (s.tool === 'stack') await up.prints(/web is in step again/, soon)
  },
)
