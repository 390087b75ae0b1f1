import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toFileEntry, toLibraryEntries, toTar, type RootEntry } from '../../bin/base-images/root-entries.ts'
import { createEngineApi } from './engine-api.ts'
import { objectLabel } from './cleanup.ts'

const gnuTools = [
  'sh',
  'tar',
  'head',
  'rm',
  'mkdir',
  'mv',
  'stat',
  'readlink',
  'chown',
  'sha256sum',
  'sleep',
  'cat',
  'grep',
  'ln',
]

/** Why this machine cannot make an image of its own programs. */
export const whyNoMachineImage = (): string | undefined =>
  process.platform === 'linux' && /GNU tar/.test(execFileSync('tar', ['--version'], { encoding: 'utf8' }))
    ? undefined
    : 'its programs are not those of GNU on Linux'

/** An image of this machine's own GNU programs, as Debian's has them, less those named. */
export const makeGnuImage = (project: string, { without = [] }: { readonly without?: readonly string[] } = {}) =>
  makeImage(
    project,
    gnuTools.filter((tool) => !without.includes(tool)),
  )

/** An image that holds one program and no shell. */
export const makeBareImage = (project: string): Promise<string> => makeImage(project, ['sleep'])

const makeImage = async (project: string, tools: readonly string[]): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'stack-image-'))
  try {
    const programs = tools.map((tool) => execFileSync('which', [tool], { encoding: 'utf8' }).trim())
    const entries: RootEntry[] = [
      ...['/bin', '/etc', '/proc', '/dev', '/sys'].map((path): RootEntry => ({ kind: 'directory', path })),
      { kind: 'directory', path: '/tmp', mode: 0o1777 },
      { kind: 'text', path: '/etc/passwd', text: 'root:x:0:0::/:/bin/sh\napp:x:1234:2345::/:/bin/sh\n' },
      ...(await Promise.all(programs.map((program, index) => toFileEntry(program, `/bin/${tools[index]}`)))),
      ...(await toLibraryEntries(programs, { signal: AbortSignal.timeout(30_000) })),
    ]
    const name = `${project}-${tools.length}`
    const query = new URLSearchParams({ fromSrc: '-', repo: name, tag: 'latest' })
    for (const change of ['ENV PATH=/bin', 'CMD ["sleep","600"]', `LABEL ${objectLabel}=${project}`])
      query.append('changes', change)
    const body = Buffer.concat(await toTar(entries).toArray())
    await createEngineApi().call('POST', `/images/create?${String(query)}`, body)
    return name
  } finally {
    await rm(folder, { recursive: true })
  }
}
