import { lstatSync, readdirSync } from 'node:fs'
import { toBytes } from '../trees.ts'
import { editorNames, oddNames, plainNames } from './names.ts'
import type { Content } from './steps.ts'

export type Kind = 'file' | 'directory' | 'link' | 'other'

export interface Found {
  readonly path: string
  readonly kind: Kind
  readonly size: number
  readonly links: number
}

/** Chooses what a storm does next, by chance, from what is there: the same seed and files, the same choice. */
export interface Planner {
  /** A whole number below the limit. */
  readonly below: (limit: number) => number
  readonly chance: (probability: number) => boolean
  readonly oneOf: <T>(values: readonly T[]) => T
  /** Some entry that is not of the stock; of a kind, when one is found soon. */
  readonly entry: (kind?: Kind) => Found | undefined
  /** A file, of the stock as well: for what leaves it there. */
  readonly anyFile: () => Found | undefined
  readonly folder: () => string
  readonly children: (folder: string) => readonly Found[]
  /** A path that nothing is at, in some folder or in the one that is named. */
  readonly free: (folder?: string) => string
  readonly content: (size?: number) => Content
  /** Entries below the root. */
  readonly count: () => number
}

/** What is never deleted, so that no round looks like the loss of everything. */
export const stock = 'src/stock'
const maxPath = 1_500

export const createPlanner = (base: string, random: () => number): Planner => {
  let made = 0
  const below = (limit: number): number => Math.floor(random() * limit)
  const chance = (probability: number): boolean => random() < probability
  const oneOf = <T>(values: readonly T[]): T => values[below(values.length)] as T

  const look = (path: string): Found | undefined => {
    const found = lstatSync(toBytes(`${base}/${path}`), { throwIfNoEntry: false })
    if (found === undefined) return undefined
    const isKind = { file: found.isFile(), directory: found.isDirectory(), link: found.isSymbolicLink() }
    const kind = (['file', 'directory', 'link'] as const).find((each) => isKind[each]) ?? 'other'
    return { path, kind, size: found.size, links: found.nlink }
  }
  const children: Planner['children'] = (folder) =>
    readdirSync(toBytes(`${base}/${folder}`), { encoding: 'buffer' })
      .map((name) => `${folder}/${name.toString('latin1')}`)
      .toSorted()
      .flatMap((path) => (path === stock ? [] : (look(path) ?? [])))
  const descend = (from: string): string => {
    let folder = from
    while (chance(0.6)) {
      const inside = children(folder).filter(({ kind }) => kind === 'directory')
      if (inside.length === 0) break
      folder = oneOf(inside).path
    }
    return folder
  }
  const entryBelow = (from: string, kind?: Kind): Found | undefined => {
    for (let tries = 0; tries < 6; tries += 1) {
      const fitting = children(descend(from)).filter((each) => kind === undefined || each.kind === kind)
      if (fitting.length > 0) return oneOf(fitting)
    }
    return undefined
  }
  const folder = (): string => descend('src')
  const free = (wanted?: string): string => {
    for (let tries = 0; tries < 8; tries += 1) {
      const name = oneOf(oneOf([plainNames, plainNames, oddNames, oddNames, editorNames]))
      const path = `${wanted ?? folder()}/${name}`
      if (path.length < maxPath && look(path) === undefined) return path
    }
    made += 1
    return `${wanted === undefined || wanted.length > maxPath ? 'src' : wanted}/n${made}`
  }
  const count = (from = 'src'): number =>
    children(from).reduce((sum, { path, kind }) => sum + 1 + (kind === 'directory' ? count(path) : 0), 0)

  return {
    below,
    chance,
    oneOf,
    children,
    folder,
    free,
    count,
    entry: (kind) => entryBelow('src', kind),
    anyFile: () => entryBelow(chance(0.3) ? stock : 'src', 'file'),
    content(size) {
      made += 1
      return [`${made}`, size ?? (chance(0.02) ? 70_000 : oneOf([0, 1, 7, 20, 100, 511, 512, 513, 2_000]))]
    },
  }
}
