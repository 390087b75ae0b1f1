import { existsSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SEARCH_PATH, toBusyboxEntries, toSystemEntries } from './busybox-image.ts'
import type { ImageMaking, MadeImage } from './made-image.ts'
import { toFileEntry, toFolderEntries, toLibraryEntries } from './root-entries.ts'
import { runTool } from '../../src/system/run-tool.ts'
import type { RootEntry } from './root-entries.ts'

const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt'

/**
 * Node as it runs here, with npm and a BusyBox shell, laid out like the official image: user `node` (1000), programs in
 * /usr/local. The machine's trusted certificates come along, so that npm works where it works on the machine.
 */
export const makeNodeImage = async (making: ImageMaking): Promise<MadeImage> => {
  const certificates = await toCertificateEntries()
  const entries = [
    ...(await toBusyboxEntries(making)),
    ...toSystemEntries([{ name: 'node', id: 1000, home: '/home/node', shell: '/bin/sh' }]),
    ...(await toLibraryEntries([process.execPath], making)),
    { kind: 'directory', path: '/usr/local/bin' } as const,
    await toFileEntry(process.execPath, '/usr/local/bin/node'),
    ...(await toNpmEntries(making)),
    ...certificates,
  ]
  const changes = [
    `ENV ${SEARCH_PATH}`,
    `ENV NODE_VERSION=${process.versions.node}`,
    // Without a network npm would wait for both for minutes.
    'ENV npm_config_audit=false',
    'ENV npm_config_update_notifier=false',
    'CMD ["node"]',
  ]
  if (certificates.length > 0) changes.push(`ENV NODE_EXTRA_CA_CERTS=${CERTIFICATES}`)
  return { entries, changes }
}

const toNpmEntries = async (making: ImageMaking): Promise<readonly RootEntry[]> => {
  const folder = await findNpm(making)
  const place = '/usr/local/lib/node_modules/npm'
  const leaveOut = (path: string): boolean => /^(docs|man)(\/|$)|\.md$/.test(path)
  return [
    { kind: 'directory', path: '/usr/local/lib/node_modules' },
    ...(await toFolderEntries(folder, place, leaveOut)),
    { kind: 'link', path: '/usr/local/bin/npm', target: '../lib/node_modules/npm/bin/npm-cli.js' },
    { kind: 'link', path: '/usr/local/bin/npx', target: '../lib/node_modules/npm/bin/npx-cli.js' },
  ]
}

/** npm lies beside Node, or where the machine's own `npm` leads. */
const findNpm = async ({ signal }: ImageMaking): Promise<string> => {
  const beside = join(dirname(process.execPath), '../lib/node_modules/npm')
  if (existsSync(join(beside, 'package.json'))) return beside
  const command = (await runTool('sh', ['-c', 'command -v npm'], { signal })).trim()
  return dirname(dirname(await realpath(command)))
}

/** What Node trusts beside its own list on this machine, else what the machine trusts. */
const toCertificateEntries = async (): Promise<readonly RootEntry[]> => {
  const trusted = [process.env.NODE_EXTRA_CA_CERTS, CERTIFICATES].find(
    (file) => file !== undefined && file !== '' && existsSync(file),
  )
  if (trusted === undefined) return []
  return [
    { kind: 'directory', path: '/etc/ssl' },
    { kind: 'directory', path: '/etc/ssl/certs' },
    await toFileEntry(trusted, CERTIFICATES),
  ]
}
