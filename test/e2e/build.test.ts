import {
  absent,
  eventually,
  exited,
  holds,
  inside,
  nothingLeft,
  recreated,
  running,
  says,
  untouched,
} from '../support/checks.ts'
import { failsWith, prints } from '../support/output-checks.ts'
import { scenario } from '../support/scenario.ts'

/** Services that are built: when, from what, and what a change of the sources does. */

const dockerfile =
  'FROM stack-base/busybox\nARG WHO=nobody\nENV WHO=$WHO\nCOPY page.txt /page.txt\nCMD ["sleep", "600"]\n'
const compose = 'services: { web: { build: { context: ., args: { WHO: "${WHO:-someone}" } }, init: true } }'
const files = { 'compose.yaml': compose, Dockerfile: dockerfile, 'page.txt': 'one\n' }

const hasImage = (name: string, wanted = true) =>
  holds(`image ${name} is ${wanted ? 'there' : 'gone'}`, async ({ engine, project }) => {
    const { status } = await engine.raw('GET', `/images/${name.replace('%p', project)}/json`)
    return (status === 200) === wanted
  })

scenario(
  'up builds what is not there, names it after project and service, and does not build again',
  { files },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      running('web'),
      inside('web', 'cat /page.txt; echo $WHO', /one\nsomeone/),
      hasImage('%p-web'),
    )
    await s.write('page.txt', 'two\n')
    await s.step('up again does not look at the sources', 'up -d', untouched('web'))
  },
)

scenario(
  'up --build sees changed sources, and leaves the container alone when nothing changed',
  { files },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.step('build without a change', 'up -d --build', untouched('web'))
    await s.write('page.txt', 'two\n')
    await s.step('build with one', 'up -d --build', recreated('web'), inside('web', 'cat /page.txt', /two/))
  },
)

scenario('up --no-build fails when the image is not there', { files }, async (s) => {
  await s.step('up', 'up -d --no-build', failsWith(1), prints('web'), absent('web'))
})

scenario(
  'a build that fails shows its last words, and nothing starts',
  {
    files: { ...files, Dockerfile: 'FROM stack-base/busybox\nRUN echo the compiler is unhappy && exit 3\n' },
  },
  async (s) => {
    await s.step('up', 'up -d', failsWith(1), prints('the compiler is unhappy'), absent('web'))
  },
)

scenario(
  'a Dockerfile inside the stack file, with a target',
  {
    files: {
      'compose.yaml': `services:
  web:
    init: true
    build:
      target: small
      dockerfile_inline: |
        FROM stack-base/busybox AS small
        RUN echo inline > /made
        CMD ["sleep", "600"]
        FROM small AS large
        RUN echo large > /made
`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', inside('web', 'cat /made', /inline/))
  },
)

scenario(
  'files that .dockerignore names stay out of the image',
  {
    files: {
      'compose.yaml': 'services: { web: { build: ., init: true } }',
      Dockerfile: 'FROM stack-base/busybox\nCOPY . /app\nCMD ["sleep", "600"]\n',
      '.dockerignore': '*.log\nsecret\n!keep.log\n',
      'a.log': '1',
      'keep.log': '2',
      'secret/x': '3',
      'main.txt': '4',
    },
  },
  async (s) => {
    await s.step('up', 'up -d', inside('web', 'cd /app; echo *', /^(?!.*(a\.log|secret)).*keep\.log.*main\.txt/))
  },
)

scenario(
  'an image name beside build names what is built',
  {
    files: {
      ...files,
      'compose.yaml': 'services: { web: { build: ., init: true, image: "${COMPOSE_PROJECT_NAME}:mine" } }',
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), hasImage('%p:mine'))
  },
)

scenario('down --rmi local removes what was built', { files }, async (s) => {
  await s.step('up', 'up -d', hasImage('%p-web'))
  await s.step('down', 'down --rmi local', nothingLeft(), hasImage('%p-web', false), hasImage('stack-base/busybox'))
})

scenario('build alone makes the image and starts nothing', { files }, async (s) => {
  await s.step('build', 'build', hasImage('%p-web'), absent('web'))
  await s.step('with another argument', { run: 'build --build-arg WHO=flag', env: {} }, hasImage('%p-web'))
  await s.step('up uses it', 'up -d', inside('web', 'echo $WHO', /flag/))
})

scenario(
  'a one-shot that is built runs like any other',
  {
    files: {
      'compose.yaml': 'services: { web: { build: . } }',
      Dockerfile: 'FROM stack-base/busybox\nCMD ["echo", "built and run"]\n',
    },
  },
  async (s) => {
    await s.step('up', 'up -d', eventually(exited('web', 0)), says('web', /built and run/))
  },
)

const forSeveral =
  'services: { web: { build: { context: ., platforms: [linux/amd64, linux/arm64, linux/s390x] }, init: true } }'

scenario(
  'of several platforms up builds for the one that it runs',
  { files: { ...files, 'compose.yaml': forSeveral } },
  async (s) => {
    await s.step('up', 'up -d', running('web'), inside('web', 'cat /page.txt', /one/))
    await s.step('run', 'run --rm -T web true')
    const { DriverStatus } = await s.engine.call<{ readonly DriverStatus: unknown }>('GET', '/info')
    const wholeStore = JSON.stringify(DriverStatus).includes('io.containerd.snapshotter')
    await s.write('Dockerfile', 'FROM scratch\nCOPY page.txt /\n')
    if (wholeStore)
      await s.step(
        'build makes all of them',
        'build',
        holds('three platforms', async ({ engine, project }) => {
          const { Manifests } = await engine.call<{ readonly Manifests: readonly { readonly Kind: string }[] }>(
            'GET',
            `/images/${project}-web/json?manifests=true`,
          )
          return Manifests.filter(({ Kind }) => Kind === 'image').length === 3
        }),
      )
    else await s.step('build needs another image store', 'build', failsWith(1), prints('containerd image store'))
  },
)

scenario(
  'a platform that the service names is the one that is built',
  {
    files: {
      'compose.yaml':
        'services: { web: { build: { context: ., platforms: [linux/amd64, linux/arm64] }, platform: linux/arm64 } }',
      Dockerfile: 'FROM scratch\nCOPY page.txt /\nCMD ["/none"]\n',
      'page.txt': '',
    },
  },
  async (s) => {
    await s.step(
      'create',
      'create',
      holds(
        'the image is for arm64',
        async ({ engine, project }) =>
          (await engine.call<{ readonly Architecture: string }>('GET', `/images/${project}-web/json`)).Architecture ===
          'arm64',
      ),
    )
  },
)

scenario(
  'an image that is built from that of another service is built after it, and again when that one is',
  {
    files: {
      'more.yaml': `services:
  more: { build: { context: ./more, additional_contexts: { other: "service:base" } }, init: true }
`,
      'compose.yaml': `services:
  app: { build: ./app, init: true }
  base: { build: ./base, init: true, develop: { watch: [{ path: ./base, action: rebuild }] } }
  calm: { build: ./calm, init: true }
`,
      'base/Dockerfile': 'FROM stack-base/busybox\nCOPY page.txt /page.txt\nCMD ["sleep", "600"]\n',
      'base/page.txt': 'first\n',
      'app/Dockerfile': 'ARG FROM=e2e-none\nFROM ${FROM}\nCMD ["sleep", "600"]\n',
      'more/Dockerfile': 'FROM stack-base/busybox\nCOPY --from=other /page.txt /page.txt\nCMD ["sleep", "600"]\n',
      'calm/Dockerfile': 'FROM stack-base/busybox\nCMD ["sleep", "600"]\n',
    },
    differs: 'the reference builds side by side what it does not see, and the one image alone',
  },
  async (s) => {
    await s.write('app/Dockerfile', `FROM ${s.project}-base\nCMD ["sleep", "600"]\n`)
    // Contexts of a name need a builder that engines before 23 do not have.
    const { ApiVersion } = await s.engine.call<{ readonly ApiVersion: string }>('GET', '/version')
    const hasContexts = Number(ApiVersion.split('.')[1]) >= 42
    const files = hasContexts ? '-f compose.yaml -f more.yaml ' : ''
    const up = s.start('up', `${files}up --watch`)
    await up.prints(/watching\b/i)
    const page = (text: RegExp, timeout: number) =>
      ['base', 'app', ...(hasContexts ? ['more'] : [])].map((service) =>
        eventually(inside(service, 'cat /page.txt', text), timeout),
      )
    await s.check('the first page', ...page(/first/, 10_000))
    const [calm] = (await s.engine.containers(s.project)).filter(({ Name }) => Name.endsWith('calm-1'))
    await s.write('base/page.txt', 'second\n')
    await s.check('the second page', ...page(/second/, 40_000))
    await s.check(
      'what is built from another image is left alone',
      holds('calm is the same container', async (world) => (await world.containers('calm'))[0]?.Id === calm?.Id),
    )
    up.signal('SIGINT')
    await up.ends()
    await s.write('base/page.txt', 'third\n')
    await s.step('build all', `${files}up -d --build`, ...page(/third/, 10_000))
  },
)
