import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { toBytes } from '../trees.ts'

/** The content of a file in few characters: the tag again and again, so many bytes. */
export type Content = readonly [tag: string, size: number]

/**
 * One thing that somebody does to files, as data: so a row of them can be printed and done again. Paths are seen from one
 * folder, each byte one character.
 */
export type Step =
  | readonly ['write' | 'append', path: string, content: Content]
  /** Other content; the time of the last change is as it was. */
  | readonly ['write-kept', path: string, content: Content]
  | readonly ['mkdir' | 'remove' | 'fifo', path: string]
  | readonly ['rename' | 'copy' | 'hard-link', from: string, to: string]
  | readonly ['link', path: string, target: string]
  | readonly ['chmod' | 'times', path: string, value: number]
  /** The time of the last change is as another's. */
  | readonly ['times-of', path: string, other: string]
  | readonly ['pause', milliseconds: number]

export const toContent = ([tag, size]: Content): Buffer => Buffer.alloc(size, `${tag}\n`)

/** Does what it says, pauses left aside. Never through a link: those of a storm lead out of its folder. */
export const perform = (base: string, step: Step): void => {
  const at = (path: string): Buffer => {
    assertNoLinkAbove(base, path)
    return toBytes(`${base}/${path}`)
  }
  switch (step[0]) {
    case 'write':
      return writeFileSync(fileAt(at(step[1])), toContent(step[2]))
    case 'append':
      return appendFileSync(fileAt(at(step[1])), toContent(step[2]))
    case 'write-kept': {
      const path = fileAt(at(step[1]))
      const { mtimeMs } = lstatSync(path)
      writeFileSync(path, toContent(step[2]))
      return utimesSync(path, mtimeMs / 1000, mtimeMs / 1000)
    }
    case 'mkdir':
      mkdirSync(at(step[1]))
      return
    case 'remove':
      return removeAll(at(step[1]))
    case 'fifo':
      return void execFileSync('mkfifo', [at(step[1]).toString()])
    case 'rename':
      return renameSync(at(step[1]), at(step[2]))
    case 'copy':
      return copyAll(at(step[1]), at(step[2]))
    case 'hard-link':
      return linkSync(at(step[1]), at(step[2]))
    case 'link':
      return symlinkSync(toBytes(step[2]), at(step[1]))
    case 'chmod':
      return chmodSync(fileAt(at(step[1])), step[2])
    case 'times':
      return lutimesSync(at(step[1]), step[2], step[2])
    case 'times-of': {
      const { mtimeMs } = lstatSync(at(step[2]))
      return lutimesSync(at(step[1]), mtimeMs / 1000, mtimeMs / 1000)
    }
    case 'pause':
  }
}

const kindAt = (path: Buffer): 'link' | 'directory' | 'file' | 'other' | undefined => {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return undefined
  if (found.isSymbolicLink()) return 'link'
  return found.isDirectory() ? 'directory' : found.isFile() ? 'file' : 'other'
}

const assertNoLinkAbove = (base: string, path: string): void => {
  const names = path.split('/')
  for (let length = 1; length < names.length; length += 1) {
    const above = names.slice(0, length).join('/')
    if (kindAt(toBytes(`${base}/${above}`)) === 'link') throw new Error(`ELOOP: ${above} is a link`)
  }
}

/** To write to a pipe is to wait for its reader. */
const fileAt = (path: Buffer): Buffer => {
  const kind = kindAt(path)
  if (kind === 'link' || kind === 'other') throw new Error('ELOOP: it is a link or a pipe')
  return path
}

const childrenOf = (folder: Buffer): readonly (readonly [name: Buffer, path: Buffer])[] =>
  readdirSync(folder, { encoding: 'buffer' }).map((name) => [name, Buffer.concat([folder, Buffer.from('/'), name])])

const removeAll = (path: Buffer): void => {
  if (kindAt(path) !== 'directory') return unlinkSync(path)
  for (const [, child] of childrenOf(path)) removeAll(child)
  rmdirSync(path)
}

const copyAll = (from: Buffer, to: Buffer): void => {
  const found = lstatSync(from)
  if (found.isSymbolicLink()) return symlinkSync(readlinkSync(from, { encoding: 'buffer' }), to)
  if (found.isDirectory()) {
    mkdirSync(to)
    for (const [name, child] of childrenOf(from)) copyAll(child, Buffer.concat([to, Buffer.from('/'), name]))
  } else if (found.isFile()) writeFileSync(to, readFileSync(from))
  else return
  chmodSync(to, found.mode & 0o7777)
  lutimesSync(to, found.mtimeMs / 1000, found.mtimeMs / 1000)
}
