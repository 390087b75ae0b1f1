import { eventually, exited, holds, inside, network, nothingLeft, running, says, shows } from '../support/checks.ts'
import { failsWith, prints } from '../support/output-checks.ts'
import { freePorts } from '../support/objects.ts'
import { scenario } from '../support/scenario.ts'
import { daemon, job, sleeper } from '../support/snippets.ts'

/** Who reaches whom, and under which name. */

scenario(
  'services reach each other by service name, container name and alias',
  {
    files: {
      'compose.yaml': `services:
  web: { ${sleeper} }
  db: { ${sleeper}, networks: { default: { aliases: [database] } } }
`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      running('web'),
      running('db'),
      inside('web', 'ping -c1 -W2 db && ping -c1 -W2 database', /1 packets received/),
      inside('web', `ping -c1 -W2 ${s.project}-db-1`, /1 packets received/),
    )
  },
)

scenario(
  'services of different networks do not reach each other, the one on both reaches all',
  {
    files: {
      'compose.yaml': `services:
  web: { ${sleeper}, networks: [front] }
  api: { ${sleeper}, networks: [front, back] }
  db: { ${sleeper}, networks: [back] }
networks: { front: {}, back: {} }
`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      network('front'),
      network('back'),
      network('default', false),
      inside('api', 'ping -c1 -W2 db && ping -c1 -W2 web', /1 packets received/),
      inside('web', 'ping -c1 -W1 db 2>&1 || echo unreachable', /unreachable/),
    )
  },
)

scenario(
  'a fixed address on a network with a subnet of its own',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, networks: { net: { ipv4_address: "10.\${OCTET}.7.9" } } } }
networks: { net: { ipam: { config: [{ subnet: "10.\${OCTET}.7.0/24", gateway: "10.\${OCTET}.7.1" }] } } }
`,
    },
  },
  async (s) => {
    const octet = String(60 + Math.floor(Math.random() * 160))
    const address = new RegExp(`10\\.${octet}\\.7\\.9`)
    await s.step('up', { run: 'up -d', env: { OCTET: octet } }, running('web'), inside('web', 'hostname -i', address))
  },
)

scenario(
  "a hardware address of one's own",
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, mac_address: "02:42:ac:11:65:43" } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), inside('web', 'cat /sys/class/net/eth0/address', /02:42:ac:11:65:43/))
  },
)

scenario(
  "network_mode none has no network, host has the machine's own",
  {
    files: {
      'compose.yaml': `services: { alone: { ${sleeper}, network_mode: none }, open: { ${sleeper}, network_mode: host } }`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      shows('alone', 'HostConfig.NetworkMode', 'none'),
      shows('open', 'HostConfig.NetworkMode', 'host'),
      inside('alone', 'ls /sys/class/net', /^lo$/m),
      network('default', false),
    )
  },
)

scenario(
  "network_mode service shares the other one's network and starts after it",
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, network_mode: "service:vpn" }, vpn: { ${sleeper}, hostname: the-vpn } }`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      running('web'),
      inside('web', 'hostname', /the-vpn/),
      shows('web', 'HostConfig.NetworkMode', /container:[0-9a-f]{12,}/),
    )
  },
)

scenario(
  'network_mode container shares the network of a foreign container',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, network_mode: "container:\${OTHER}" } }` },
  },
  async (s) => {
    const id = await s.objects.container(`${s.project}-foreign`, { Hostname: 'foreign' })
    await s.step('up', { run: 'up -d', env: { OTHER: id } }, running('web'), inside('web', 'hostname', /foreign/))
  },
)

scenario(
  'ipc and pid can be shared between services',
  {
    files: {
      'compose.yaml': `services:
  one: { ${sleeper}, ipc: shareable }
  two: { ${sleeper}, ipc: "service:one", pid: "service:one" }
`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      running('two'),
      shows('two', 'HostConfig.IpcMode', /container:/),
      shows('two', 'HostConfig.PidMode', /container:/),
      inside('two', 'ps | grep -c "sleep 600"', /[2-9]/),
    )
  },
)

scenario(
  'a link gives a name and an order',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, links: ["db:store"] }, db: { ${sleeper} } }` },
  },
  async (s) => {
    await s.step('up', 'up -d web', running('db'), inside('web', 'ping -c1 -W2 store', /1 packets received/))
  },
)

scenario(
  'extra hosts, dns settings, hostname and domainname reach the container',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, hostname: box, domainname: example.test, extra_hosts: ["somewhere=10.1.2.3", "host.docker.internal:host-gateway"], dns: [10.9.8.7], dns_search: [example.test], dns_opt: ["ndots:2"] } }`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      inside('web', 'cat /etc/hosts', /10\.1\.2\.3\s+somewhere/),
      inside('web', 'cat /etc/hosts', /host\.docker\.internal/),
      shows('web', 'HostConfig.Dns', ['10.9.8.7']),
      shows('web', 'HostConfig.DnsSearch', ['example.test']),
      shows('web', 'HostConfig.DnsOptions', ['ndots:2']),
      shows('web', 'Config.Hostname', 'box'),
      shows('web', 'Config.Domainname', 'example.test'),
    )
  },
)

scenario(
  'an internal network has no way out',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, networks: [inner] } }\nnetworks: { inner: { internal: true } }`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      holds('the network is internal', async (world) => {
        const [one] = await world.engine.networks(world.project)
        return (one as unknown as { Internal: boolean }).Internal
      }),
    )
  },
)

scenario(
  'an external network is used, and neither made nor removed',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, networks: [shared] } }\nnetworks: { shared: { external: true, name: "\${NET}" } }`,
    },
  },
  async (s) => {
    const name = `${s.project}-shared`
    await s.step('without it, up fails and says so', { run: 'up -d', env: { NET: name } }, failsWith(1), prints(name))
    const id = await s.objects.network(name)
    await s.step(
      'up',
      { run: 'up -d', env: { NET: name } },
      running('web'),
      shows('web', 'NetworkSettings.Networks', new RegExp(id)),
    )
    await s.step(
      'down',
      { run: 'down', env: { NET: name } },
      nothingLeft(),
      holds('the network is there', () => s.objects.hasNetwork(name)),
    )
  },
)

scenario(
  'an external network that is missing hurts only who uses it',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper} }, api: { ${sleeper}, networks: [shared] } }\nnetworks: { shared: { external: true, name: no-such-network-anywhere } }`,
    },
  },
  async (s) => {
    await s.step('up of the other', 'up -d web', running('web'))
  },
)

scenario(
  'a published port answers on the address that was asked for',
  {
    files: {
      'compose.yaml': `services: { web: { ${daemon('mkdir -p /www; echo served > /www/index.html; httpd -p 80 -h /www')}, ports: ["127.0.0.1:\${PORT}:80"] } }`,
    },
  },
  async (s) => {
    const port = await freePorts()
    const env = { PORT: String(port) }
    await s.step(
      'up',
      { run: 'up -d', env },
      running('web'),
      shows('web', 'HostConfig.PortBindings', { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] }),
    )
    await s.step('port', { run: 'port web 80', env }, prints(`127.0.0.1:${port}`))
    await s.check(
      'the page is served',
      eventually(
        holds(
          'the answer is the page',
          async () => (await (await fetch(`http://127.0.0.1:${port}/`)).text()).trim() === 'served',
        ),
      ),
    )
  },
)

scenario(
  'exposed ports and ranges are known to the engine and not published',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, expose: ["3000", "4000-4002/udp"] } }` },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      running('web'),
      shows('web', 'Config.ExposedPorts', /"3000(\/tcp)?".*"400\d/),
      shows('web', 'HostConfig.PortBindings', {}),
    )
  },
)

scenario(
  'options of the network driver and its labels reach the engine',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper} } }\nnetworks: { default: { driver: bridge, driver_opts: { com.docker.network.driver.mtu: "1400" }, labels: { team: blue } } }`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      inside('web', 'cat /sys/class/net/eth0/mtu', /1400/),
      holds(
        'the label is on the network',
        async (world) => (await world.engine.networks(world.project))[0]?.Labels['team'] === 'blue',
      ),
    )
  },
)

scenario(
  'a network can have a name of its own',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper} } }\nnetworks: { default: { name: "\${COMPOSE_PROJECT_NAME}-special" } }`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      holds(
        'the network has it',
        async (world) => (await world.engine.networks(world.project))[0]?.Name === `${world.project}-special`,
      ),
    )
    await s.step('down', 'down', nothingLeft())
  },
)

scenario(
  'the network with the highest priority is the first',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, networks: { a: {}, b: { priority: 10 } } } }\nnetworks: { a: {}, b: {} }`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      shows('web', 'HostConfig.NetworkMode', `${s.project}_b`),
      shows('web', 'NetworkSettings.Networks', /_a.*_b|_b.*_a/),
    )
  },
)

scenario(
  'a job can ask its neighbour by name as soon as it starts',
  {
    files: {
      'compose.yaml': `services:
  ask: { ${job('wget -q -O- http://web/')}, depends_on: { web: { condition: service_healthy } } }
  web: { ${daemon('mkdir -p /www; echo answer > /www/index.html; httpd -p 80 -h /www')}, healthcheck: { test: wget -q -O- http://127.0.0.1/, interval: 300ms } }
`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', eventually(exited('ask', 0)), says('ask', /answer/))
  },
)
