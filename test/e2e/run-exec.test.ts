import { absent, exited, holds, inside, oneOffs, replicas, running, untouched } from '../support/checks.ts'
import { exits, lines, prints, stderr, stdout } from '../support/output-checks.ts'
import { freePorts, image } from '../support/objects.ts'
import { scenario } from '../support/scenario.ts'
import { healthyAtOnce, job, sleeper } from '../support/snippets.ts'

/** One-off containers and commands inside running ones. */

const pair = {
  'compose.yaml': `services: { web: { ${sleeper}, depends_on: [db], environment: { A: file } }, db: { ${sleeper} } }`,
}

scenario('run prints what the command prints and passes its exit code on', { files: pair }, async (s) => {
  await s.step(
    'run',
    ['run', '--rm', '-T', 'web', 'sh', '-c', 'echo out; echo err >&2; exit 23'],
    exits(23),
    stdout('out'),
    stderr('err'),
    oneOffs('web', 0),
  )
})

scenario('run starts what the service needs, --no-deps does not', { files: pair }, async (s) => {
  await s.step('without', 'run --rm --no-deps web true', absent('db'))
  await s.step('with', 'run --rm web true', running('db'), absent('web'))
})

scenario(
  'run waits for the health of what is needed',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, depends_on: { db: { condition: service_healthy } } }, db: { ${sleeper}, ${healthyAtOnce} } }`,
    },
  },
  async (s) => {
    await s.step('run', 'run --rm web echo done', stdout('done'), running('db'))
  },
)

scenario('run without --rm keeps its container, and the next up does not mind', { files: pair }, async (s) => {
  await s.step('run', 'run web true', oneOffs('web', 1, 'exited'))
  await s.step('up', 'up -d', running('web'), oneOffs('web', 1), replicas('web', 1))
})

scenario('run -d leaves a one-off running beside the service', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'))
  await s.step('run', 'run -d web sleep 600', oneOffs('web', 1, 'running'), untouched('web'))
})

scenario('run with variables, user, folder, entrypoint, name and label', { files: pair }, async (s) => {
  await s.step(
    'variables',
    ['run', '--rm', '--no-deps', '-e', 'A=flag', '-e', 'B=more', 'web', 'sh', '-c', 'echo $A-$B'],
    lines('flag-more'),
  )
  await s.step('user', 'run --rm --no-deps -u 1000 web id -u', lines('1000'))
  await s.step('folder', 'run --rm --no-deps -w /tmp web pwd', lines('/tmp'))
  await s.step('entrypoint', 'run --rm --no-deps --entrypoint echo web instead', lines('instead'))
  await s.step(
    'name and label',
    `run -d --no-deps --name ${s.project}-mine -l a=b web sleep 600`,
    holds('both are there', async (world) => {
      const one = (await world.containers('web')).find(({ Name }) => Name === `/${world.project}-mine`)
      return one?.Config.Labels['a'] === 'b'
    }),
  )
})

scenario('run takes its input from a pipe', { files: pair }, async (s) => {
  await s.step('run', { run: 'run --rm --no-deps -T web cat', input: 'through the pipe\n' }, lines('through the pipe'))
})

scenario(
  'run publishes the ports of the service only when it is told to',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, ports: ["127.0.0.1:\${PORT}:80"] } }` },
  },
  async (s) => {
    const env = { PORT: String(await freePorts()) }
    const published = (wanted: boolean) =>
      holds(wanted ? 'the port is published' : 'no port is published', async (world) => {
        const ones = await world.containers('web')
        return (
          ones.some((one) =>
            JSON.stringify((one['HostConfig'] as { PortBindings: unknown }).PortBindings ?? '').includes(env.PORT),
          ) === wanted
        )
      })
    await s.step('without', { run: 'run -d web sleep 600', env }, published(false))
    await s.step('with', { run: 'run -d --service-ports web sleep 600', env }, published(true))
  },
)

scenario(
  'run mounts volumes of its own beside those of the service',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, volumes: ["data:/data"] } }\nvolumes: { data: {} }`,
      'more/file.txt': 'extra\n',
    },
  },
  async (s) => {
    await s.step('write', ['run', '--rm', 'web', 'sh', '-c', 'echo kept > /data/file'])
    await s.step(
      'read both',
      ['run', '--rm', '-v', `${s.folder}/more:/more`, 'web', 'cat', '/data/file', '/more/file.txt'],
      lines('extra', 'kept'),
    )
  },
)

scenario(
  'run of a service with a profile needs no profile',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} }, tool: { ${sleeper}, profiles: [tools] } }` },
  },
  async (s) => {
    await s.step('run', 'run --rm tool echo used', stdout('used'), absent('web'))
  },
)

scenario(
  'run fails when what it needs fails',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, depends_on: { migrate: { condition: service_completed_successfully } } }, migrate: { ${job('exit 3')} } }`,
    },
  },
  async (s) => {
    await s.step(
      'run',
      'run --rm web true',
      {
        says: 'fails',
        aboutExit: true,
        test: ({ last }) => {
          if (last?.code === 0) throw new Error('it did not')
        },
      },
      exited('migrate', 3),
    )
  },
)

scenario('exec runs inside the service and passes the exit code on', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'))
  await s.step(
    'exec',
    ['exec', '-T', 'web', 'sh', '-c', 'echo out; echo err >&2; exit 23'],
    exits(23),
    stdout('out'),
    stderr('err'),
    untouched('web'),
  )
})

scenario('exec with variables, user and folder', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'))
  await s.step('variables', ['exec', '-T', '-e', 'B=flag', 'web', 'sh', '-c', 'echo $A-$B'], lines('file-flag'))
  await s.step('user', 'exec -T -u 1000 web id -u', lines('1000'))
  await s.step('folder', 'exec -T -w /tmp web pwd', lines('/tmp'))
})

scenario(
  'exec chooses a replica by its index',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, scale: 2 } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', replicas('web', 1, 2))
    const [, second] = await s.engine.containers(s.project)
    await s.step('the second', 'exec -T --index 2 web hostname', lines(second!.Id.slice(0, 12)))
    await s.step('a third there is not', 'exec -T --index 3 web hostname', {
      says: 'fails',
      aboutExit: true,
      test: ({ last }) => {
        if (last?.code === 0) throw new Error('it did not')
      },
    })
  },
)

scenario('exec takes its input from a pipe', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'))
  await s.step('exec', { run: 'exec -T web cat', input: 'through the pipe\n' }, lines('through the pipe'))
})

scenario('exec in the background returns at once', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'))
  await s.step('exec', ['exec', '-d', 'web', 'sh', '-c', 'echo later > /tmp/file; sleep 600'], untouched('web'))
  await s.check(
    'it works',
    inside('web', 'for i in 1 2 3 4 5 6 7 8 9; do test -e /tmp/file && break; sleep 0.2; done; cat /tmp/file', /later/),
  )
})

scenario('exec in a service that does not run is an error', { files: pair }, async (s) => {
  await s.step(
    'exec',
    'exec -T web true',
    {
      says: 'fails',
      aboutExit: true,
      test: ({ last }) => {
        if (last?.code === 0) throw new Error('it did not')
      },
    },
    prints('web'),
  )
})

scenario('a command that is not in the image ends exec with 127 or 126', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'))
  await s.step('exec', 'exec -T web no-such-command', {
    says: 'ends with 126 or 127',
    aboutExit: true,
    test: ({ last }) => {
      if (last?.code !== 126 && last?.code !== 127) throw new Error(`it is ${last?.code}`)
    },
  })
})

scenario(
  'debug brings the shell of another image beside a container, and leaves nothing',
  {
    only: 'the reference has no debug',
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, volumes: ["data:/data"] }, other: { ${sleeper}, scale: 0 } }\nvolumes: { data: {} }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    const debug = (...words: readonly string[]) => ['debug', '-T', '--image', image, 'web', ...words]
    await s.step('its processes', debug('sh', '-c', 'cat /proc/1/comm'), stdout('init'), untouched('web'))
    await s.step('its files', debug('sh', '-c', 'cat /proc/1/root/etc/hostname; hostname'), exits(0))
    await s.step('its volumes', debug('sh', '-c', 'echo kept > /data/file; ls /data'), lines('file'))
    await s.step('are its own', 'exec -T web cat /data/file', lines('kept'))
    await s.step('the code', debug('sh', '-c', 'exit 23'), exits(23), untouched('web'), replicas('web', 1))
    await s.step('input', { run: debug('cat'), input: 'through the pipe\n' }, lines('through the pipe'))
    await s.step(
      'an image that is not there',
      'debug --image none.such web',
      exits(1),
      stderr('Nothing is pulled unasked'),
    )
    await s.step('what does not run', 'debug other', exits(1), stderr('is not running'))
    await s.check(
      'nothing is left',
      holds('no container beside it', async ({ engine }) => {
        const all = await engine.call<readonly { readonly Names: readonly string[] }[]>('GET', '/containers/json?all=1')
        const left = all.flatMap(({ Names }) => Names).filter((name) => name.startsWith(`/${s.project}-web-1-debug`))
        if (left.length > 0) throw new Error(left.join(', '))
      }),
    )
  },
)
