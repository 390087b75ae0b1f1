import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { unpackPackages } from './debian-packages.ts'
import { toFileEntry } from './root-entries.ts'
import { runTool } from '../../src/system/run-tool.ts'
import type { ImageMaking, MadeImage } from './made-image.ts'
import type { RootEntry } from './root-entries.ts'

export const SEARCH_PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** A shell and the small tools of Unix, from Debian's statically linked BusyBox. */
export const makeBusyboxImage = async (making: ImageMaking): Promise<MadeImage> => {
  const entries = [...(await toBusyboxEntries(making)), ...toSystemEntries([])]
  return { entries, changes: [`ENV ${SEARCH_PATH}`, 'CMD ["sh"]'] }
}

/** BusyBox with a link for each of its tools. */
export const toBusyboxEntries = async ({ folder, signal }: ImageMaking): Promise<readonly RootEntry[]> => {
  const root = join(folder, 'busybox')
  const program = join(root, 'bin/busybox')
  if (!existsSync(program)) await unpackPackages(['busybox-static'], { root, signal })
  const tools = (await runTool(program, ['--list'], { signal }))
    .trim()
    .split('\n')
    .filter((tool) => tool !== 'busybox')
  return [
    { kind: 'directory', path: '/bin' },
    await toFileEntry(program, '/bin/busybox'),
    ...tools.map((tool): RootEntry => ({ kind: 'link', path: `/bin/${tool}`, target: 'busybox' })),
    { kind: 'directory', path: '/usr/bin' },
    { kind: 'link', path: '/usr/bin/env', target: '/bin/busybox' }, // where scripts name it: #!/usr/bin/env node
  ]
}

export type ImageUser = { readonly name: string; readonly id: number; readonly home: string; readonly shell: string }

/** What every root file system has: users, groups, name resolution, places to write to. */
export const toSystemEntries = (users: readonly ImageUser[]): readonly RootEntry[] => {
  const passwd = ['root:x:0:0:root:/root:/bin/sh', 'nobody:x:65534:65534:nobody:/:/bin/false']
  const group = ['root:x:0:', 'nogroup:x:65534:']
  for (const user of users) {
    passwd.push(`${user.name}:x:${user.id}:${user.id}::${user.home}:${user.shell}`)
    group.push(`${user.name}:x:${user.id}:`)
  }
  return [
    { kind: 'directory', path: '/etc' },
    { kind: 'text', path: '/etc/passwd', text: `${passwd.join('\n')}\n` },
    { kind: 'text', path: '/etc/group', text: `${group.join('\n')}\n` },
    { kind: 'text', path: '/etc/nsswitch.conf', text: 'passwd: files\ngroup: files\nhosts: files dns\n' },
    ...['/proc', '/sys', '/dev', '/run', '/var', '/usr', '/usr/local'].map((path): RootEntry => ({
      kind: 'directory',
      path,
    })),
    { kind: 'directory', path: '/root', mode: 0o700 },
    { kind: 'directory', path: '/tmp', mode: 0o1777 },
    ...users.map((user): RootEntry => ({ kind: 'directory', path: user.home, owner: user.id })),
  ]
}
