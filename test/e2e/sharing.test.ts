import { absent, eventually, holds, inside, recreated, restarted, running, untouched } from '../support/checks.ts'
import { failsWith, prints } from '../support/output-checks.ts'
import type { Scenario, World } from '../support/scenario.ts'
import { scenario } from '../support/scenario.ts'
import { image } from '../support/objects.ts'
import { sleeper } from '../support/snippets.ts'

/** Who shares the namespaces or volumes of another one's container goes where that one goes. */

const soon = 20_000
const sharers = ['net', 'ipc', 'pid', 'vol'] as const
const stack = `services:
  pause: { ${sleeper}, ipc: shareable, volumes: [/data] }
  net: { ${sleeper}, network_mode: "service:pause" }
  ipc: { ${sleeper}, ipc: "service:pause" }
  pid: { ${sleeper}, pid: "service:pause" }
  vol: { ${sleeper}, volumes_from: [pause] }
`

type Host = { readonly NetworkMode: string; readonly IpcMode: string; readonly PidMode: string; VolumesFrom?: string[] }

const bound = async (world: World, service: string): Promise<string> => {
  const host = (await world.containers(service))[0]?.HostConfig as unknown as Host | undefined
  const found = { net: host?.NetworkMode, ipc: host?.IpcMode, pid: host?.PidMode, vol: host?.VolumesFrom?.[0] }[service]
  return (found ?? '').replace('container:', '')
}

const allBound = holds('everybody shares with the container that is there', async (world) => {
  const [owner] = await world.containers('pause')
  for (const service of sharers)
    if ((await bound(world, service)) !== owner?.Id)
      throw new Error(`${service} is bound to ${await bound(world, service)}`)
})
const allRunning = sharers.map((service) => running(service))
const sameNetwork = inside('net', 'ip -4 addr show eth0', /inet /)
const nothingToDo = prints(/nothing to do/i)

const removeOwner = (s: Scenario): Promise<unknown> =>
  s.engine.call('DELETE', `/containers/${s.project}-pause-1?force=1&v=1`)

scenario(
  'whose owner was removed by hand shares with the one that is made in its place',
  { files: { 'compose.yaml': stack } },
  async (s) => {
    await s.step('up', 'up -d', allBound, ...allRunning)
    await removeOwner(s)
    await s.step('up again', 'up -d', running('pause'), ...allRunning, allBound, sameNetwork)
  },
)

scenario(
  'whose owner was made anew alone is known to be cut off, and made anew by the next up',
  { files: { 'compose.yaml': stack }, only: 'the reference leaves them with the container that is gone' },
  async (s) => {
    await s.step('up', 'up -d', allBound)
    await s.step(
      'a new owner alone',
      'up -d --force-recreate --no-deps pause',
      prints(/"net" shares a namespace of "pause"/),
    )
    await s.step(
      'the plan knows',
      'plan',
      prints(/net\.1\/create.*pause, whose network it shares, is another container now/),
    )
    await s.step(
      'up again',
      'up -d',
      untouched('pause'),
      ...sharers.map((name) => recreated(name)),
      allBound,
      sameNetwork,
    )
    await s.step('nothing is left to do', 'plan', nothingToDo)
  },
)

scenario(
  'who shares goes with an owner that is named alone',
  { files: { 'compose.yaml': stack }, only: 'the reference leaves them with the container that is gone' },
  async (s) => {
    await s.step('up', 'up -d', allBound)
    await s.step('a new owner', 'up -d --force-recreate pause', ...sharers.map((name) => recreated(name)), allBound)
    await s.step('nothing is left to do', 'plan', nothingToDo)
  },
)

scenario(
  'who shares a namespace is restarted with its owner, and who shares volumes is not',
  { files: { 'compose.yaml': stack } },
  async (s) => {
    await s.step('up', 'up -d', allBound)
    await s.step(
      'restart',
      'restart pause',
      restarted('pause'),
      restarted('net'),
      restarted('ipc'),
      restarted('pid'),
      sameNetwork,
    )
  },
)

scenario(
  'an owner that others restarted or stopped takes its sharers along at the next up or start',
  { files: { 'compose.yaml': stack }, only: 'the reference leaves them cut off' },
  async (s) => {
    await s.step('up', 'up -d', allBound)
    await s.engine.call('POST', `/containers/${s.project}-pause-1/restart?t=0`)
    await s.step('the plan knows', 'plan', prints(/net\.1\/stop.*pause, whose network it shares, was restarted/))
    await s.step(
      'up again',
      'up -d',
      untouched('pause'),
      restarted('net'),
      restarted('ipc'),
      untouched('vol'),
      sameNetwork,
    )
    await s.step('stop the owner', 'stop pause', running('net'))
    await s.step('start the owner', 'start pause', running('pause'), restarted('net'), restarted('ipc'), sameNetwork)
    await s.step('nothing is left to do but for those that went with it', 'up -d', untouched('net'), ...allRunning)
    await s.step('nothing is left to do', 'plan', nothingToDo)
  },
)

scenario(
  'an owner that ends while a session runs takes its sharers along',
  {
    files: {
      'compose.yaml': `services:
  pause: { image: ${image}, init: true, restart: always, command: sleep 600 }
  net: { ${sleeper}, network_mode: "service:pause" }
  pid: { ${sleeper}, pid: "service:pause" }
`,
    },
    only: 'the reference leaves them cut off',
  },
  async (s) => {
    const up = s.start('up', 'up')
    await s.check('it runs', eventually(running('net'), soon), eventually(running('pid'), soon))
    const before = (await s.engine.containers(s.project)).map(({ State }) => State.StartedAt)
    const [owner] = (await s.engine.containers(s.project)).filter(({ Name }) => Name === `/${s.project}-pause-1`)
    await s.engine.exec(owner?.Id ?? '', ['kill', '-TERM', '1'])
    await s.check(
      'all have begun anew',
      eventually(
        holds('everybody has begun anew', async (world) => {
          const now = await world.containers()
          return (
            now.length === 3 &&
            now.every(({ State }) => State.Status === 'running' && !before.includes(State.StartedAt))
          )
        }),
        soon,
      ),
      eventually(sameNetwork, soon),
    )
    up.signal('SIGINT')
    await up.ends()
  },
)

scenario(
  'a container whose owner has none is refused before anything is changed',
  { files: { 'compose.yaml': stack }, differs: 'the reference names the container alone' },
  async (s) => {
    await s.step(
      'net alone',
      'up -d --no-deps net',
      failsWith(1),
      prints(/Service "net" shares the network of service "pause", which has no container/),
      absent('net'),
    )
  },
)

scenario(
  'the hash in the label is of the owner that was made in the same run, as the reference makes it',
  { files: { 'compose.yaml': stack } },
  async (s) => {
    await s.step('up', 'up -d', allBound)
    await s.check('of a new owner', ...(await hashesOf(s)))
    await s.step('a new owner and so new sharers', 'up -d --force-recreate', allBound)
    await s.check('of another owner', ...(await hashesOf(s)))
  },
)

/** With the id written out, `config --hash` says what the label has to hold. */
const hashesOf = async (s: Scenario) => {
  const [owner] = (await s.engine.containers(s.project)).filter(({ Name }) => Name === `/${s.project}-pause-1`)
  const id = owner?.Id ?? ''
  await s.write('literal.yaml', stack.replaceAll('service:pause', `container:${id}`))
  const { stdout } = await s.step('what they have to be', ['-f', 'literal.yaml', 'config', '--hash', '*'])
  const wanted = new Map(stdout.split('\n').map((line) => line.split(' ') as [string, string]))
  return ['net', 'ipc', 'pid'].map((name) =>
    holds(`${name} has the hash ${wanted.get(name)}`, async (world) => {
      const [container] = await world.containers(name)
      const found = container?.Config.Labels['com.docker.compose.config-hash']
      if (found !== wanted.get(name)) throw new Error(`it has ${found}`)
    }),
  )
}

scenario(
  'a saved file that builds or restarts an owner takes along who shares with it and who says restart: true',
  {
    files: {
      'compose.yaml': `services:
  pause: { build: ., init: true, develop: { watch: [{ path: ./src, action: rebuild }, { path: ./conf, action: restart }] } }
  net: { ${sleeper}, network_mode: "service:pause" }
  asks: { ${sleeper}, depends_on: { pause: { condition: service_started, restart: true } } }
  next: { ${sleeper}, depends_on: { asks: { condition: service_started, restart: true } } }
  calm: { ${sleeper}, depends_on: [pause] }
`,
      Dockerfile: 'FROM stack-base/busybox\nCOPY src /src\nCMD ["sleep", "600"]\n',
      'src/page.txt': 'first\n',
      'conf/app.conf': 'first\n',
    },
    differs: 'the reference leaves them as they are',
  },
  async (s) => {
    const up = s.start('up', 'up --watch')
    await up.prints(/watching\b/i)
    await s.check('all run', eventually(running('next'), soon), eventually(running('calm'), soon))
    const first = await stateOf(s)
    await s.write('conf/app.conf', 'second\n')
    await s.check(
      'after the restart',
      eventually(begunAnew(first, ['pause', 'net', 'asks', 'next']), soon),
      eventually(sameNetwork, soon),
    )
    const second = await stateOf(s)
    await s.write('src/page.txt', 'second\n')
    await s.check(
      'after the build',
      eventually(begunAnew(second, ['pause', 'net', 'asks', 'next']), 40_000),
      eventually(sameNetwork, soon),
    )
    const third = await stateOf(s)
    for (const service of ['asks', 'next', 'calm'])
      if (third.get(service)?.Id !== first.get(service)?.Id) throw new Error(`${service} was made anew`)
    if (third.get('calm')?.at !== first.get('calm')?.at) throw new Error('calm was restarted')
    up.signal('SIGINT')
    await up.ends()
  },
)

type Begun = ReadonlyMap<string, { readonly Id: string; readonly at: string; readonly up: boolean }>

const toState = (containers: Awaited<ReturnType<World['containers']>>): Begun =>
  new Map(
    containers.map(({ Id, Config, State }) => [
      Config.Labels['com.docker.compose.service'] ?? '',
      { Id, at: State.StartedAt, up: State.Status === 'running' },
    ]),
  )

const stateOf = async (s: Scenario): Promise<Begun> => toState(await s.engine.containers(s.project))

const begunAnew = (before: Begun, services: readonly string[]) =>
  holds(`${services.join(', ')} have begun anew`, async (world) => {
    const now = toState(await world.containers())
    const late = services.filter((name) => now.get(name)?.up !== true || now.get(name)?.at === before.get(name)?.at)
    if (late.length > 0) throw new Error(`${late.join(', ')} have not`)
  })
