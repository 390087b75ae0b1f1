import { openRegistry } from '../docker/registry.ts'
import { inside, running, shows } from '../support/checks.ts'
import { failsWith, json, prints, stdout } from '../support/output-checks.ts'
import { scenario } from '../support/scenario.ts'

/** Images pinned to what their registry has. */

scenario('config pins images to what the registry has now, and up takes the lock', { files: {} }, async (s) => {
  const registry = await openRegistry()
  try {
    const image = `${registry.host}/${s.project}/app`
    await s.write('Dockerfile', 'FROM stack-base/busybox\nARG WHO=one\nRUN echo $WHO > /who\nCMD ["sleep", "600"]\n')
    const file = (build: string) =>
      s.write(
        'compose.yaml',
        `services: { web: { image: "${image}:1"${build}, init: true, labels: { price: "5 $$" } }, other: { build: . } }`,
      )
    await file(', build: .')
    await s.step('build and push', 'build web')
    await s.step('push', 'push web')
    const first = await s.step(
      'lock',
      'config --lock-image-digests',
      stdout(new RegExp(`image: ${image}:1@sha256:[0-9a-f]{64}`)),
    )
    const pinned = /image: (\S+)/.exec(first.stdout)?.[1] ?? ''
    await s.write('lock.yaml', first.stdout)
    await s.step('the registry gets another one', ['build', '--build-arg', 'WHO=two', 'web'])
    await s.step('push it', 'push web')
    await s.step(
      'resolved it is the new one',
      'config --resolve-image-digests --format json',
      json(
        'web is pinned to another digest, other is as it was',
        ({ services: { web, other } }) =>
          web.image.startsWith(`${image}:1@sha256:`) &&
          web.image !== pinned &&
          other.image === undefined &&
          web.labels.price === '5 $$',
      ),
    )
    await file('')
    await s.step(
      'the lock leads to the first',
      '-f compose.yaml -f lock.yaml up -d --no-build web',
      running('web'),
      shows('web', 'Config.Image', pinned),
      inside('web', 'cat /who', /one/),
    )
    await s.step('down', 'down')
    for (const name of [pinned, `${image}:1`]) await s.engine.raw('DELETE', `/images/${name}?force=1`)
  } finally {
    registry.close()
  }
})

const older = 'pre_start is newer than the reference at hand'

scenario(
  "images of hooks and mounts are pinned, pulled and used like a service's own",
  { only: older, files: {} },
  async (s) => {
    const registry = await openRegistry()
    try {
      const image = `${registry.host}/${s.project}/tool:1`
      const main = `${registry.host}/${s.project}/main:1`
      const own = `image: "${main}", init: true, command: sleep 600`
      await s.write('Dockerfile', 'FROM stack-base/busybox\nRUN echo told > /word\n')
      await s.write(
        'build.yaml',
        `services: { tool: { image: "${image}", build: . }, main: { image: "${main}", build: . } }`,
      )
      await s.write(
        'compose.yaml',
        `services:
  web: { ${own}, volumes: ["./out:/out"], pre_start: [{ image: "${image}", command: ["cp", "/word", "/out/one"] }, { image: "${image}", command: ["cp", "/word", "/out/two"] }] }
  job: { ${own}, pull_policy: always, volumes: ["./out:/out"], pre_start: [{ image: "${image}", command: ["cp", "/word", "/out/three"] }] }
  mount: { ${own}, profiles: [mount], volumes: [{ type: image, source: "${image}", target: /data }] }
`,
      )
      const pulls = () => registry.seen.filter((call) => /tool\/manifests\/1 /.test(call)).length
      await s.step('build', '-f build.yaml build')
      await s.step('push', '-f build.yaml push')
      await s.step(
        'pinned',
        '--profile mount config --resolve-image-digests --format json',
        json('each of them has the digest', ({ services: { web, mount } }) =>
          [web.pre_start[0].image, web.pre_start[1].image, mount.volumes[0].source].every((one: string) =>
            one.startsWith(`${image}@sha256:`),
          ),
        ),
      )
      await s.engine.raw('DELETE', `/images/${image}?force=1`)
      const end = await s.step(
        'up',
        '--progress plain up -d',
        running('web'),
        running('job'),
        inside('web', 'cat /out/*', /^told\ntold\ntold$/m),
      )
      const count = end.stderr.match(/Image \S+tool:1\s+Pulled/g)?.length
      if (count !== 1) throw new Error(`it was pulled ${count} times:\n${end.stderr}`)
      const before = pulls()
      await s.step('up again', 'up -d', running('job'))
      if (pulls() === before) throw new Error('pull_policy always was not obeyed')
      await s.step('down', 'down')
      await s.engine.raw('DELETE', `/images/${image}?force=1`)
      await s.step('pull', 'pull web')
      await s.step('what was pulled is enough', 'up -d --pull never web', running('web'))
      await s.step('down', 'down')
      for (const name of [image, main]) await s.engine.raw('DELETE', `/images/${name}?force=1`)
    } finally {
      registry.close()
    }
  },
)

scenario(
  'a registry that nobody answers for is said in words',
  { files: { 'compose.yaml': 'services: { web: { image: "127.0.0.1:1/app" } }' } },
  async (s) => {
    await s.step(
      'resolve',
      'config --resolve-image-digests',
      failsWith(1),
      prints('127.0.0.1:1'),
      prints('nobody answers at'),
    )
    await s.step(
      'without an engine',
      { run: 'config --lock-image-digests', env: { DOCKER_HOST: 'unix:///nowhere.sock' } },
      failsWith(4),
      prints('nowhere.sock'),
    )
  },
)
