import { absent, exited, named, recreated, replicas, running, shows, state, untouched } from '../support/checks.ts'
import { prints, stdout } from '../support/output-checks.ts'
import { freePorts } from '../support/objects.ts'
import { scenario } from '../support/scenario.ts'
import { sleeper } from '../support/snippets.ts'

/** Replicas: how many, which numbers, which ports. */

const any = { says: 'ends', aboutExit: true, test: () => undefined }
const files = { 'compose.yaml': `services: { web: { ${sleeper} }, db: { ${sleeper} } }` }

scenario('up --scale adds replicas and leaves the first one alone', { files }, async (s) => {
  await s.step('one', 'up -d', replicas('web', 1))
  await s.step('three', 'up -d --scale web=3', replicas('web', 1, 2, 3), running('web', 3), untouched('db'))
})

scenario('scaling down removes the highest numbers, and scaling up gives them again', { files }, async (s) => {
  await s.step('three', 'up -d --scale web=3', replicas('web', 1, 2, 3))
  await s.step('one', 'up -d --scale web=1', replicas('web', 1))
  await s.step('two', 'up -d --scale web=2', replicas('web', 1, 2), running('web', 2))
})

scenario('scaling does not recreate', { files }, async (s) => {
  await s.step('two', 'up -d --scale web=2', replicas('web', 1, 2))
  await s.step('three', 'scale web=3', untouched('web'), replicas('web', 1, 2, 3))
})

scenario('the scale command sets several services at once and can bring one to nothing', { files }, async (s) => {
  await s.step('up', 'up -d', replicas('web', 1))
  await s.step('scale', 'scale web=2 db=0', replicas('web', 1, 2), absent('db'))
})

scenario(
  'scale in the file and replicas in deploy are the same wish',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, scale: 2 }, api: { ${sleeper}, deploy: { replicas: 3 } } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web', 2), running('api', 3))
    await s.step('a flag wins over the file', 'up -d --scale web=1', replicas('web', 1), untouched('api'))
  },
)

scenario('replicas are named project, service, number', { files }, async (s) => {
  await s.step('two', 'up -d --scale web=2', named('web', '%p-web-1', '%p-web-2'), named('db', '%p-db-1'))
})

scenario(
  'a replica that is up to date survives a scale-down, one that is not goes first',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, environment: { A: "\${A:-1}" } } }` },
  },
  async (s) => {
    await s.step('one old', { run: 'up -d', env: { A: '1' } }, replicas('web', 1))
    await s.step(
      'a second, new one beside it',
      { run: 'up -d --no-recreate --scale web=2', env: { A: '2' } },
      replicas('web', 1, 2),
    )
    await s.step(
      'only the new one stays',
      { run: 'up -d --scale web=1', env: { A: '2' } },
      running('web', 1),
      shows('web', 'Config.Env', /"A=2"/),
    )
  },
)

scenario(
  'a changed service is recreated in all its replicas, which keep their numbers',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, scale: 2, environment: { A: "\${A:-1}" } } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', replicas('web', 1, 2))
    await s.step(
      'up with a change',
      { run: 'up -d', env: { A: '2' } },
      recreated('web'),
      replicas('web', 1, 2),
      running('web', 2),
      named('web', '%p-web-1', '%p-web-2'),
    )
  },
)

scenario(
  'replicas share a range of ports, one each',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, scale: 3, ports: ["127.0.0.1:\${RANGE}:80"] } }` },
  },
  async (s) => {
    const first = await freePorts(4)
    await s.step('up', { run: 'up -d', env: { RANGE: `${first}-${first + 3}` } }, running('web', 3))
    const seen = new Set<string>()
    for (const index of [1, 2, 3]) {
      const port = await s.step(
        `the port of replica ${index}`,
        { run: `port --index ${index} web 80`, env: { RANGE: `${first}-${first + 3}` } },
        stdout(/127\.0\.0\.1:\d+/),
      )
      seen.add(port.stdout.trim())
    }
    if (seen.size !== 3) throw new Error(`three replicas have ${seen.size} ports: ${[...seen].join(', ')}`)
  },
)

scenario(
  'replicas without a host port get a free one each',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, scale: 3, ports: ["80"] } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web', 3), shows('web', 'NetworkSettings.Ports', /"HostPort":"[0-9]+"/))
  },
)

scenario(
  'a container with a name of its own cannot be scaled',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, container_name: "\${COMPOSE_PROJECT_NAME}-mine" } }` },
  },
  async (s) => {
    await s.step('one is fine', 'up -d', named('web', '%p-mine'))
    await s.step(
      'two are refused',
      'up -d --scale web=2',
      {
        says: 'is refused',
        aboutExit: true,
        test: ({ last }) => {
          if (last?.code === 0) throw new Error('it was taken')
        },
      },
      prints(/container.name/),
      state('web', 'running', 1),
    )
  },
)

scenario(
  'two services that ask for one container name are refused together',
  {
    files: {
      'compose.yaml': `services: { a: { ${sleeper}, container_name: "\${COMPOSE_PROJECT_NAME}-same" }, b: { ${sleeper}, container_name: "\${COMPOSE_PROJECT_NAME}-same" } }`,
    },
  },
  async (s) => {
    await s.step(
      'both',
      'up -d',
      {
        says: 'is refused',
        aboutExit: true,
        test: ({ last }) => {
          if (last?.code === 0) throw new Error('it was taken')
        },
      },
      prints('same'),
      absent('a'),
      absent('b'),
    )
  },
)

scenario(
  'who depends on a scaled service waits for all its replicas',
  {
    files: {
      'compose.yaml': `services:
  web: { ${sleeper}, depends_on: { job: { condition: service_completed_successfully } } }
  job: { image: stack-base/busybox, command: sleep 0.3, scale: 2 }
`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', any, exited('job', 0), running('web'), state('job', 'exited', 2))
  },
)
