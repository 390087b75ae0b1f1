import { describe, expect, test } from 'vitest'
import { readBaseImages } from '../../../src/engine/dockerfile/base-images.ts'

describe('what an image is built from', () => {
  test.each([
    ['one line', 'FROM base\n', {}, ['base']],
    ['small letters, a platform and a name', 'from --platform=linux/amd64 base:1 as app', {}, ['base:1']],
    ['nothing', '', {}, []],
    ['scratch', 'FROM scratch', {}, []],
    ['continued lines and comments', '# FROM no\nFROM \\\n  # in between\n  base\n', {}, ['base']],
    ['what is no Dockerfile', 'FROM base\nNOTHING', {}, []],
    ['another sign of continuation', '# escape=`\nFROM `\nbase', {}, ['base']],
    ['a here-document', 'FROM base\nRUN <<EOF\nFROM no\nEOF\nCOPY --from=tools /a /b', {}, ['base', 'tools']],
    ['arguments and what stands in their place', 'ARG A=base B\nFROM $A:${B:-2}${C:+x}', {}, ['base:2']],
    ['arguments that are given', 'ARG A=base\nFROM ${A}', { args: { A: 'mine' } }, ['mine']],
    ['mounts', 'FROM base\nRUN --mount=type=bind,from=tools,target=/t make', {}, ['base', 'tools']],
    ['stages', 'FROM a AS one\nFROM b AS two\nCOPY --from=ONE / /\nFROM c', {}, ['c']],
    ['a target', 'FROM a AS one\nFROM b AS two\nCOPY --from=0 / /\nFROM c', { target: 'two' }, ['b', 'a']],
    ['a stage that has the name of its image', 'FROM base AS base\nFROM base', {}, ['base']],
    ['a target that is not there', 'FROM a', { target: 'none' }, []],
  ])('%s', (_, text, options, images) => expect(readBaseImages(text, options).all).toEqual(images))
})

test('of the images of a stage the one that lies below it, by way of other stages', () => {
  const text = 'FROM a AS one\nCOPY --from=x / /\nFROM b AS two\nFROM one\nCOPY --from=two / /'
  expect(readBaseImages(text, {})).toEqual({ all: ['b', 'a', 'x'], below: 'a' })
  expect(readBaseImages('FROM scratch\nCOPY --from=a / /', {})).toEqual({ all: ['a'] })
})
