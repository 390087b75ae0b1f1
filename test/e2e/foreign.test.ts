import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Inspected } from '../support/engine-api.ts'
import { absent, holds, inside, network, nothingLeft, running, state, volume } from '../support/checks.ts'
import { failsWith, prints, silentAbout } from '../support/output-checks.ts'
import { freePorts } from '../support/objects.ts'
import { scenario } from '../support/scenario.ts'
import { sleeper } from '../support/snippets.ts'

/** What is not ours stays untouched, and errors name what is in the way. */

const any = { says: 'ends', aboutExit: true, test: () => undefined }

scenario(
  'a foreign container that has the name we need is named, and left alone',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} } }` },
  },
  async (s) => {
    const id = await s.objects.container(`${s.project}-web-1`)
    await s.step('up', 'up -d', failsWith(1), prints('%p-web-1'))
    await s.step(
      'down',
      'down',
      any,
      holds('it still runs', async () => (await s.objects.inspect(id)).State.Status === 'running'),
    )
  },
)

scenario(
  'a foreign network that has the name we need is not removed',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} } }` },
  },
  async (s) => {
    const id = await s.objects.network(`${s.project}_default`)
    await s.step('up', 'up -d', any)
    await s.step(
      'down',
      'down',
      any,
      holds('it is still there', async () => {
        const { status } = await s.engine.raw('GET', `/networks/${id}`)
        return status === 200
      }),
    )
  },
)

scenario(
  'a foreign volume that has the name we need keeps its data',
  {
    differs: 'the reference removes a volume by its name on down -v, whoever made it',
    files: { 'compose.yaml': `services: { web: { ${sleeper}, volumes: ["data:/data"] } }\nvolumes: { data: {} }` },
  },
  async (s) => {
    const name = `${s.project}_data`
    await s.objects.volume(name)
    await s.step('up uses it', 'up -d', running('web'), inside('web', 'echo mine > /data/file; cat /data/file', /mine/))
    await s.step(
      'down -v',
      'down -v',
      holds('it is still there', () => s.objects.hasVolume(name)),
    )
  },
)

scenario(
  'what docker compose has made is taken over as it is',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, volumes: ["data:/data"] } }\nvolumes: { data: {} }` },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), inside('web', 'echo mine > /data/file', /^$/))
    // The same container as the other tool makes it: with its labels, and without ours.
    const { Config, HostConfig, NetworkSettings } = (await s.objects.inspect(`${s.project}-web-1`)) as Inspected & {
      readonly NetworkSettings: { readonly Networks: object }
    }
    const Labels = Object.fromEntries(Object.entries(Config.Labels).filter(([key]) => !key.startsWith('dev.stack.')))
    await s.engine.call('DELETE', `/containers/${s.project}-web-1?force=1`)
    const EndpointsConfig = Object.fromEntries(
      Object.keys(NetworkSettings.Networks).map((name) => [name, { Aliases: ['web'] }]),
    )
    const id = await s.objects.container(`${s.project}-web-1`, {
      ...Config,
      Labels,
      HostConfig,
      NetworkingConfig: { EndpointsConfig },
    })
    await s.step(
      'up again',
      'up -d',
      running('web'),
      inside('web', 'cat /data/file', /mine/),
      holds('it is the same container', async () => (await s.engine.containers(s.project))[0]?.Id === id),
    )
  },
)

scenario(
  'containers of another project with similar names are left alone',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper} } }`,
      'other.yaml': `name: e2e-other-\${N}\nservices: { web: { ${sleeper} } }`,
    },
  },
  async (s) => {
    const env = { N: s.project.slice(-4) }
    const other = `e2e-other-${env.N}`
    try {
      await s.step('the other one', { run: '-f other.yaml up -d', env })
      const before = await s.engine.containers(other)
      await s.step('ours', 'up -d', running('web'))
      await s.step(
        'down of ours',
        'down -v --remove-orphans',
        nothingLeft(),
        holds('the other is as it was', async () => {
          const after = await s.engine.containers(other)
          return (
            after.length === 1 &&
            after[0]!.Id === before[0]!.Id &&
            after[0]!.State.StartedAt === before[0]!.State.StartedAt
          )
        }),
      )
    } finally {
      await s.step('the other goes too', { run: '-f other.yaml down', env })
    }
  },
)

scenario(
  'a network and a volume that a foreign container uses are left with a word, and down is content',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, volumes: ["data:/data"] } }\nvolumes: { data: }` },
  },
  async (s) => {
    await s.step('up', 'up -d', network('default'))
    const id = await s.objects.container(`${s.project}-guest`, {
      HostConfig: { Init: true, NetworkMode: `${s.project}_default`, Binds: [`${s.project}_data:/data`] },
    })
    await s.step(
      'down',
      'down -v',
      any,
      absent('web'),
      network('default'),
      volume('data'),
      prints(/in use|active endpoints/i),
      silentAbout(/(?:Network|Volume) \S+ +Removed/),
      ...(s.tool === 'compose'
        ? []
        : [
            prints(/Network \S+_default +Still in use/),
            prints('Network %p_default is still in use by container %p-guest.'),
            prints('Volume %p_data is still in use by container %p-guest.'),
          ]),
      holds('the guest still runs', async () => (await s.objects.inspect(id)).State.Status === 'running'),
    )
  },
)

scenario(
  'a port that is taken is named',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, ports: ["127.0.0.1:\${PORT}:80"] } }` },
  },
  async (s) => {
    const port = await freePorts()
    const env = { PORT: String(port) }
    await s.objects.container(`${s.project}-holder`, {
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { Init: true, PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] } },
    })
    await s.step('up', { run: 'up -d', env }, failsWith(1), prints(String(port)))
    await s.step('down', { run: 'down', env }, nothingLeft())
  },
)

scenario(
  'the container that holds a port is named too',
  {
    differs: 'the reference names the port alone',
    files: { 'compose.yaml': `services: { web: { ${sleeper}, ports: ["127.0.0.1:\${PORT}:80"] } }` },
  },
  async (s) => {
    const port = await freePorts()
    await s.objects.container(`${s.project}-holder`, {
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { Init: true, PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] } },
    })
    await s.step('up', { run: 'up -d', env: { PORT: String(port) } }, failsWith(1), prints('%p-holder'))
  },
)

scenario(
  'an image that is nowhere is named, and nothing runs',
  {
    files: {
      'compose.yaml': `services: { web: { image: "localhost:1/no/such-image:tag", pull_policy: "\${POLICY}" }, db: { ${sleeper} } }`,
    },
  },
  async (s) => {
    await s.step(
      'never pulled',
      { run: 'up -d', env: { POLICY: 'never' } },
      failsWith(1),
      prints('no/such-image'),
      absent('web'),
    )
    await s.step(
      'pulled in vain',
      { run: 'up -d', env: { POLICY: 'missing' } },
      failsWith(1),
      prints('localhost:1'),
      absent('web'),
    )
  },
)

scenario(
  'a command that is not in the image fails the start with its name',
  {
    files: { 'compose.yaml': `services: { web: { image: stack-base/busybox, command: no-such-program } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', failsWith(1), prints('no-such-program'), state('web', 'created'))
    await s.step('down', 'down', nothingLeft())
  },
)

scenario('no file at all is said so', { files: { 'note.txt': 'nothing here' } }, async (s) => {
  // At the root, since the folders above are looked into as well and may hold somebody's file.
  await s.step('up', { run: 'up -d', cwd: '/' }, failsWith(3))
  await s.step('a named file that is missing', '-f missing.yaml up -d', failsWith(3), prints('missing.yaml'))
})

scenario(
  'an engine that does not answer is said so, with its address',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} } }` },
  },
  async (s) => {
    await s.step(
      'up',
      { run: 'up -d', env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } },
      failsWith(4),
      prints('/nowhere/docker.sock'),
    )
  },
)

scenario('config needs no engine', { files: { 'compose.yaml': `services: { web: { ${sleeper} } }` } }, async (s) => {
  await s.step(
    'config',
    { run: 'config --services', env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } },
    prints('web'),
  )
})

scenario(
  'two checkouts with one project name: the second is told, and takes over only when asked',
  {
    differs: 'the reference takes over the containers of another folder in silence',
    files: {
      'one/compose.yaml': `services: { web: { ${sleeper}, volumes: ["data:/data"] } }\nvolumes: { data: {} }`,
      'two/compose.yaml': `services: { web: { ${sleeper}, volumes: ["data:/data"] } }\nvolumes: { data: {} }`,
    },
  },
  async (s) => {
    const from = (cwd: string) => (run: string) => ({ run, cwd, env: { COMPOSE_PROJECT_NAME: s.project } })
    const [one, two, three] = [from('one'), from('two'), from('three')]
    const isFrom = (folder: string) =>
      holds(`it belongs to ${folder}`, async ({ containers }) => {
        const [web] = await containers('web')
        return web?.Config.Labels['com.docker.compose.project.working_dir']?.endsWith(`/${folder}`) === true
      })
    await s.step('the first', one('up -d'), running('web'), inside('web', 'echo mine > /data/file', /^$/))
    const refused = [failsWith(1), prints('project/elsewhere'), running('web'), isFrom('one')]
    await s.step('the second is refused', two('up -d'), ...refused, prints('--adopt'), prints('%p-two'))
    await s.step('plan says so too', two('plan'), ...refused)
    await s.step('and whatever stops or removes', two('down -v'), ...refused)
    await s.step('looking is no harm', two('ps'), prints('%p-web-1'))
    await s.step('the first goes on as before', one('up -d'), isFrom('one'))
    await s.step(
      'asked for',
      two('up -d --adopt'),
      running('web'),
      isFrom('two'),
      inside('web', 'cat /data/file', /mine/),
    )
    await s.step('it belongs to the second now', two('up -d'), isFrom('two'))
    await rename(join(s.folder, 'two'), join(s.folder, 'three'))
    await s.step('a folder that was moved is no second one', three('up -d'), running('web'))
    await s.step('down', three('down -v'), nothingLeft())
  },
)
