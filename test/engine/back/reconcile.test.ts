import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Direction } from '../../../src/engine/sync/back/decide.ts'
import { findHalt } from '../../../src/engine/sync/back/find-halt.ts'
import { type Change, reconcile, type Reconciled } from '../../../src/engine/sync/back/reconcile.ts'
import { agree, type Agreed, type Found, isSame, leaveContainer } from '../../../src/engine/sync/back/side.ts'

type Files = Map<string, Found>

/** `a/b=text` is a file, `a/` a folder, `a->b` a link, `a=text*` a file that can be run, `a?` something unknown. */
const side = (...entries: readonly string[]): Files => {
  const found: Files = new Map()
  for (const entry of entries) {
    const [, path = '', mark = '', rest = ''] = /^(.*?)(->|=|\/$|\?$)(.*)$/.exec(entry) ?? []
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1))
      found.set(path.slice(0, at), { kind: 'directory' })
    if (mark === '=') found.set(path, { kind: 'file', digest: rest.replace('*', ''), executable: rest.endsWith('*') })
    else if (mark === '->') found.set(path, { kind: 'link', linkTarget: rest })
    else found.set(path, { kind: mark === '/' ? 'directory' : 'unknown' })
  }
  return found
}

const toBase = (files: Files, isHere = true): Map<string, Agreed> =>
  new Map(
    [...files].flatMap(([path, entry]) => (entry.kind === 'unknown' ? [] : [[path, { entry, isHere, earlier: [] }]])),
  )

const print = ({ toHost, toContainer, conflicts }: Reconciled): readonly string[] => {
  const line = (way: string) => (change: Change) => `${way} ${change.to === undefined ? '-' : '+'}${change.path}`
  return [
    ...toHost.map(line('host')),
    ...toContainer.map(line('container')),
    ...conflicts.map(({ path, why }) => `${why} ${path}`),
  ]
}

type Case = readonly [string, { base?: Files; host?: Files; container?: Files }, both: string, from: string]

const none = ''
const cases: readonly Case[] = [
  ['nothing is anywhere', {}, none, none],
  ['the same is on both', { host: side('a=1'), container: side('a=1') }, none, none],
  ['one is new in the container', { container: side('d/a=1') }, 'host +d, host +d/a', 'host +d, host +d/a'],
  ['one is new on the host', { host: side('d/a=1') }, 'container +d, container +d/a', none],
  ['they met never and differ', { host: side('a=1'), container: side('a=2') }, 'never-agreed a', 'never-agreed a'],
  ['they met never, and one can be run', { host: side('a=1'), container: side('a=1*') }, 'container +a', 'host +a'],
  ['changed in the container', { base: side('a=1'), host: side('a=1'), container: side('a=2') }, 'host +a', 'host +a'],
  [
    'changed on the host',
    { base: side('a=1'), host: side('a=2'), container: side('a=1') },
    'container +a',
    'host-changed a',
  ],
  [
    'changed on both',
    { base: side('a=1'), host: side('a=2'), container: side('a=3') },
    'both-changed a',
    'both-changed a',
  ],
  ['changed on both to the same', { base: side('a=1'), host: side('a=2'), container: side('a=2') }, none, none],
  ['gone in the container', { base: side('a=1'), host: side('a=1') }, 'host -a', 'host -a'],
  ['gone on the host', { base: side('a=1'), container: side('a=1') }, 'container -a', 'host +a'],
  ['gone in the container, changed on the host', { base: side('a=1'), host: side('a=2') }, 'container +a', none],
  ['gone on the host, changed in the container', { base: side('a=1'), container: side('a=2') }, 'host +a', 'host +a'],
  [
    'a folder is gone in the container, and a file in it was changed here',
    { base: side('d/a=1', 'd/b=1'), host: side('d/a=2', 'd/b=1') },
    'host -d/b, container +d, container +d/a',
    'host -d/b',
  ],
  [
    'a folder became a file in the container, and has a new file here',
    { base: side('d/a=1'), host: side('d/a=1', 'd/b=1'), container: side('d=1') },
    'both-changed d',
    'both-changed d',
  ],
  [
    'a folder became a file in the container',
    { base: side('d/a=1'), host: side('d/a=1'), container: side('d=1') },
    'host -d/a, host +d',
    'host -d/a, host +d',
  ],
  [
    'a file became a folder here',
    { base: side('d=1'), host: side('d/a=1'), container: side('d=1') },
    'container +d, container +d/a',
    'host-changed d',
  ],
  ['nothing is known of it', { base: side('a=1'), host: side('a=1'), container: side('a?') }, none, none],
  [
    'a folder that goes has something that is left out',
    { base: side('d/a=1'), host: side('d/a=1', 'd/x?') },
    'host -d/a',
    'host -d/a',
  ],
  ['a link was changed', { base: side('l->a'), host: side('l->a'), container: side('l->b') }, 'host +l', 'host +l'],
]

describe('what is to be done about a path', () => {
  test.each(cases)('%s', (_, { base = side(), host = side(), container = side() }, both, from) => {
    const found = { base: toBase(base), host, container }
    expect(print(reconcile(found, 'both')).join(', ')).toBe(both)
    expect(print(reconcile(found, 'from')).join(', ')).toBe(from)
  })
})

describe('a new container', () => {
  const fresh = (text: string): Files =>
    new Map([['a', { kind: 'file', digest: text, executable: false, isFresh: true }]])
  const earlier: Map<string, Agreed> = new Map([
    [
      'a',
      {
        ...agree(agree(undefined, { kind: 'file', digest: '1', executable: false }), {
          kind: 'file',
          digest: '2',
          executable: false,
        }),
        isHere: false,
      },
    ],
  ])
  test.each([
    ['lacks what the old one had', side('a=2'), side(), 'container +a', none],
    ['has written what was agreed upon before', side('a=2'), fresh('1'), 'host +a', 'host +a'],
    ['has what was agreed upon before', side('a=2'), side('a=1'), 'container +a', none],
    ['has what nobody knows, of its image', side('a=2'), side('a=3'), 'both-changed a', 'host +a'],
    ['has written something else', side('a=2'), fresh('3'), 'host +a', 'host +a'],
    [
      'has what was agreed upon before, and the host was changed',
      side('a=4'),
      side('a=1'),
      'container +a',
      'host-changed a',
    ],
    ['is the same, and the host lacks it', side(), side('a=2'), 'container -a', 'host +a'],
  ] as const)('%s', (...[, host, container, both, from]) => {
    const found = { base: earlier, host, container }
    expect(print(reconcile(found, 'both')).join(', ')).toBe(both)
    expect(print(reconcile(found, 'from')).join(', ')).toBe(from)
  })
})

describe('nothing is done when a side has lost everything', () => {
  const all = side('/', 'a=1', 'b=1', 'c=1')
  const root: Files = new Map([['', { kind: 'directory' }]])
  test.each([
    ['the container has its root alone', all, root, 'container', 'container'],
    ['the container has no root', all, side(), 'container', 'container'],
    ['the host has no root', side(), all, 'host', undefined],
    ['the host has its root alone', root, all, 'host', undefined],
    ['both have nothing', root, root, undefined, undefined],
    ['one is left', all, side('/', 'a=1'), undefined, undefined],
  ] as const)('%s', (...[, host, container, both, from]) => {
    expect(findHalt({ base: toBase(all), host, container }, 'both')).toBe(both)
    expect(findHalt({ base: toBase(all), host, container }, 'from')).toBe(from)
  })

  test('a new container may have nothing', () => {
    expect(findHalt({ base: toBase(all, false), host: all, container: side() }, 'both')).toBeUndefined()
  })
})

const paths = ['a', 'b', 'a/x', 'a/y', 'a/x/deep', 'b/z']
type Op = {
  isFresh: boolean
  on: 'host' | 'container'
  path: string
  what: 'write' | 'delete' | 'folder' | 'link' | 'run'
  text: string
}
const anOp: fc.Arbitrary<Op> = fc.record({
  isFresh: fc.boolean(),
  on: fc.constantFrom('host', 'container'),
  path: fc.constantFrom(...paths),
  what: fc.constantFrom('write', 'write', 'write', 'delete', 'delete', 'folder', 'link', 'run'),
  text: fc.constantFrom('1', '2', '3', '4'),
})
type Round = { ops: readonly Op[]; isNew: boolean; fails: readonly boolean[] }
const aRound: fc.Arbitrary<Round> = fc.record({
  ops: fc.array(anOp, { maxLength: 6 }),
  isNew: fc.boolean(),
  fails: fc.array(fc.boolean(), { maxLength: 4 }),
})

const removeAll = (files: Files, path: string): void => {
  for (const each of [...files.keys()]) if (each === path || each.startsWith(`${path}/`)) files.delete(each)
}

const perform = (files: Files, { path, what, text, isFresh }: Op): void => {
  if (what === 'run') {
    const found = files.get(path)
    if (found?.kind === 'file') files.set(path, { ...found, executable: !found.executable })
    return
  }
  removeAll(files, path)
  if (what === 'delete') return
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const above = path.slice(0, at)
    if (files.get(above)?.kind !== 'directory') files.set(above, { kind: 'directory' })
  }
  if (what === 'write') files.set(path, { kind: 'file', digest: text, executable: false, isFresh })
  else files.set(path, what === 'folder' ? { kind: 'directory' } : { kind: 'link', linkTarget: text })
}

/** Carries changes out as a strict file system does, and tells which were. */
const carryOut = (files: Files, changes: readonly Change[], fails: (index: number) => boolean): readonly Change[] =>
  changes.filter((change, index) => {
    const { path, from, to } = change
    const found = files.get(path)
    const above = path.includes('/') ? files.get(path.slice(0, path.lastIndexOf('/')))?.kind : 'directory'
    if ((found === undefined) !== (from === undefined)) throw new Error(`${path} is not as was said`)
    if (found !== undefined && from !== undefined && !isSame(found, from)) throw new Error(`${path} is another`)
    if (fails(index)) return false
    const isFolderChanged = to?.kind !== 'directory' && found?.kind === 'directory'
    if (isFolderChanged && [...files.keys()].some((each) => each.startsWith(`${path}/`))) return false
    if (to !== undefined && above !== 'directory') return false
    if (to === undefined) files.delete(path)
    else files.set(path, to)
    return true
  })

const runRounds = (rounds: readonly Round[], direction: Direction): void => {
  const [host, container]: readonly [Files, Files] = [new Map(), new Map()]
  let base = new Map<string, Agreed>()
  const everAgreed = new Set<string>()
  const settle = (fails: (index: number) => boolean): Reconciled => {
    const before = { host: new Map(host), container: new Map(container) }
    const known = new Map(base)
    const found = reconcile({ base, host, container }, direction)
    if (direction === 'from') expect(found.toContainer).toEqual([])
    const done = [
      ...carryOut(host, found.toHost, fails),
      ...carryOut(container, found.toContainer, (index) => fails(index + 1)),
    ]
    for (const [path, entry] of [...found.agreed, ...done.map(({ path, to }) => [path, to] as const)]) {
      if (entry === undefined) base.delete(path)
      else base.set(path, agree(base.get(path), entry))
      if (entry?.kind === 'file') everAgreed.add(`${path}=${entry.digest}`)
    }
    for (const [name, files, other] of [
      ['host', host, container],
      ['container', container, host],
    ] as const)
      for (const [path, was] of before[name]) {
        if (was.kind !== 'file') continue
        // What a container has written itself is a change, also where both have had it before.
        const agreed = known.get(path)?.entry
        const isOld = agreed?.kind === 'file' && agreed.digest === was.digest
        if (isOld || (was.isFresh !== true && everAgreed.has(`${path}=${was.digest}`))) continue
        const has = (one: Found | undefined): boolean => one?.kind === 'file' && one.digest === was.digest
        expect(has(files.get(path)) || has(other.get(path)), `${path} of the ${name}`).toBe(true)
      }
    return found
  }
  for (const { ops, isNew, fails } of rounds) {
    for (const op of ops) perform(op.on === 'host' ? host : container, op)
    if (isNew) base = leaveContainer(base)
    settle((index) => fails[index] === true)
    for (let turn = 0; turn < 4; turn += 1) settle(() => false)
    const last = settle(() => false)
    expect(
      print(last).filter((line) => /^(?:host|container) [+-]/.test(line)),
      'comes to rest',
    ).toEqual([])
    const isOpen = (path: string): boolean =>
      last.conflicts.some((one) => path === one.path || path.startsWith(`${one.path}/`))
    const missing = (files: Files, other: Files): readonly string[] =>
      [...files].flatMap(([path, entry]) => {
        const there = other.get(path)
        return isOpen(path) || (there !== undefined && isSame(entry, there)) ? [] : [path]
      })
    if (direction === 'both') expect(missing(host, container), 'in the container').toEqual([])
    const isAtRest = (path: string): boolean => base.get(path)?.isHere === false
    expect(missing(container, host).filter((path) => !(direction === 'from' && isAtRest(path)))).toEqual([])
  }
}

describe('whatever happens on both sides', () => {
  test.each(['both', 'from'] as const)('no content is lost, and it comes to rest: %s', (direction) => {
    fc.assert(
      fc.property(fc.array(aRound, { minLength: 1, maxLength: 6 }), (rounds) => runRounds(rounds, direction)),
      { numRuns: 500 },
    )
  })
})
