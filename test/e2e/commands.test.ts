import { isDeepStrictEqual } from 'node:util'
import { eventually, exited, health, nothingLeft, running, state } from '../support/checks.ts'
import { failsWith, json, lines, prints, silentAbout, stderr, stdout } from '../support/output-checks.ts'
import { freePorts, image } from '../support/objects.ts'
import { scenario } from '../support/scenario.ts'
import { healthyAtOnce, job, sleeper } from '../support/snippets.ts'

/** Commands that look or copy: ps, ls, images, port, top, stats, events, attach, volumes, version. */

const refused = {
  says: 'fails',
  aboutExit: true,
  test: ({ last }: { last: { code: number } | undefined }) => {
    if (last?.code === 0) throw new Error('it did not')
  },
}
const pair = { 'compose.yaml': `services: { web: { ${sleeper} }, job: { ${job('exit 3')} } }` }

scenario('ps shows what runs, -a also what has ended', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'), eventually(exited('job', 3)))
  await s.step('ps', 'ps', stdout('%p-web-1'), stdout('sleep 600'), silentAbout(/job-1/))
  await s.step('ps -a', 'ps -a', stdout('%p-web-1'), stdout('%p-job-1'), stdout(/Exited \(3\)/))
  await s.step('ps of a service', 'ps -a job', stdout('%p-job-1'), silentAbout(/web-1/))
  await s.step('ps of nobody', 'ps nobody', refused, prints('nobody'))
})

scenario('ps -q prints ids, ps --services names', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'), eventually(exited('job', 3)))
  const [web] = (await s.engine.containers(s.project)).filter(({ Name }) => Name.includes('-web-'))
  await s.step('ids', 'ps -q', lines(web!.Id))
  await s.step('names', 'ps --services', lines('web'))
  await s.step('all names', 'ps -a --services', lines('web', 'job'))
})

scenario(
  "ps as JSON has the reference's fields",
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, ${healthyAtOnce}, ports: ["127.0.0.1:\${PORT}:80"] } }` },
  },
  async (s) => {
    const port = await freePorts()
    const env = { PORT: String(port) }
    await s.step('up', { run: 'up -d --wait', env }, running('web'))
    await s.step(
      'ps',
      { run: 'ps --format json', env },
      json('the fields are right', (value, world) => {
        const [one] = Array.isArray(value) ? value : [value]
        return (
          one.Name === `${world.project}-web-1` &&
          one.Service === 'web' &&
          one.Project === world.project &&
          one.State === 'running' &&
          one.Health === 'healthy' &&
          one.Image === image &&
          one.ExitCode === 0 &&
          one.Publishers[0].PublishedPort === port &&
          one.Publishers[0].TargetPort === 80 &&
          typeof one.ID === 'string' &&
          typeof one.Status === 'string'
        )
      }),
    )
  },
)

scenario('ps filters by state', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'), eventually(exited('job', 3)))
  await s.step('by flag', 'ps --status exited --services', lines('job'))
  await s.step('by filter', 'ps -a --filter status=running --services', lines('web'))
})

scenario('ls shows the project, its state and its file', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'), eventually(exited('job', 3)))
  await s.step(
    'ls',
    'ls -a --format json',
    json('the project is there', (value, world) => {
      const one = value.find((other: { Name: string }) => other.Name === world.project)
      return /running\(1\)/.test(one.Status) && one.ConfigFiles === `${world.folder}/compose.yaml`
    }),
  )
  await s.step('stop', 'stop')
  await s.step('ls without -a', 'ls -q', silentAbout(new RegExp(s.project)))
  await s.step('ls with -a', 'ls -aq', stdout(s.project))
})

scenario('docker compose sees the stack as a project of its own', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'))
  const [web] = (await s.engine.containers(s.project)).filter(({ Name }) => Name.includes('-web-'))
  const labels = web!.Config.Labels
  for (const name of [
    'project',
    'service',
    'container-number',
    'oneoff',
    'config-hash',
    'project.working_dir',
    'project.config_files',
    'version',
  ]) {
    if (!labels[`com.docker.compose.${name}`]) throw new Error(`the label com.docker.compose.${name} is missing`)
  }
})

scenario('images shows what the containers were made of', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'))
  await s.step('images', 'images', stdout('%p-web-1'), stdout(image))
  await s.step(
    'as JSON',
    'images --format json',
    json('web is there', (value, world) =>
      value.some(
        (one: { ContainerName: string; Repository: string }) =>
          one.ContainerName === `${world.project}-web-1` && one.Repository === image,
      ),
    ),
  )
})

scenario(
  'images shows a container whose image was removed by its name and id',
  {
    differs: 'before 5.1 the whole list fails',
    files: {
      'compose.yaml':
        'services: { web: { build: { context: ., dockerfile_inline: "FROM scratch\\nCOPY compose.yaml /" }, command: [x] } }',
    },
  },
  async (s) => {
    await s.step('create', 'create')
    const [web] = await s.engine.containers(s.project)
    await s.engine.raw('DELETE', `/images/${s.project}-web?force=true`)
    await s.step('images', 'images', stdout(/-web-1 .*-web +latest +<none> +[0-9a-f]{12} +removed/), stdout('%p-web-1'))
    await s.step(
      'as JSON',
      'images --format json',
      json('its id and its name are there', (value, world) =>
        isDeepStrictEqual(value, [
          {
            ID: web?.Image,
            ContainerName: `${world.project}-web-1`,
            Repository: `${world.project}-web`,
            Tag: 'latest',
            Platform: '',
            Size: 0,
            LastTagTime: '0001-01-01T00:00:00Z',
          },
        ]),
      ),
    )
  },
)

scenario(
  'port prints the address of a published port',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, ports: ["127.0.0.1:\${PORT}:80", "127.0.0.1:\${PORT}:53/udp"] } }`,
    },
  },
  async (s) => {
    const port = await freePorts()
    const env = { PORT: String(port) }
    await s.step('up', { run: 'up -d', env }, running('web'))
    await s.step('tcp', { run: 'port web 80', env }, lines(`127.0.0.1:${port}`))
    await s.step('udp', { run: 'port --protocol udp web 53', env }, lines(`127.0.0.1:${port}`))
    await s.step(
      'one that is not published names the ports of the container, by which it was asked',
      { run: 'port web 81', env },
      refused,
      prints('81/tcp'),
      ...(s.tool === 'stack' ? [stderr(`${port} → 53/udp, ${port} → 80/tcp`)] : []),
    )
  },
)

scenario('top shows the processes of each container', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'))
  await s.step('top', 'top web', stdout('web'), stdout('sleep 600'))
})

scenario('stats shows one picture and ends when it is told to', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'))
  await s.step('stats', 'stats --no-stream', stdout('%p-web-1'))
  await s.step(
    'as JSON',
    'stats --no-stream --format json',
    json('web has its numbers', (value, world) => {
      const [one] = [value].flat().filter((other: { Name: string }) => other.Name === `${world.project}-web-1`)
      return one.CPUPerc.endsWith('%') && /iB/.test(one.MemUsage)
    }),
  )
})

scenario(
  'events tells what happens to the containers of the project, and only to those',
  { files: pair },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    const events = s.start('events', 'events --json')
    await eventuallyHeard(async () => {
      await s.step('restart', 'restart -t 0 web')
      await events.prints(/"start"/, 3000)
    })
    events.signal('SIGINT')
    const { stdout: text } = await events.ends(10_000)
    const told = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { service: string; action: string; type: string })
    if (!told.every(({ type, service }) => type === 'container' && service === 'web')) throw new Error(text)
  },
)

scenario(
  'events tells what is executed, and how a healthcheck went',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, healthcheck: { test: ["CMD", "true"], interval: 500ms } } }`,
    },
  },
  async (s) => {
    const since = String(Date.now() / 1000 - 1)
    await s.step('up', 'up -d --wait', health('web', 'healthy'))
    await s.step('exec', 'exec -T web true')
    const events = s.start('events', ['events', '--json', '--since', since])
    await events.prints(/"action":"exec_create: true *"/)
    await events.prints(/"action":"exec_die".*"exitCode":"0"/)
    await events.prints(/"action":"health_status: healthy"/)
  },
)

/** The subscription may come a moment after the process, so the act is repeated until it is heard. */
const eventuallyHeard = async (act: () => Promise<void>) => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act()
    } catch (error) {
      if (attempt === 4) throw error
    }
  }
}

scenario(
  'attach shows what comes and ends with the container',
  {
    files: {
      'compose.yaml': `services: { web: { image: stack-base/busybox, init: true, command: ["sh", "-c", "trap 'exit 4' TERM; while :; do echo tick; sleep 0.2; done"] } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    const attached = s.start('attach', 'attach --no-stdin web')
    await attached.prints(/tick/)
    await s.step('stop', 'stop', state('web', 'exited'))
    const end = await attached.ends(10_000)
    if (s.tool === 'stack' && end.code !== 4) throw new Error(`attach ended with ${end.code}`)
  },
)

scenario(
  'volumes lists the volumes of the project',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, volumes: ["data:/data"] } }\nvolumes: { data: {} }` },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.step('volumes', 'volumes', stdout('%p_data'))
    await s.step('names only', 'volumes -q', lines('%p_data'))
  },
)

scenario('version prints itself, short and as JSON', { files: { 'note.txt': '' } }, async (s) => {
  await s.step('version', 'version', stdout(/\d+\.\d+\.\d+/))
  await s.step('short', 'version --short', stdout(/^\d+\.\d+\.\d+\S*\n$/))
  await s.step(
    'as JSON',
    'version --format json',
    json('it has a version', (value) => /\d+\.\d+/.test(value.version)),
  )
})

scenario('help is there for every command and ends with 0', { files: { 'note.txt': '' } }, async (s) => {
  for (const command of ['up', 'down', 'ps', 'logs', 'exec', 'run', 'config', 'restart', 'cp', 'scale']) {
    await s.step(command, `${command} --help`, prints(/--/))
  }
})

/** Every command that takes services, with an unknown one. */
const withUnknown = [
  ...['build', 'config', 'create', 'down', 'events', 'export', 'images', 'kill', 'logs', 'pause', 'plan', 'ps', 'pull'],
  ...[
    'push',
    'restart',
    'rm -f',
    'run',
    'start',
    'stats',
    'stop',
    'top',
    'unpause',
    'up -d',
    'volumes',
    'wait',
    'watch',
  ],
  ...['attach', 'commit', 'up --attach', 'up --no-attach', 'up --exit-code-from', 'config --hash'],
].map((command) => `${command} wbe`)
const unknown = [...withUnknown, 'port wbe 80', 'exec wbe true', 'cp wbe:/etc/hostname .', 'scale wbe=2']

scenario('a service that the file does not have is refused by every command', { files: pair }, async (s) => {
  for (const command of unknown) await s.step(command, command, refused, prints(/no.* service.*wbe/i))
  await s.check('nothing was made', nothingLeft())
})

scenario(
  'without a file a service that has no container is refused by the commands that only look',
  { differs: 'the reference shows nothing, and events waits for ever', files: pair },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    for (const name of ['events', 'images', 'logs', 'ps', 'stats', 'top', 'volumes'])
      await s.step(name, { run: `-p ${s.project} ${name} wbe`, cwd: '..' }, failsWith(1), stderr('"wbe"'))
  },
)

scenario('an unknown command and an unknown flag are wrong usage', { files: pair }, async (s) => {
  const wrong = {
    says: 'is wrong usage',
    aboutExit: true,
    test: ({ last, tool }: { last: { code: number } | undefined; tool: string }) => {
      if (last?.code === 0 || (tool === 'stack' && last?.code !== 2)) throw new Error(`the exit code is ${last?.code}`)
    },
  }
  await s.step('command', 'no-such-command', wrong)
  await s.step('flag', 'up --no-such-flag', wrong, prints('no-such-flag'))
})
