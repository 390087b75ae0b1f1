import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exited, holds, running } from '../support/checks.ts'
import { failsWith, prints, stdout } from '../support/output-checks.ts'
import { scenario, type Check } from '../support/scenario.ts'
import { job, sleeper } from '../support/snippets.ts'

/** What a container has become, kept as an image or as a tar. */

const tarWith = (file: string, entry: string): Check =>
  holds(`${file} is a tar with ${entry}`, async ({ folder }) => (await readFile(join(folder, file))).includes(entry))

scenario(
  'commit makes an image of what a container has become',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper} }, kept: { image: "\${COMMITTED:-stack-base/busybox}", command: cat /kept, profiles: [later] } }`,
    },
  },
  async (s) => {
    const image = `${s.project}:kept`
    await s.step('up', 'up -d', running('web'))
    await s.step('something new in it', ['exec', '-T', 'web', 'sh', '-c', 'echo new > /kept'])
    await s.step(
      'commit',
      [
        'commit',
        '--message',
        'with it',
        '-a',
        'me',
        '-c',
        'ENV KIND=kept',
        '-c',
        'LABEL a=b',
        '--pause=false',
        'web',
        image,
      ],
      prints(/Committed as sha256:/),
    )
    const { Config, Comment, Author } = (await s.engine.call('GET', `/images/${image}/json`)) as {
      Config: { Env: string[]; Labels: object }
      Comment: string
      Author: string
    }
    await s.check(
      'the image is what was asked for',
      holds(
        'instructions, message and author',
        () => Config.Env.includes('KIND=kept') && 'a' in Config.Labels && Comment === 'with it' && Author === 'me',
      ),
    )
    await s.step('run it', { run: ['run', '--rm', '-T', 'kept'], env: { COMMITTED: image } }, stdout(/^new\n$/))
    await s.engine.call('DELETE', `/images/${image}?force=true`)
  },
)

scenario(
  'commit of a service that does not run says so',
  {
    files: { 'compose.yaml': `services: { web: { ${job('true')} } }` },
  },
  async (s) => {
    await s.step('up', 'up', exited('web', 0))
    await s.step('commit', 'commit web x:y', failsWith(1), prints(/not running/))
    await s.step('export', 'export -o web.tar web', failsWith(1), prints(/not running/))
    await s.step('commit what is not there', 'commit other x:y', failsWith(1))
  },
)

scenario(
  'export writes a file or standard output, of the replica that is asked for',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, scale: 2 } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web', 2))
    await s.step('a file in the second', ['exec', '-T', '--index', '2', 'web', 'touch', '/only-in-the-second'])
    await s.step('export', 'export --index 2 -o second.tar web', tarWith('second.tar', 'only-in-the-second'))
    await s.step(
      'export the first',
      'export --output first.tar web',
      holds(
        'it is not in the first',
        async ({ folder }) => !(await readFile(join(folder, 'first.tar'))).includes('only-in-the-second'),
      ),
    )
    await s.step('export to standard output', 'export --index 2 web', stdout(/only-in-the-second/))
    await s.step('a replica that is not there', 'export --index 9 -o ninth.tar web', failsWith(1))
  },
)
