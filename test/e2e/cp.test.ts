import { existsSync } from 'node:fs'
import { readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { inside, replicas, running } from '../support/checks.ts'
import { failsWith, lines, stderr } from '../support/output-checks.ts'
import { scenario } from '../support/scenario.ts'
import { sleeper } from '../support/snippets.ts'

/** Files in and out of containers, and what links in them must not do. */

scenario(
  'cp copies a file and a folder in and out',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, scale: 2 } }`,
      'in.txt': 'inward\n',
      'folder/deep/file.txt': 'deep\n',
    },
  },
  async (s) => {
    await s.step('up', 'up -d', replicas('web', 1, 2))
    await s.step('a file to every replica', 'cp in.txt web:/tmp/in.txt', inside('web', 'cat /tmp/in.txt', /inward/))
    await s.step('the second has it too', 'exec -T --index 2 web cat /tmp/in.txt', lines('inward'))
    await s.step('a folder', 'cp folder web:/tmp/folder', inside('web', 'cat /tmp/folder/deep/file.txt', /deep/))
    await s.step('out again', 'cp web:/tmp/folder/deep/file.txt out.txt')
    const text = await readFile(join(s.folder, 'out.txt'), 'utf8')
    if (text !== 'deep\n') throw new Error(`out.txt holds ${text}`)
    await s.step('what is not there', 'cp web:/tmp/nothing out2.txt', failsWith(1))
  },
)

scenario(
  'cp --dry-run says what would be copied for every replica, fails where the copy would, and copies nothing',
  {
    differs: 'the reference fails on its way to the dry copy of a file that is not there, and says nothing otherwise',
    files: { 'compose.yaml': `services: { web: { ${sleeper}, scale: 2 } }`, 'in.txt': 'inward\n' },
  },
  async (s) => {
    await s.step('up', 'up -d', replicas('web', 1, 2))
    await s.step(
      'in',
      '--dry-run cp in.txt web:/tmp/in.txt',
      lines(
        '%p-web-1: would copy in.txt to %p-web-1:/tmp/in.txt',
        '%p-web-2: would copy in.txt to %p-web-2:/tmp/in.txt',
      ),
      inside('web', 'ls /tmp | wc -l', /^0/),
    )
    await s.step(
      'out',
      'cp --dry-run web:/etc/hostname ./out.txt',
      lines('%p-web-1: would copy %p-web-1:/etc/hostname to ./out.txt'),
    )
    if (existsSync(join(s.folder, 'out.txt'))) throw new Error('out.txt was written')
    await s.step('no source here', '--dry-run cp nothing.txt web:/tmp/', failsWith(2), stderr('There is no '))
    await s.step('no source there', '--dry-run cp web:/nothing .', failsWith(1), stderr('/nothing'))
    await s.step('no folder here', '--dry-run cp web:/etc/hostname nowhere/a', failsWith(2), stderr('nowhere'))
    const gone = stderr('There is no folder /nowhere in %p-web-1.')
    await s.step('no folder there', '--dry-run cp in.txt web:/nowhere/a', failsWith(2), gone)
    await s.step('so says the copy', 'cp in.txt web:/nowhere/a', failsWith(2), gone)
  },
)

scenario(
  'cp writes through no link that it finds in the folder that was named, and export through none at all',
  { files: { 'compose.yaml': `services: { web: { ${sleeper} } }`, 'outside/kept': 'kept\n' } },
  async (s) => {
    const holds = async (path: string, text: string): Promise<void> => {
      const found = await readFile(join(s.folder, path), 'utf8').catch((error: Error) => error.message)
      if (found !== text) throw new Error(`${path} holds ${found}`)
    }
    const outsideIsKept = async (): Promise<void> => {
      await holds('outside/kept', 'kept\n')
      const names = await readdir(join(s.folder, 'outside'))
      if (names.join() !== 'kept') throw new Error(`outside holds ${names.join()}`)
    }
    await s.step('up', 'up -d', running('web'))
    const make = (script: string) => s.step('in the container', ['exec', '-T', 'web', 'sh', '-c', script])
    await make(`mkdir -p /d && ln -s ${s.folder}/outside /d/sub && ln -s ${s.folder}/outside/kept /d/one`)
    await s.step('a folder with links', 'cp web:/d copy')
    await make('rm /d/one; echo new >/d/one')
    await s.step('one of them is a file now', 'cp web:/d/one copy')
    await holds('copy/one', 'new\n')
    await make('rm /d/sub; mkdir /d/sub; echo evil >/d/sub/kept')
    await s.step('the other is a folder now', 'cp web:/d/. copy', failsWith(1))
    await s.step('and so it is by another way', 'cp web:/d/sub copy', failsWith(1))
    await outsideIsKept()
    await s.step('a link that is named', 'cp web:/d/one copy/../named')
    await symlink('named', join(s.folder, 'link'))
    await make('echo newer >/d/one')
    await s.step('is followed', 'cp web:/d/one link')
    await holds('named', 'newer\n')
    await s.step('a device', 'cp web:/d/one /dev/null', failsWith(2))
    await symlink('outside/kept', join(s.folder, 'out.tar'))
    await s.step('export to a link', 'export -o out.tar web', failsWith(2))
    await s.step('export to a device', 'export -o /dev/null web', failsWith(2))
    await outsideIsKept()
  },
)
