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

scenario(
  'a registry that nobody answers for is said in words',
  { files: { 'compose.yaml': 'services: { web: { image: "127.0.0.1:1/app" } }' } },
  async (s) => {
    await s.step(
      'resolve',
      'config --resolve-image-digests',
      failsWith(1),
      prints('127.0.0.1:1'),
      prints('connection refused'),
    )
    await s.step(
      'without an engine',
      { run: 'config --lock-image-digests', env: { DOCKER_HOST: 'unix:///nowhere.sock' } },
      failsWith(4),
      prints('nowhere.sock'),
    )
  },
)
