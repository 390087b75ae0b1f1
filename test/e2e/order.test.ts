import {
  absent,
  eventually,
  exited,
  health,
  holds,
  nothingLeft,
  running,
  says,
  startedAfter,
  startedAfterEnd,
  state,
  untouched,
} from '../support/checks.ts'
import { exits, failsWith, prints, quickerThan, stderr } from '../support/output-checks.ts'
import { scenario } from '../support/scenario.ts'
import { daemon, healthyAtOnce, healthyWhen, job, sleeper } from '../support/snippets.ts'

/** Who starts when, who waits for whom, and what a failed start leaves behind. */

scenario(
  'up creates what is in the file, and down leaves nothing of it',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} }, api: { ${sleeper} } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), running('api'))
    await s.step('down', 'down', nothingLeft())
    await s.step('down again has nothing to do', 'down', nothingLeft())
  },
)

scenario(
  'up on a running project changes nothing',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, depends_on: [db] }, db: { ${sleeper}, volumes: ["data:/d"] } }\nvolumes: { data: {} }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), running('db'))
    await s.step('up again', 'up -d', untouched('web'), untouched('db'))
  },
)

scenario(
  'a dependency starts before who needs it, and everything stops the other way round',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, depends_on: [api] }, api: { ${sleeper}, depends_on: [db] }, db: { ${sleeper} } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', startedAfter('web', 'api'), startedAfter('api', 'db'))
    await s.step(
      'stop',
      'stop',
      state('db', 'exited'),
      holds('web ended first, db last', async (world) => {
        const ends = await Promise.all(
          ['web', 'api', 'db'].map(async (name) => (await world.containers(name))[0]?.State.FinishedAt ?? ''),
        )
        return ends[0]! < ends[1]! && ends[1]! < ends[2]!
      }),
    )
  },
)

scenario(
  'who needs a healthy database starts only when it is healthy',
  {
    files: {
      'compose.yaml': `services:
  web: { ${sleeper}, depends_on: { db: { condition: service_healthy } } }
  db: { ${daemon('sleep 1; touch /ready')}, ${healthyWhen('/ready')} }
`,
    },
  },
  async (s) => {
    // Our own probe lets web start; the engine's next one comes a moment later.
    await s.step(
      'up',
      'up -d',
      running('web'),
      eventually(health('db', 'healthy')),
      holds('web waited for the second that db needed', async (world) => {
        const [web, db] = await Promise.all(
          ['web', 'db'].map(async (name) => (await world.containers(name))[0]?.State.StartedAt ?? ''),
        )
        return Date.parse(web!) - Date.parse(db!) > 900
      }),
    )
  },
)

scenario(
  'who needs a job that ends well starts only after its end',
  {
    files: {
      'compose.yaml': `services:
  web: { ${sleeper}, depends_on: { migrate: { condition: service_completed_successfully } } }
  migrate: { ${job('sleep 0.5; echo migrated')} }
`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      exited('migrate', 0),
      says('migrate', /migrated/),
      running('web'),
      startedAfterEnd('web', 'migrate'),
    )
  },
)

scenario(
  'three conditions in one chain hold all at once',
  {
    files: {
      'compose.yaml': `services:
  web: { ${sleeper}, depends_on: { cache: { condition: service_started }, migrate: { condition: service_completed_successfully }, db: { condition: service_healthy } } }
  migrate: { ${job('true')}, depends_on: { db: { condition: service_healthy } } }
  db: { ${sleeper}, ${healthyAtOnce} }
  cache: { ${sleeper} }
`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      running('web'),
      startedAfterEnd('web', 'migrate'),
      startedAfter('migrate', 'db'),
      startedAfter('web', 'cache'),
    )
  },
)

scenario(
  'a dependency that never becomes healthy fails the start and is named; who needs it stays unstarted',
  {
    files: {
      'compose.yaml': `services:
  web: { ${sleeper}, depends_on: { db: { condition: service_healthy } } }
  db: { ${sleeper}, healthcheck: { test: ["CMD", "false"], interval: 200ms, retries: 2 } }
`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', failsWith(1), state('web', 'created'), running('db'), stderr('db'))
    await s.step('down cleans up after it', 'down', nothingLeft())
  },
)

scenario(
  'the words of the failing probe are in the error',
  {
    differs: 'the reference says only that the container is unhealthy',
    files: {
      'compose.yaml': `services:
  web: { ${sleeper}, depends_on: { db: { condition: service_healthy } } }
  db: { ${sleeper}, healthcheck: { test: "echo the disk is full; exit 1", interval: 200ms, retries: 2 } }
`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', failsWith(1), prints('the disk is full'))
  },
)

scenario(
  'a job that fails stops who needs it, and its exit code is told',
  {
    files: {
      'compose.yaml': `services:
  web: { ${sleeper}, depends_on: { migrate: { condition: service_completed_successfully } } }
  migrate: { ${job('echo no such table; exit 3')} }
`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      failsWith(1),
      exited('migrate', 3),
      state('web', 'created'),
      stderr('migrate'),
      stderr('3'),
    )
  },
)

scenario(
  'the last lines of a job that failed are in the error',
  {
    differs: 'the reference prints the exit code alone',
    files: {
      'compose.yaml': `services:
  web: { ${sleeper}, depends_on: { migrate: { condition: service_completed_successfully } } }
  migrate: { ${job('echo no such table; exit 3')} }
`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', failsWith(1), prints('no such table'))
  },
)

scenario(
  'a dependency that dies while someone waits for its health ends the wait at once',
  {
    files: {
      'compose.yaml': `services:
  web: { ${sleeper}, depends_on: { db: { condition: service_healthy } } }
  db: { ${job('sleep 0.3; exit 7')}, healthcheck: { test: ["CMD", "false"], interval: 60s } }
`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', failsWith(1), exited('db', 7), state('web', 'created'), quickerThan(30_000))
  },
)

scenario(
  'waiting for the health of a service without a healthcheck is an error, not an endless wait',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, depends_on: { db: { condition: service_healthy } } }, db: { ${sleeper} } }`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      {
        says: 'fails',
        aboutExit: true,
        test: ({ last }) => {
          if (last?.code === 0) throw new Error('it did not')
        },
      },
      prints('healthcheck'),
    )
  },
)

scenario(
  'an optional dependency that its profile leaves out is left out',
  {
    files: {
      'compose.yaml': `services:
  web: { ${sleeper}, depends_on: { debug: { condition: service_started, required: false } } }
  debug: { ${sleeper}, profiles: [debug] }
`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), absent('debug'))
  },
)

scenario(
  'an optional dependency that fails is a warning, and who wants it starts all the same',
  {
    files: {
      'compose.yaml': `services:
  web: { ${sleeper}, depends_on: { warmup: { condition: service_completed_successfully, required: false } } }
  warmup: { ${job('exit 4')} }
`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), exited('warmup', 4), prints('warmup'))
  },
)

scenario(
  'up of one service brings what it needs and nothing else',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, depends_on: [db] }, db: { ${sleeper} }, other: { ${sleeper} } }`,
    },
  },
  async (s) => {
    await s.step('up web', 'up -d web', running('web'), running('db'), absent('other'))
  },
)

scenario(
  '--no-deps brings the named service alone',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, depends_on: [db] }, db: { ${sleeper} } }` },
  },
  async (s) => {
    await s.step('up web', 'up -d --no-deps web', running('web'), absent('db'))
  },
)

scenario(
  'naming a service with a profile brings it and what it needs, not the others of the profile',
  {
    files: {
      'compose.yaml': `services:
  web: { ${sleeper} }
  test: { ${sleeper}, profiles: [ci], depends_on: [db] }
  db: { ${sleeper}, profiles: [ci] }
  lint: { ${sleeper}, profiles: [ci] }
`,
    },
  },
  async (s) => {
    await s.step('up test', 'up -d test', running('test'), running('db'), absent('lint'), absent('web'))
    await s.step('down with the profile', '--profile ci down', nothingLeft())
  },
)

scenario(
  '--wait returns when everything is running or healthy',
  {
    files: {
      'compose.yaml': `services: { db: { ${daemon('sleep 0.7; touch /ready')}, ${healthyWhen('/ready')} }, web: { ${sleeper} } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up --wait', running('web'), health('db', 'healthy'))
    await s.step('again it is quick and changes nothing', 'up --wait', untouched('db'), untouched('web'))
  },
)

scenario(
  '--wait fails when a service becomes unhealthy',
  {
    files: {
      'compose.yaml': `services: { db: { ${sleeper}, healthcheck: { test: ["CMD", "false"], interval: 200ms, retries: 2 } } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up --wait', exits(1), running('db'), health('db', 'unhealthy'), prints('db'))
  },
)

scenario(
  '--wait-timeout ends the wait with a failure and leaves what runs',
  {
    files: {
      'compose.yaml': `services: { db: { ${sleeper}, healthcheck: { test: ["CMD", "false"], interval: 5s, retries: 50 } } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up --wait --wait-timeout 1', exits(1), running('db'), quickerThan(30_000))
  },
)

scenario(
  '--wait is content with a job that ended well and that someone waits for',
  {
    files: {
      'compose.yaml': `services:
  web: { ${sleeper}, depends_on: { migrate: { condition: service_completed_successfully } } }
  migrate: { ${job('true')} }
`,
    },
  },
  async (s) => {
    await s.step('up', 'up --wait', running('web'), exited('migrate', 0))
  },
)

scenario(
  '--wait is content with a job that ended well and that nobody waits for',
  {
    differs: 'the reference fails when a container is not running (its issue 10596)',
    files: { 'compose.yaml': `services: { web: { ${sleeper} }, seed: { ${job('sleep 0.3')} } }` },
  },
  async (s) => {
    await s.step('up', 'up --wait', running('web'), eventually(exited('seed', 0)))
  },
)

scenario(
  '--wait fails when a job fails a moment after its start',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} }, seed: { ${job('sleep 0.1; exit 2')} } }` },
  },
  async (s) => {
    await s.step('up', 'up --wait', failsWith(1), exited('seed', 2), running('web'), stderr('seed'))
  },
)

scenario(
  'a job that ended well is not run again by the next up',
  {
    differs: 'the reference runs it on every up (its issues 11808, 11590)',
    files: {
      'compose.yaml': `services:
  web: { ${sleeper}, depends_on: { migrate: { condition: service_completed_successfully } } }
  migrate: { ${job('echo ran')} }
`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', exited('migrate', 0))
    await s.step('up again', 'up -d', untouched('migrate'), untouched('web'))
  },
)

scenario(
  'a job whose environment changed is run again',
  {
    files: {
      'compose.yaml': `services: { migrate: { ${job('echo "to $$VERSION"')}, environment: { VERSION: "\${V:-1}" } } }`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      { run: 'up --wait', env: { V: '1' } },
      {
        says: 'ends',
        aboutExit: true,
        test: () => undefined,
      },
    )
    await s.step('up with another version', { run: 'up -d', env: { V: '2' } })
    await s.check('it ran', eventually(says('migrate', /to 2/)))
  },
)

scenario(
  'a database that is ready soon lets others start at once, however long its interval is',
  {
    differs: 'the reference hears of health only when the engine probes, here after a minute',
    files: {
      'compose.yaml': `services:
  web: { ${sleeper}, depends_on: { db: { condition: service_healthy } } }
  db: { ${daemon('sleep 0.8; touch /ready')}, healthcheck: { test: ["CMD", "test", "-e", "/ready"], interval: 60s } }
`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), quickerThan(30_000))
  },
)

scenario(
  'a start interval makes a slow healthcheck quick during the start',
  {
    files: {
      'compose.yaml': `services:
  web: { ${sleeper}, depends_on: { db: { condition: service_healthy } } }
  db: { ${sleeper}, healthcheck: { test: ["CMD", "true"], interval: 60s, start_period: 50s, start_interval: 300ms } }
`,
    },
  },
  async (s) => {
    const { ApiVersion } = await s.engine.call<{ ApiVersion: string }>('GET', '/version')
    if (Number(ApiVersion.split('.')[1]) < 44) {
      await s.step(
        'this engine cannot do it, and that is said',
        'up -d',
        { says: 'ends', aboutExit: true, test: () => undefined },
        prints('start_interval'),
      )
    } else await s.step('up', 'up -d', running('web'), quickerThan(30_000))
  },
)

scenario(
  'a service scaled to nothing is not waited for',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, depends_on: { db: { condition: service_healthy } } }, db: { ${sleeper}, ${healthyAtOnce}, scale: 0 } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), absent('db'))
  },
)

scenario(
  'create makes containers and starts none; start then starts them',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, depends_on: [db] }, db: { ${sleeper} } }` },
  },
  async (s) => {
    await s.step('create', 'create', state('web', 'created', 1), state('db', 'created', 1))
    await s.step('start', 'start', running('web'), running('db'), startedAfter('web', 'db'))
  },
)

scenario(
  'up --no-start does what create does',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} } }` },
  },
  async (s) => {
    await s.step('up', 'up --no-start', state('web', 'created', 1))
    await s.step('up', 'up -d', running('web'))
  },
)
