import { createHash } from 'node:crypto'
import {
  absent,
  exited,
  holds,
  inside,
  network,
  nothingLeft,
  recreated,
  replicas,
  restarted,
  running,
  says,
  shows,
  state,
  untouched,
  volume,
} from '../support/checks.ts'
import { exits, prints } from '../support/output-checks.ts'
import { image } from '../support/objects.ts'
import { scenario, type ScenarioOptions } from '../support/scenario.ts'
import { job, sleeper } from '../support/snippets.ts'

interface Inspected {
  readonly Config: { readonly Labels: Readonly<Record<string, string>> }
}

/** What a change of the file does to what runs: as much as is needed and no more. */

const web = (more: string) => `services: { web: { ${sleeper}, ${more} }, other: { ${sleeper} } }`

interface Change {
  readonly from: string
  readonly to: string
  readonly options?: Pick<ScenarioOptions, 'differs'>
}

/** web is changed between two runs of `up -d`; the other service must never be touched. */
const changing = (what: string, outcome: typeof recreated, { from, to, options }: Change) => {
  const says = outcome === recreated ? 'recreates its container and no other' : 'leaves its container alone'
  scenario(`${what} ${says}`, { ...options, files: { 'compose.yaml': web(from) } }, async (s) => {
    await s.step('up', 'up -d', running('web'), running('other'))
    await s.write('compose.yaml', web(to))
    await s.step('up with the change', 'up -d', outcome('web'), running('web'), untouched('other'))
    await s.step('up once more has nothing to do', 'up -d', untouched('web'), untouched('other'))
  })
}

changing('another value in the environment', recreated, {
  from: 'environment: { A: "1" }',
  to: 'environment: { A: "2" }',
})
changing('another label', recreated, { from: 'labels: { a: "1" }', to: 'labels: { a: "2" }' })
changing('another memory limit', recreated, { from: 'mem_limit: 64m', to: 'mem_limit: 96m' })
changing('a mount more', recreated, { from: 'tmpfs: [/a]', to: 'tmpfs: [/a, /b]' })
changing('another restart policy', recreated, { from: 'restart: "no"', to: 'restart: unless-stopped' })
changing('another order of the environment', untouched, {
  from: 'environment: { A: "1", B: "2" }',
  to: 'environment: ["B=2", "A=1"]',
})
changing('the same model in other words', untouched, {
  from: 'mem_limit: 64m, ports: ["80"]',
  to: 'mem_limit: 67108864, ports: [{ target: 80 }]',
})
changing('another dependency', untouched, { from: 'labels: {}', to: 'labels: {}, depends_on: [other]' })
changing('another watch rule', untouched, {
  from: 'develop: { watch: [{ path: ., action: sync, target: /a }] }',
  to: 'develop: { watch: [{ path: ., action: sync, target: /b }] }',
  options: { differs: 'the reference counts development rules as a change of the container' },
})
changing('another attach setting', untouched, {
  from: 'attach: true',
  to: 'attach: false',
  options: { differs: 'the reference counts attach as a change of the container' },
})
changing('another hook', untouched, {
  from: 'pre_stop: [{ command: "true" }]',
  to: 'pre_stop: [{ command: "echo bye" }]',
  options: { differs: 'the reference counts hooks as a change of the container' },
})
changing('another order of a list', untouched, {
  from: 'cap_add: [NET_ADMIN, SYS_TIME]',
  to: 'cap_add: [SYS_TIME, NET_ADMIN]',
  options: { differs: 'the reference counts the order of lists' },
})

scenario(
  'a change of the content of a config recreates who reads it',
  {
    differs: 'the reference keeps the old content (its issue 11900)',
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, configs: [greeting] } }\nconfigs: { greeting: { content: "hello \${WHO:-you}" } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', inside('web', 'cat /greeting', /hello you/))
    await s.step(
      'up with other content',
      { run: 'up -d', env: { WHO: 'all' } },
      recreated('web'),
      inside('web', 'cat /greeting', /hello all/),
    )
  },
)

scenario(
  'a change of an env_file recreates who reads it',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, env_file: web.env } }`, 'web.env': 'A=1\n' },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.write('web.env', 'A=2\n')
    await s.step('up after the edit', 'up -d', recreated('web'), inside('web', 'echo $A', /^2$/m))
  },
)

scenario(
  'another image under the same name recreates its containers',
  {
    files: {
      'compose.yaml': 'services: { web: { image: "${TAG}", init: true, command: sleep 600, pull_policy: never } }',
    },
  },
  async (s) => {
    const tag = `${s.project}:dev`
    const env = { TAG: tag }
    const { Id } = await s.engine.call<{ Id: string }>(
      'POST',
      `/commit?container=${await s.objects.container(`${s.project}-source`)}`,
    )
    try {
      await s.objects.tag(image, tag)
      await s.step('up', { run: 'up -d', env }, running('web'))
      await s.step('nothing is new', { run: 'up -d', env }, untouched('web'))
      await s.objects.tag(Id, tag)
      await s.step(
        'the tag names another image now',
        { run: 'up -d', env },
        recreated('web'),
        shows('web', 'Image', Id),
      )
    } finally {
      await s.engine.raw('DELETE', `/images/${tag}?force=1`)
      await s.engine.raw('DELETE', `/images/${Id}?force=1`)
    }
  },
)

scenario(
  '--force-recreate recreates what is named, --no-recreate nothing at all',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, depends_on: [db], environment: { A: "\${A:-1}" } }, db: { ${sleeper} } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), running('db'))
    await s.step('all', 'up -d --force-recreate', recreated('web'), recreated('db'))
    await s.step('only web', 'up -d --force-recreate --no-deps web', recreated('web'), untouched('db'))
    await s.step(
      'nothing, in spite of a change',
      { run: 'up -d --no-recreate', env: { A: '2' } },
      untouched('web'),
      untouched('db'),
    )
  },
)

scenario(
  '--always-recreate-deps recreates what the named service needs',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, depends_on: [db] }, db: { ${sleeper} } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.step('named, without the flag', 'up -d web', untouched('web'), untouched('db'))
    await s.step('with it', 'up -d --always-recreate-deps web', recreated('db'))
  },
)

scenario('flags that exclude each other are refused', { files: { 'compose.yaml': web('labels: {}') } }, async (s) => {
  for (const flags of [
    '--force-recreate --no-recreate',
    '-d --abort-on-container-exit',
    '--build --no-build',
    '--wait --abort-on-container-exit',
  ]) {
    await s.step(
      flags,
      `up ${flags}`,
      {
        says: 'is refused',
        aboutExit: true,
        test: ({ last }) => {
          if (last?.code === 0) throw new Error('it was taken')
        },
      },
      absent('web'),
    )
  }
})

scenario(
  'a recreated service keeps its anonymous volumes, and -V renews them',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, volumes: [/data], environment: { A: "\${A:-1}" } } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', inside('web', 'echo kept > /data/file && cat /data/file', /kept/))
    await s.step(
      'up with a change',
      { run: 'up -d', env: { A: '2' } },
      recreated('web'),
      inside('web', 'cat /data/file', /kept/),
    )
    await s.step(
      'up -V',
      { run: 'up -d -V', env: { A: '2' } },
      recreated('web'),
      inside('web', 'ls /data | wc -l', /^0$/m),
    )
  },
)

scenario(
  'a changed network is made anew and everybody is on it again',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper} } }\nnetworks: { default: { labels: { v: "\${V:-1}" } } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), network('default'))
    const [old] = await s.engine.networks(s.project)
    await s.step(
      'up with another label',
      { run: 'up -d', env: { V: '2' } },
      running('web'),
      network('default'),
      holds('the network is another one and web is on it', async (world) => {
        const [now] = await world.engine.networks(world.project)
        const [web] = await world.containers('web')
        const joined = (web?.['NetworkSettings'] as { Networks: Record<string, { NetworkID: string }> }).Networks
        return now?.Id !== old?.Id && joined[`${world.project}_default`]?.NetworkID === now?.Id
      }),
    )
  },
)

scenario(
  'a service that moves to another network is on that one alone',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, networks: ["\${NET:-front}"] }, a: { ${sleeper}, networks: [front, back] } }\nnetworks: { front: {}, back: {} }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.step(
      'up on the other',
      { run: 'up -d', env: { NET: 'back' } },
      recreated('web'),
      untouched('a'),
      holds('web is on back alone', async (world) => {
        const [web] = await world.containers('web')
        return (
          Object.keys((web?.['NetworkSettings'] as { Networks: object }).Networks).join() === `${world.project}_back`
        )
      }),
    )
  },
)

scenario(
  'a service that takes another volume sees that one, and the old one stays',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, volumes: ["\${VOL:-one}:/data"] }, a: { ${sleeper}, volumes: ["one:/1", "two:/2"] } }\nvolumes: { one: {}, two: {} }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', inside('web', 'echo one > /data/name; cat /data/name', /one/))
    await s.step(
      'up with the other',
      { run: 'up -d', env: { VOL: 'two' } },
      recreated('web'),
      inside('web', 'ls /data | wc -l', /^0$/m),
      volume('one'),
    )
    await s.step('and back', 'up -d', recreated('web'), inside('web', 'cat /data/name', /one/))
  },
)

scenario(
  'a volume whose definition changed keeps its data until it is given up by the flag that means just this',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, environment: { V: "\${V:-1}" }, volumes: ["data:/data"] }, db: { ${sleeper} } }\nvolumes: { data: { labels: { v: "\${V:-1}" } } }`,
    },
    differs: 'the reference has -y for all questions, and does nothing at all where nobody can be asked',
  },
  async (s) => {
    await s.step('up', 'up -d', inside('web', 'echo mine > /data/file; cat /data/file', /mine/))
    const kept = [running('web'), inside('web', 'cat /data/file', /mine/)]
    await s.step(
      'with nobody to ask the rest is done',
      { run: 'up -d', env: { V: '2' } },
      prints(/data" was made from another definition/),
      prints(/stack up --renew-volumes-of web/),
      recreated('web'),
      ...kept,
    )
    await s.step('yes to other questions is no yes to this one', { run: 'up -d -y', env: { V: '2' } }, ...kept)
    await s.step(
      'a plan says the same',
      { run: 'plan', env: { V: '2' } },
      prints(/Nothing to do/),
      prints(/is kept as it is/),
    )
    await s.step(
      'with the flag it is made anew',
      { run: 'up -d --renew-volumes-of web', env: { V: '2' } },
      running('web'),
      untouched('db'),
      inside('web', 'ls /data | wc -l', /^0$/m),
    )
  },
)

scenario(
  'a network that is renamed takes its containers along, also with an address range of its own, and the old one goes',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper} }, db: { ${sleeper} }, calm: { ${sleeper}, network_mode: none } }
networks: { default: { name: "\${PREFIX}-\${NET:-one}", ipam: { config: [{ subnet: "10.\${OCTET}.9.0/24" }] } } }`,
    },
    differs: 'the reference leaves the old network, whose addresses the new one cannot have',
  },
  async (s) => {
    const env = { PREFIX: s.project, OCTET: String(60 + Math.floor(Math.random() * 160)) }
    const names = async (): Promise<readonly string[]> =>
      (await s.engine.networks(s.project)).map(({ Name }) => Name.slice(s.project.length + 1))
    await s.step('up', { run: 'up -d', env }, running('web'))
    await s.step(
      'another name',
      { run: 'up -d', env: { ...env, NET: 'two' } },
      recreated('web'),
      recreated('db'),
      untouched('calm'),
      inside('web', 'ping -c1 -W2 db', /1 packets received/),
      holds('the old one is gone', async () => (await names()).join() === 'two'),
    )
    await s.step('nothing is left to do', { run: 'plan', env: { ...env, NET: 'two' } }, prints(/nothing to do/i))
    await s.write(
      'compose.yaml',
      `services: { web: { ${sleeper} } }\nnetworks: { default: { name: "${s.project}-three" } }`,
    )
    await s.step(
      'a third name, without addresses, while one of the old services is still there',
      'up -d',
      recreated('web'),
      holds('its network stays', async () => (await names()).toSorted().join() === 'three,two'),
    )
    await s.step(
      'and goes with it',
      'up -d --remove-orphans',
      untouched('web'),
      holds('the old one is gone', async () => (await names()).join() === 'three'),
    )
  },
)

scenario(
  'a volume with an external twin is switched by name',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, volumes: ["data:/data"] } }\nvolumes: { data: { external: true, name: "\${NAME}" } }`,
    },
  },
  async (s) => {
    const names = [`${s.project}-a`, `${s.project}-b`] as const
    for (const name of names) await s.objects.volume(name)
    await s.step(
      'up on a',
      { run: 'up -d', env: { NAME: names[0] } },
      inside('web', 'echo a > /data/name; cat /data/name', /a/),
    )
    await s.step(
      'up on b',
      { run: 'up -d', env: { NAME: names[1] } },
      recreated('web'),
      inside('web', 'ls /data | wc -l', /^0$/m),
    )
    await s.step(
      'down with volumes leaves both',
      { run: 'down -v', env: { NAME: names[1] } },
      nothingLeft(),
      holds(
        'both volumes are there',
        async () => (await s.objects.hasVolume(names[0])) && (await s.objects.hasVolume(names[1])),
      ),
    )
  },
)

scenario(
  'a service that left the file is told of, and removed on request',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper} }, old: { ${sleeper} } }`,
      'less.yaml': `services: { web: { ${sleeper} } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), running('old'))
    await s.step('up without it', '-f less.yaml up -d', running('old'), untouched('web'), prints('old'))
    await s.step(
      'the warning can be silenced',
      { run: '-f less.yaml up -d', env: { COMPOSE_IGNORE_ORPHANS: '1' } },
      running('old'),
    )
    await s.step('and it can go', '-f less.yaml up -d --remove-orphans', absent('old'), untouched('web'))
  },
)

scenario(
  'down leaves who left the file, unless it is told to remove them',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper} }, old: { ${sleeper} } }`,
      'less.yaml': `services: { web: { ${sleeper} } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('old'))
    await s.step('down without it', '-f less.yaml down', absent('web'), running('old'))
    await s.step('down with orphans', '-f less.yaml down --remove-orphans', nothingLeft())
  },
)

scenario(
  'a service that its profile leaves out is no orphan',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} }, tool: { ${sleeper}, profiles: [tools] } }` },
  },
  async (s) => {
    await s.step('up with the profile', '--profile tools up -d', running('tool'))
    await s.step('up without it', 'up -d --remove-orphans', running('tool'), untouched('web'))
  },
)

scenario(
  'a dependent that asks for it is restarted when its dependency is recreated',
  {
    files: {
      'compose.yaml': `services:
  web: { ${sleeper}, depends_on: { db: { condition: service_started, restart: true } } }
  calm: { ${sleeper}, depends_on: [db] }
  db: { ${sleeper}, environment: { A: "\${A:-1}" } }
`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), running('calm'))
    await s.step(
      'up with another db',
      { run: 'up -d', env: { A: '2' } },
      recreated('db'),
      restarted('web'),
      untouched('calm'),
    )
  },
)

scenario(
  'who shares the namespace of a recreated container is recreated too',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, network_mode: "service:vpn" }, vpn: { ${sleeper}, environment: { A: "\${A:-1}" } } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.step(
      'up with another vpn',
      { run: 'up -d', env: { A: '2' } },
      recreated('vpn'),
      recreated('web'),
      running('web'),
    )
  },
)

scenario(
  'a container that was removed by hand is made again, and no other',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} }, other: { ${sleeper} } }` },
  },
  async (s) => {
    await s.step('up', 'up -d --scale web=2', replicas('web', 1, 2))
    await s.engine.call('DELETE', `/containers/${s.project}-web-1?force=1`)
    await s.step('up again', 'up -d --scale web=2', running('web', 2), untouched('other'))
  },
)

scenario(
  'a container that was stopped by hand is started again, not recreated',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.engine.call('POST', `/containers/${s.project}-web-1/kill`)
    await s.step('up again', 'up -d', restarted('web'), running('web'))
  },
)

scenario(
  'a paused container goes on with up',
  {
    differs: 'the reference tries to start it, which the engine refuses',
    files: { 'compose.yaml': `services: { web: { ${sleeper} } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.step('pause', 'pause', state('web', 'paused'))
    await s.step('up', 'up -d', running('web'), untouched('web'))
  },
)

scenario(
  'up says why it recreates',
  {
    differs: 'the reference says Recreated and no reason',
    files: { 'compose.yaml': `services: { web: { ${sleeper}, environment: { DB_HOST: "\${DB:-one}" } } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.step('up with a change', { run: 'up -d', env: { DB: 'two' } }, prints('DB_HOST'), recreated('web'))
  },
)

scenario(
  'plan tells what up would do and why, and changes nothing',
  {
    only: 'plan is a command of stack',
    files: { 'compose.yaml': `services: { web: { ${sleeper}, environment: { A: "\${A:-1}" } } }` },
  },
  async (s) => {
    await s.step('before the first up', 'plan', prints(/create web|web.*create/), absent('web'))
    await s.step('a drift check finds something to do', 'plan --detailed-exitcode', exits(2), absent('web'))
    await s.step('up', 'up -d', running('web'))
    await s.step('now there is nothing to do', 'plan --detailed-exitcode', exits(0), untouched('web'))
    await s.step(
      'a change is planned with its reason',
      { run: 'plan --detailed-exitcode', env: { A: '2' } },
      exits(2),
      prints(/recreate/),
      prints('A'),
      untouched('web'),
    )
  },
)

scenario('a dry run changes nothing', { files: { 'compose.yaml': `services: { web: { ${sleeper} } }` } }, async (s) => {
  await s.step('dry run', '--dry-run up -d', absent('web'), network('default', false))
})

scenario(
  'a job that failed is run again by the next up',
  {
    files: {
      'compose.yaml': `services: { seed: { ${job('test -e /data/there || { touch /data/there; exit 1; }; echo seeded')}, volumes: ["data:/data"] } }\nvolumes: { data: {} }`,
    },
  },
  async (s) => {
    const any = { says: 'ends', aboutExit: true, test: () => undefined }
    await s.step('up', 'up --wait', any, exited('seed', 1))
    await s.step('up again', 'up --wait', any, exited('seed', 0), says('seed', /seeded/))
  },
)

scenario(
  'a named volume survives down and is gone after down -v',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, volumes: ["data:/data"] } }\nvolumes: { data: {} }` },
  },
  async (s) => {
    await s.step('up', 'up -d', inside('web', 'echo old > /data/file; cat /data/file', /old/))
    await s.step('down', 'down', nothingLeft({ butVolumes: true }), volume('data'))
    await s.step('up again sees the old data', 'up -d', running('web'), inside('web', 'cat /data/file', /old/))
    await s.step('down -v', 'down -v', nothingLeft())
  },
)

scenario(
  'another person, or a lost key, recreates nothing that has not changed, and labels tell no secret',
  {
    only: 'the reference has no label of parts',
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, environment: { PIN: "1234" }, secrets: [token] } }\nsecrets: { token: { file: ./token.txt } }`,
      'token.txt': 'hunter2',
    },
  },
  async (s) => {
    const as = (who: string, run: string) => ({ run, env: { XDG_STATE_HOME: `${s.folder}/of-${who}` } })
    await s.step('up', as('me', 'up -d'), running('web'))
    const label = async (): Promise<string> =>
      ((await s.objects.inspect(`${s.project}-web-1`)) as Inspected).Config.Labels['dev.stack.parts'] ?? ''
    const text = await label()
    const digests = ['"1234"', '1234', 'hunter2'].map((guess) => createHash('sha256').update(guess).digest('hex'))
    if (!text.includes('environment.PIN') || digests.some((digest) => text.includes(digest.slice(0, 10))))
      throw new Error(`the label is ${text}`)
    await s.step('up by somebody else', as('you', 'up -d'), untouched('web'))
    await s.step('plan without a key', as('nobody', 'plan'), prints(/[Nn]othing to do/), untouched('web'))
    await s.write('token.txt', 'hunter3')
    await s.step('I see what has changed', as('me', 'plan'), prints('content of secret token changed'))
    await s.write('compose.yaml', `services: { web: { ${sleeper}, environment: { PIN: "1", X: y } } }`)
    const named = prints('environment X added, secrets removed')
    await s.step('up by somebody else', as('you', 'up -d'), named, recreated('web'))
    await s.step('up by me', as('me', 'up -d'), untouched('web'))
  },
)
