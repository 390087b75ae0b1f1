import { expect, test } from 'vitest'
import { readTar } from '../../../src/cli/cp/tar-entries.ts'
import { tarEnd, tarHeader, tarPadding } from '../../../src/docker/tar-pack.ts'

const long = `${'deep/'.repeat(40)}file.txt`

const pack = (): Buffer => {
  const file = (path: string, text: string): Buffer =>
    Buffer.concat([
      tarHeader({ path, kind: 'file', mode: 0o640, size: Buffer.byteLength(text), uid: 7, gid: 8, mtimeSeconds: 1000 }),
      Buffer.from(text),
      tarPadding(Buffer.byteLength(text)),
    ])
  return Buffer.concat([
    tarHeader({ path: 'app', kind: 'directory', mode: 0o755, size: 0 }),
    file('app/a.txt', 'hello'),
    file('app/empty', ''),
    tarHeader({ path: 'app/link', kind: 'link', mode: 0o777, size: 0, linkTarget: 'a.txt' }),
    file(`app/${long}`, 'x'.repeat(1500)),
    file('app/größe.txt', 'ü'),
    tarEnd(),
  ])
}

const inPieces = async function* (data: Buffer, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size)
}

test.for([1, 100, 512, 700, 100_000])('an archive that arrives in pieces of %d bytes is read whole', async (size) => {
  const found: string[] = []
  for await (const item of readTar(inPieces(pack(), size))) {
    let text = ''
    for await (const chunk of item.data) text += Buffer.from(chunk).toString('latin1')
    found.push(
      `${item.kind} ${item.path.replace(long, '<long>')} ${item.mode.toString(8)} ${item.uid}:${item.gid} ${text.length}${item.linkTarget === '' ? '' : ` -> ${item.linkTarget}`}`,
    )
  }
  expect(found).toEqual([
    'directory app/ 755 0:0 0',
    'file app/a.txt 640 7:8 5',
    'file app/empty 640 7:8 0',
    'link app/link 777 0:0 0 -> a.txt',
    'file app/<long> 640 7:8 1500',
    'file app/größe.txt 640 7:8 2',
  ])
})

test('what is not read is skipped', async () => {
  const paths: string[] = []
  for await (const { path } of readTar(inPieces(pack(), 333))) paths.push(path.replace(long, '<long>'))
  expect(paths).toEqual(['app/', 'app/a.txt', 'app/empty', 'app/link', 'app/<long>', 'app/größe.txt'])
})

test('an archive that ends too early is an error', async () => {
  const read = async (): Promise<void> => {
    for await (const { data } of readTar(inPieces(pack().subarray(0, 1026), 100))) for await (const _ of data) continue
  }
  await expect(read()).rejects.toThrow('the archive ends in the middle of a file')
})
