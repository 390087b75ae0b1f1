import type { Put } from '../../src/engine/sync/container-files.ts'
import type { SourceEntry } from '../../src/engine/ports/source-files.ts'

const mtimeMs = 1_700_000_000_000

const entry = (kind: SourceEntry['kind'], more: Partial<SourceEntry> = {}): SourceEntry => ({
  kind,
  mode: kind === 'file' ? 0o644 : kind === 'link' ? 0o777 : 0o755,
  size: 0,
  mtimeMs,
  ctimeMs: mtimeMs,
  inode: 1,
  links: 1,
  ...more,
})

/** What a frame puts, as short as a test wants to say it. */
export const putFile = (path: string, text: string | Uint8Array = path, more: Partial<SourceEntry> = {}): Put => {
  const content = typeof text === 'string' ? Buffer.from(text) : text
  return { path, entry: entry('file', { size: content.length, ...more }), content }
}
export const putFolder = (path: string, more: Partial<SourceEntry> = {}): Put => ({
  path,
  entry: entry('directory', more),
})
export const putLink = (path: string, linkTarget: string): Put => ({ path, entry: entry('link', { linkTarget }) })
