import { createConnection, createServer, type AddressInfo } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { holds, inside, nothingLeft, running, says, shows, untouched } from '../support/checks.ts'
import { exits, failsWith, lines, prints, stderr, stdout } from '../support/output-checks.ts'
import { scenario } from '../support/scenario.ts'
import { job, sleeper } from '../support/snippets.ts'
import { cleanEnvironment, runCommand } from '../support/tool.ts'

/** What `docker` itself is set up with on this machine: logins, proxies, and the way to the engine. */

const socket = /^unix:\/\/(.*)/.exec(process.env['DOCKER_HOST'] ?? '')?.[1] ?? '/var/run/docker.sock'

/** A folder for `DOCKER_CONFIG`, which still knows where this machine's plugins are. */
const configured = (config: object) => ({
  'docker/config.json': JSON.stringify({ cliPluginsExtraDirs: [join(homedir(), '.docker/cli-plugins')], ...config }),
})
const withConfig = (folder: string, run: string | readonly string[]) => ({
  run,
  env: { DOCKER_CONFIG: join(folder, 'docker') },
})

/** The engine on a TCP port, as far as the tool can see. */
const forwardTo = async (path: string): Promise<{ readonly port: number; close(): Promise<void> }> => {
  const server = createServer((client) => {
    const engine = createConnection(path)
    for (const socketOfTwo of [client, engine])
      socketOfTwo.on('error', () => [client, engine].forEach((each) => each.destroy()))
    client.pipe(engine).pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

const login = { auths: { 'registry.example': { auth: Buffer.from('me:secret').toString('base64') } } }

scenario(
  'use_api_socket gives a service the engine and the logins of this machine, and no other service',
  {
    files: {
      ...configured(login),
      'compose.yaml': `services: { web: { ${sleeper}, use_api_socket: true }, other: { ${sleeper} } }`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      withConfig(s.folder, 'up -d'),
      running('web'),
      shows('web', 'HostConfig.Binds', [`${socket}:/var/run/docker.sock:rw`]),
      shows('web', 'Config.Env', /"DOCKER_CONFIG=\/run\/secrets\/docker"/),
      inside(
        'web',
        'test -S /var/run/docker.sock && ls -l /run/secrets/docker/config.json && cat /run/secrets/docker/config.json',
        /^-r--r--r-- [^]*"registry\.example": \{\s*"auth": "bWU6c2VjcmV0"/,
      ),
      shows('other', 'HostConfig.Binds', /^(null|\[\])$/),
      shows('other', 'Config.Env', /^(?!.*DOCKER_CONFIG)/),
    )
    await s.step('up again changes nothing', withConfig(s.folder, 'up -d'), untouched('web'))
    await s.step('down leaves nothing', 'down', nothingLeft())
  },
)

scenario(
  'a service with use_api_socket is taken over from Docker Compose, and by it',
  {
    only: 'both tools are run in it',
    files: {
      ...configured(login),
      'compose.yaml': `services: { web: { ${sleeper}, use_api_socket: true, environment: { A: b, Z: y } } }`,
    },
  },
  async (s) => {
    const docker = { cwd: s.folder, env: { ...cleanEnvironment(), DOCKER_CONFIG: join(s.folder, 'docker') } }
    const compose = async () => {
      const { code, stderr } = await runCommand(['docker', 'compose', 'up', '-d'], docker)
      if (code !== 0) throw new Error(stderr)
    }
    await compose()
    await s.step('up', withConfig(s.folder, 'up -d'), untouched('web'))
    await s.step('up anew', withConfig(s.folder, 'up -d --force-recreate'), running('web'))
    const [before] = await s.engine.containers(s.project)
    await compose()
    await s.check(
      'it is the same container',
      holds('nothing was made anew', async (world) => (await world.containers('web'))[0]!.Id === before!.Id),
    )
  },
)

scenario(
  'use_api_socket leaves a DOCKER_CONFIG of the service as it is',
  {
    files: {
      ...configured(login),
      'compose.yaml': `services: { web: { ${sleeper}, use_api_socket: true, environment: { DOCKER_CONFIG: /mine } } }`,
    },
  },
  async (s) => {
    await s.step('up', withConfig(s.folder, 'up -d'), shows('web', 'Config.Env', /"DOCKER_CONFIG=\/mine"/))
  },
)

scenario(
  'a one-off of a service with use_api_socket has the logins too',
  {
    files: { ...configured(login), 'compose.yaml': `services: { web: { ${sleeper}, use_api_socket: true } }` },
  },
  async (s) => {
    await s.step(
      'run',
      withConfig(s.folder, ['run', '--rm', '-T', 'web', 'cat', '/run/secrets/docker/config.json']),
      prints(/bWU6c2VjcmV0/),
    )
  },
)

scenario(
  'use_api_socket with an engine that is not behind a socket here is refused before anything is made',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, use_api_socket: true } }` },
    only: 'needs an engine on a TCP port, which only a forwarder of the test provides',
  },
  async (s) => {
    const forwarder = await forwardTo(socket)
    try {
      await s.step(
        'up',
        { run: 'up -d', env: { DOCKER_HOST: `tcp://127.0.0.1:${forwarder.port}` } },
        failsWith(1),
        prints(/use_api_socket.*Unix socket/),
        nothingLeft(),
      )
    } finally {
      await forwarder.close()
    }
  },
)

const proxies = {
  proxies: {
    default: { httpProxy: 'http://proxy.example:1', httpsProxy: 'http://proxy.example:2', noProxy: 'near.example' },
  },
}

scenario(
  "proxies of Docker's configuration reach containers, below what the file says",
  {
    files: {
      ...configured(proxies),
      'compose.yaml': `services: { web: { ${job('env | sort')}, environment: { http_proxy: mine, NO_PROXY: } } }`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      withConfig(s.folder, 'up --no-log-prefix'),
      says('web', /^HTTPS_PROXY=http:\/\/proxy\.example:2\nHTTP_PROXY=http:\/\/proxy\.example:1\n/m),
      says('web', /^http_proxy=mine$/m),
      says('web', /^https_proxy=http:\/\/proxy\.example:2\nno_proxy=near\.example$/m),
      says('web', /^(?![^]*NO_PROXY=)/),
    )
    await s.step(
      'run',
      withConfig(s.folder, ['run', '--rm', '-T', 'web', 'env']),
      prints(/^HTTPS_PROXY=http:\/\/proxy\.example:2$/m),
    )
  },
)

scenario(
  'proxies for one engine take the place of the default ones',
  {
    files: {
      ...configured({ proxies: { ...proxies.proxies, [`unix://${socket}`]: { allProxy: 'socks://near.example' } } }),
      'compose.yaml': `services: { web: { ${job('env | grep -i proxy')} } }`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      withConfig(s.folder, 'up --no-log-prefix'),
      exits(0),
      says('web', /all_proxy=socks:\/\/near\.example/i),
      says('web', /^(?![^]*proxy\.example)/),
    )
  },
)

scenario(
  "proxies of Docker's configuration are arguments of builds, below those of the file",
  {
    differs: 'the reference passes both spellings on, and the builder takes either',
    files: {
      ...configured(proxies),
      Dockerfile: 'FROM stack-base/busybox\nRUN env | grep -i proxy > /proxies\nCMD ["cat", "/proxies"]\n',
      'compose.yaml': 'services: { web: { build: { context: ., args: { HTTP_PROXY: mine } } } }',
    },
  },
  async (s) => {
    // Proxies are no part of what BuildKit knows a step by: what an earlier build got would be taken.
    await s.step('build', withConfig(s.folder, 'build --no-cache'))
    await s.step(
      'up',
      'up --no-log-prefix',
      says('web', /^HTTP_PROXY=mine$/m),
      says('web', /^https_proxy=http:\/\/proxy\.example:2$/m),
      says('web', /^no_proxy=near\.example$/m),
    )
    await s.step('down', 'down --rmi local', nothingLeft())
  },
)

scenario(
  'psFormat and statsFormat are the formats of the lists, unless the command line has one',
  {
    files: {
      ...configured({ psFormat: 'ps {{.Service}} {{.State}}', statsFormat: 'stats {{.Name}}' }),
      'compose.yaml': `services: { web: { ${sleeper} } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.step('ps', withConfig(s.folder, 'ps'), lines('ps web running'))
    await s.step('stats', withConfig(s.folder, 'stats --no-stream'), lines('stats %p-web-1'))
    await s.step('a table all the same', withConfig(s.folder, 'ps --format table'), stdout(/^NAME .*\n%?.*-web-1 /))
    await s.step('another', withConfig(s.folder, ['ps', '--format', '{{.Name}}']), lines('%p-web-1'))
    await s.step('ids', withConfig(s.folder, 'ps -q'), stdout(/^[0-9a-f]{64}\n$/))
  },
)

scenario(
  'a psFormat that asks for what is not built is named as the cause',
  {
    only: 'the reference has all of Go’s templates',
    files: {
      'docker/config.json': JSON.stringify({ psFormat: '{{.Label "a"}}' }),
      'compose.yaml': `services: { web: { ${sleeper} } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.step('ps', withConfig(s.folder, 'ps'), exits(1), stderr(`"psFormat" of Docker's config.json`))
  },
)
