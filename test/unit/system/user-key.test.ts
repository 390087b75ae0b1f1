import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openUserKey } from '../../../src/system/user-key.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'stack-key-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (make = true) => openUserKey({ environment: { XDG_STATE_HOME: folder }, make })
const place = () => join(folder, 'stack', 'key')

test('is made once, for this person alone, and is the same afterwards', () => {
  const first = open()
  const text = readFileSync(place(), 'utf8')
  expect(statSync(place()).mode & 0o777).toBe(0o600)
  expect(text).toMatch(/^[0-9a-f]{64}\n$/)
  expect(readdirSync(join(folder, 'stack'))).toEqual(['key'])
  expect([open()?.id, open(false)?.digest('a')]).toEqual([first?.id, first?.digest('a')])
  expect(text).not.toContain(first?.id)
})

test('is another one for somebody else', () => {
  const first = open()
  rmSync(place())
  expect(open()?.digest('a')).not.toBe(first?.digest('a'))
})

test('is not made by who only looks, and what is damaged is no key', () => {
  expect(open(false)).toBe(undefined)
  expect(readdirSync(folder)).toEqual([])
  mkdirSync(join(folder, 'stack'))
  writeFileSync(place(), 'abc')
  expect(open(false)).toBe(undefined)
  expect(open()?.id).toMatch(/^[0-9a-f]{8}$/)
})

test('is done without where there is no place for it', () => {
  writeFileSync(join(folder, 'stack'), 'a file')
  expect(open()).toBe(undefined)
  rmSync(join(folder, 'stack'))
  mkdirSync(place(), { recursive: true })
  expect(open()).toBe(undefined)
})
