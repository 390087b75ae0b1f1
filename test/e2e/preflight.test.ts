import { createServer } from 'node:net'
import { once } from 'node:events'
import { nothingLeft, running, untouched } from '../support/checks.ts'
import { failsWith, prints, silentAbout } from '../support/output-checks.ts'
import { freePorts } from '../support/objects.ts'
import { scenario } from '../support/scenario.ts'
import { sleeper } from '../support/snippets.ts'

/** What can be known before anything is changed is told first, all of it, and nothing is left behind. */

scenario(
  'an up that could never work says all that is missing, with its place, and makes nothing',
  {
    files: {
      'compose.yaml': `
services:
  web: { ${sleeper}, networks: [out], secrets: [key] }
  app: { build: { context: ./gone } }
  api: { build: { context: ., dockerfile: Gone } }
  db:
    image: stack-base/busybox
    ports: ["127.0.0.1:\${PORT}:80"]
    security_opt: ["seccomp=./profile.json"]
  far: { ${sleeper}, volumes: ["far:/far"], configs: [settings] }
networks: { out: { external: true, name: nobody-made-it } }
volumes: { far: { external: true, name: nobody-made-it } }
secrets: { key: { file: ./key.txt } }
configs: { settings: { file: ./settings.conf } }
`,
    },
    differs: 'it stops at the first, and leaves what it had made until then',
  },
  async (s) => {
    const port = await freePorts()
    const env = { PORT: String(port) }
    await s.objects.container(`${s.project}-holder`, {
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { Init: true, PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] } },
    })
    const told = [
      prints(/External network "nobody-made-it" does not exist[\s\S]*?compose\.yaml:11:/),
      prints(/External volume "nobody-made-it" does not exist[\s\S]*?compose\.yaml:12:/),
      prints(/The secret "key" of service "web" comes from \S+key\.txt, which is not there[\s\S]*?compose\.yaml:13:/),
      prints(/The config "settings" of service "far" comes from \S+, which is not there[\s\S]*?compose\.yaml:14:/),
      prints(/The build context of service "app" is \S+gone, which is not there[\s\S]*?compose\.yaml:4:/),
      prints(/The Dockerfile of service "api" is \S+Gone, which is not there[\s\S]*?compose\.yaml:5:/),
      prints(/The seccomp profile of service "db" is \S+, which is not there[\s\S]*?compose\.yaml:9:/),
      prints(
        /Port \d+ of 127\.0\.0\.1 of service "db" is already in use by container \S+-holder[\s\S]*?compose\.yaml:8:/,
      ),
      silentAbout(/create_host_path|Dockerfile of service "app"/),
    ]
    if (s.tool === 'compose') return
    await s.step('plan', { run: 'plan', env }, failsWith(1), nothingLeft(), ...told)
    await s.step('up', { run: 'up -d', env }, failsWith(1), nothingLeft(), ...told)
  },
)

scenario(
  'a program that has the port is noticed before anything is made, and a port of one that is replaced is free',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, ports: ["127.0.0.1:\${PORT}:80"], environment: { A: "\${A:-1}" } } }`,
    },
    differs: 'it makes network and container first',
  },
  async (s) => {
    const port = await freePorts()
    const env = { PORT: String(port) }
    if (
      s.tool === 'stack' &&
      process.platform === 'linux' &&
      process.env['DOCKER_HOST']?.startsWith('unix:') !== false
    ) {
      const server = createServer().listen(port, '127.0.0.1')
      await once(server, 'listening')
      await s.step(
        'up',
        { run: 'up -d', env },
        failsWith(1),
        nothingLeft(),
        prints(`Port ${port} of 127.0.0.1 of service "web" is already in use by another program on this machine.`),
      )
      server.close()
      await once(server, 'close')
    }
    await s.step('up when it is free', { run: 'up -d', env }, running('web'))
    await s.step('up again', { run: 'up -d', env }, untouched('web'))
    await s.step('up of something else', { run: 'up -d', env: { ...env, A: '2' } }, running('web'))
    await s.step('stop', { run: 'stop', env })
    await s.step('and up', { run: 'up -d', env: { ...env, A: '2' } }, running('web'))
  },
)
