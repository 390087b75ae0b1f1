import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import {
  eventually,
  exited,
  holds,
  inside,
  nothingLeft,
  recreated,
  running,
  says,
  shows,
  untouched,
  volume,
} from '../support/checks.ts'
import { failsWith, prints, silentAbout, stderr, stdout } from '../support/output-checks.ts'
import { scenario } from '../support/scenario.ts'
import { daemon, job, sleeper } from '../support/snippets.ts'

/** Where data lies: mounts of every kind, and secrets and configs. */

const packages =
  'FROM stack-base/busybox\nWORKDIR /app\nCOPY . .\nRUN mkdir -p node_modules && cp package-lock.json node_modules/made-of\nCMD ["sleep", "600"]\n'

scenario(
  'a bind mount shows the files of the host, both ways',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, volumes: ["./src:/src", "./src:/ro:ro"] } }`,
      'src/hello.txt': 'from the host\n',
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      inside('web', 'cat /src/hello.txt', /from the host/),
      inside('web', 'echo back > /src/back.txt; cat /ro/back.txt', /back/),
      inside('web', 'touch /ro/x 2>&1 || echo refused', /refused/),
    )
    const back = await readFile(join(s.folder, 'src/back.txt'), 'utf8')
    if (back.trim() !== 'back') throw new Error(`the host reads ${back}`)
  },
)

scenario(
  'a bind of a folder that is missing makes it, unless it is told not to',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, volumes: ["./made:/made"] } }`,
      'strict.yaml': `services: { web: { ${sleeper}, volumes: [{ type: bind, source: ./missing, target: /m, bind: { create_host_path: false } }] } }`,
    },
  },
  async (s) => {
    await s.step('strict', '-f strict.yaml up -d', failsWith(1), prints('missing'))
    await s.step(
      'easy',
      'up -d',
      running('web'),
      inside('web', 'ls -d /made', /made/),
      // The reference leaves it to the engine in silence.
      ...(s.tool === 'stack' ? [stderr(/made" of service "web" did not exist: it was made/)] : []),
    )
    await s.step('again', 'up -d --force-recreate', running('web'), silentAbout(/did not exist/))
    await rm(join(s.folder, 'made'), { recursive: true })
    await s.step('restart', 'restart', running('web'), ...(s.tool === 'stack' ? [stderr(/did not exist/)] : []))
  },
)

scenario(
  'named and anonymous volumes are made, and down -v removes both',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, volumes: ["data:/data", /scratch] } }\nvolumes: { data: {} }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', volume('data'), inside('web', 'mount | grep -c "/scratch\\|/data"', /2/))
    const [web] = await s.engine.containers(s.project)
    const mounts = web!['Mounts'] as { Name?: string; Destination: string }[]
    const anonymous = mounts.find(({ Destination }) => Destination === '/scratch')!.Name!
    await s.step(
      'down -v',
      'down -v',
      nothingLeft(),
      holds('the anonymous one is gone', async () => !(await s.objects.hasVolume(anonymous))),
    )
  },
)

scenario(
  'down without -v keeps named volumes',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, volumes: ["data:/data"] } }\nvolumes: { data: {} }` },
  },
  async (s) => {
    await s.step('up', 'up -d', volume('data'))
    await s.step('down', 'down', nothingLeft({ butVolumes: true }), volume('data'))
  },
)

scenario(
  'two services share a named volume',
  {
    files: {
      'compose.yaml': `services:
  write: { ${job('echo shared > /data/file')}, volumes: ["data:/data"] }
  read: { ${job('cat /in/file')}, volumes: ["data:/in:ro"], depends_on: { write: { condition: service_completed_successfully } } }
volumes: { data: {} }
`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', eventually(exited('read', 0)), says('read', /shared/))
  },
)

scenario(
  'tmpfs in its short and its long form, with size and mode',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, tmpfs: ["/fast:size=1m"], volumes: [{ type: tmpfs, target: /quick, tmpfs: { size: 2m, mode: 0700 } }] } }`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      inside('web', 'df -k /fast | tail -1', /\b1024\b/),
      inside('web', 'df -k /quick | tail -1', /\b2048\b/),
      inside('web', 'stat -c %a /quick', /700/),
    )
  },
)

scenario(
  'an external volume is used, and neither made nor removed',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, volumes: ["data:/data"] } }\nvolumes: { data: { external: true, name: "\${VOL}" } }`,
    },
  },
  async (s) => {
    const name = `${s.project}-outside`
    const env = { VOL: name }
    await s.step('without it, up fails and says so', { run: 'up -d', env }, failsWith(1), prints(name))
    await s.objects.volume(name)
    await s.step('up', { run: 'up -d', env }, running('web'), shows('web', 'Mounts', new RegExp(name)))
    await s.step(
      'down -v',
      { run: 'down -v', env },
      nothingLeft(),
      holds('the volume is there', () => s.objects.hasVolume(name)),
    )
  },
)

scenario(
  'a volume with driver options, a label and a name of its own',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, volumes: ["data:/data"] } }
volumes: { data: { name: "\${COMPOSE_PROJECT_NAME}-own", labels: { team: blue }, driver: local, driver_opts: { type: tmpfs, device: tmpfs, o: "size=1m" } } }
`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      inside('web', 'df -k /data | tail -1', /\b1024\b/),
      holds('name and label are right', async (world) => {
        const [one] = await world.engine.volumes(world.project)
        return one?.Name === `${world.project}-own` && one.Labels['team'] === 'blue'
      }),
    )
  },
)

scenario(
  'volumes_from takes the mounts of another service',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, volumes_from: [store] }, store: { ${daemon('echo held > /data/file')}, volumes: ["data:/data"] } }\nvolumes: { data: {} }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d web', running('store'), eventually(inside('web', 'cat /data/file', /held/)))
  },
)

scenario(
  'volumes_from can take them for reading only',
  {
    differs: 'the reference drops the mode',
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, volumes_from: ["store:ro"] }, store: { ${sleeper}, volumes: ["data:/data"] } }\nvolumes: { data: {} }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d web', running('store'), inside('web', 'touch /data/x 2>&1 || echo refused', /refused/))
  },
)

scenario(
  'a volume that is not declared is refused before anything is made',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, volumes: ["data:/data"] } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', failsWith(3), prints('data'), nothingLeft())
  },
)

scenario(
  'a folder of a volume can be mounted alone where the engine can',
  {
    files: {
      'compose.yaml': `services:
  fill: { ${job('mkdir -p /data/inner; echo deep > /data/inner/file')}, volumes: ["data:/data"] }
  web: { ${sleeper}, volumes: [{ type: volume, source: data, target: /in, volume: { subpath: inner } }], depends_on: { fill: { condition: service_completed_successfully } } }
volumes: { data: {} }
`,
    },
  },
  async (s) => {
    const { ApiVersion } = await s.engine.call<{ ApiVersion: string }>('GET', '/version')
    const can = Number(ApiVersion.split('.')[1]) >= 45
    if (!can) {
      // The reference mounts the whole volume instead and says nothing.
      if (s.tool === 'stack') await s.step('it cannot, and that is said', 'up -d', failsWith(1), prints(/subpath/i))
      return
    }
    await s.step('fill first', 'up -d fill', eventually(exited('fill', 0)))
    await s.step('up', 'up -d', inside('web', 'cat /in/file', /deep/))
  },
)

scenario(
  'a secret from a file lies in /run/secrets',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, secrets: [token, { source: token, target: other }] } }\nsecrets: { token: { file: ./token.txt } }`,
      'token.txt': 'from-a-file\n',
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      inside('web', 'cat /run/secrets/token', /from-a-file/),
      inside('web', 'cat /run/secrets/other', /from-a-file/),
    )
  },
)

scenario(
  "a secret from the environment has its owner and mode and stays out of the container's environment",
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, secrets: [{ source: token, target: mine, uid: "1005", gid: "1006", mode: 0440 }] } }\nsecrets: { token: { environment: TOKEN } }`,
    },
  },
  async (s) => {
    const env = { TOKEN: 'from-the-shell' }
    await s.step(
      'up',
      { run: 'up -d', env },
      inside('web', 'cat /run/secrets/mine', /^from-the-shell$/m),
      inside('web', 'stat -c "%u %g %a" /run/secrets/mine', /1005 1006 440/),
      holds(
        'no environment of the container has it',
        async (world) => !JSON.stringify((await world.containers('web'))[0]!.Config.Env).includes('from-the-shell'),
      ),
    )
  },
)

scenario(
  'a secret never shows in what the tool prints',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, secrets: [token] } }\nsecrets: { token: { environment: TOKEN } }`,
    },
  },
  async (s) => {
    const env = { TOKEN: 'do-not-print-me' }
    const up = await s.step('up', { run: 'up -d', env }, running('web'))
    const again = await s.step('with another value', { run: 'up -d', env: { TOKEN: 'nor-me-either' } })
    if (/do-not-print-me|nor-me-either/.test(up.stdout + up.stderr + again.stdout + again.stderr))
      throw new Error('the secret was printed')
  },
)

scenario(
  'configs from content, from the environment and from a file lie where they are wanted',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, configs: [plain, { source: shell, target: /etc/shell.conf, mode: 0400 }, { source: file, target: /etc/file.conf }] } }
configs: { plain: { content: "who = \${WHO}\\n" }, shell: { environment: CONF }, file: { file: ./app.conf } }
`,
      'app.conf': 'from = file\n',
    },
  },
  async (s) => {
    await s.step(
      'up',
      { run: 'up -d', env: { WHO: 'me', CONF: 'from = shell' } },
      inside('web', 'cat /plain', /who = me/),
      inside('web', 'cat /etc/shell.conf', /from = shell/),
      inside('web', 'stat -c %a /etc/shell.conf', /400/),
      inside('web', 'cat /etc/file.conf', /from = file/),
    )
  },
)

scenario(
  'an external secret is refused in words',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, secrets: [token] } }\nsecrets: { token: { external: true } }`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      {
        says: 'is refused',
        aboutExit: true,
        test: ({ last }) => {
          if (last?.code === 0) throw new Error('it was taken')
        },
      },
      prints('token'),
    )
  },
)

scenario(
  'a container that cannot be written to still gets what it needs',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, read_only: true, tmpfs: [/tmp], secrets: [token] } }\nsecrets: { token: { file: ./token.txt } }`,
      'token.txt': 'x\n',
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      running('web'),
      shows('web', 'HostConfig.ReadonlyRootfs', true),
      inside('web', 'touch /x 2>&1 || echo refused', /refused/),
      inside('web', 'cat /run/secrets/token', /x/),
    )
  },
)

scenario(
  'an anonymous volume of packages is renewed when the lock file in the image changed, also below a bind mount',
  {
    files: {
      'compose.yaml': `services:
  app: { build: ./app, init: true, volumes: ["./app:/app", /app/node_modules, /app/cache] }
  lib: { build: ./lib, init: true, volumes: [/app/node_modules] }
`,
      'app/Dockerfile': packages,
      'app/package-lock.json': '1\n',
      'app/main.js': 'first\n',
      'lib/Dockerfile': packages,
      'lib/package-lock.json': '1\n',
      'lib/main.js': 'first\n',
    },
    differs: 'the reference keeps them all',
  },
  async (s) => {
    const volumesOf = async (service: string): Promise<ReadonlyMap<string, string>> => {
      const containers = await s.engine.containers(s.project)
      const found = containers.find(({ Config }) => Config.Labels['com.docker.compose.service'] === service)
      const mounts = found?.['Mounts'] as readonly { readonly Name?: string; readonly Destination: string }[]
      return new Map(mounts.map(({ Name = '', Destination }) => [Destination, Name]))
    }
    await s.step('up', 'up -d', inside('app', 'cat node_modules/made-of', /^1$/m))
    const first = await volumesOf('app')
    await s.write('app/main.js', 'second\n')
    await s.write('lib/main.js', 'second\n')
    await s.step('another image of the same packages', 'up -d --build', recreated('app'), recreated('lib'))
    await s.check(
      'the volumes are the same',
      holds('app has its volumes', async () => isDeepStrictEqual(await volumesOf('app'), first)),
    )
    await s.write('app/package-lock.json', '2\n')
    await s.write('lib/package-lock.json', '2\n')
    await s.step(
      'an image of other packages',
      'up -d --build',
      inside('app', 'cat node_modules/made-of', /^2$/m),
      inside('lib', 'cat node_modules/made-of', /^2$/m),
      holds(
        'what is no folder of packages stays',
        async () => (await volumesOf('app')).get('/app/cache') === first.get('/app/cache'),
      ),
      holds('nothing is left of the look', async (world) => (await world.containers()).length === 2),
    )
  },
)

scenario(
  'an image is mounted by the name of the service that builds it, and followed when it is built anew',
  {
    differs: 'the reference 5.1 to 5.4 mounts a digest that the engine does not find',
    files: {
      'compose.yaml': `services:
  web: { ${sleeper}, volumes: [{ type: image, source: files, target: /files }] }
  files: { build: { context: ., dockerfile_inline: "FROM scratch\\nCOPY note.txt /" }, command: [x], scale: 0 }
`,
      'note.txt': 'one',
    },
  },
  async (s) => {
    const { ApiVersion } = await s.engine.call<{ readonly ApiVersion: string }>('GET', '/version')
    if (Number(ApiVersion.split('.')[1]) < 48) {
      await s.step('an old engine', 'up -d', failsWith(1), prints('needs'))
      return
    }
    await s.step('up', 'up -d', inside('web', 'cat /files/note.txt', /^one$/))
    await s.step('again', 'up -d', untouched('web'))
    await s.step('built again, the same', 'up -d --build', untouched('web'))
    await s.write('note.txt', 'two')
    await s.step('built anew', 'up -d --build', recreated('web'), inside('web', 'cat /files/note.txt', /^two$/))
    await s.step('run, which leaves the other service off', 'run --rm -T web cat /files/note.txt', stdout(/^two$/))
    await s.step('down', 'down --rmi local', nothingLeft())
  },
)
