import { describe, expect, test } from 'vitest'
import { readBaseImages } from '../../../src/core/project/dockerfile.ts'
import { toImageParents } from '../../../src/core/project/image-parents.ts'
import { projectOf } from '../plan/world.ts'

describe('what an image is built from', () => {
  test.each([
    ['one line', 'FROM base\n', {}, ['base']],
    ['small letters, a platform and a name', 'from --platform=linux/amd64 base:1 as app', {}, ['base:1']],
    ['nothing', '', {}, []],
    ['scratch', 'FROM scratch', {}, []],
    ['continued lines and comments', '# FROM no\nFROM \\\n  # in between\n  base\n', {}, ['base']],
    ['another sign of continuation', '# escape=`\nFROM `\nbase', {}, ['base']],
    ['a here-document', 'FROM base\nRUN <<EOF\nFROM no\nEOF\nCOPY --from=tools /a /b', {}, ['base', 'tools']],
    ['arguments and what stands in their place', 'ARG A=base B\nFROM $A:${B:-2}${C:+x}', {}, ['base:2']],
    ['arguments that are given', 'ARG A=base\nFROM ${A}', { args: { A: 'mine' } }, ['mine']],
    ['mounts', 'FROM base\nRUN --mount=type=bind,from=tools,target=/t make', {}, ['base', 'tools']],
    ['stages', 'FROM a AS one\nFROM b AS two\nCOPY --from=ONE / /\nFROM c', {}, ['c']],
    ['a target', 'FROM a AS one\nFROM b AS two\nCOPY --from=0 / /\nFROM c', { target: 'two' }, ['b', 'a']],
    ['a stage that has the name of its image', 'FROM base AS base\nFROM base', {}, ['base']],
    ['a target that is not there', 'FROM a', { target: 'none' }, []],
  ])('%s', (_, text, options, images) => expect(readBaseImages(text, options)).toEqual(images))
})

test('images of other services, whatever their names are written like', () => {
  const project = projectOf({
    base: { image: 'team/base', build: { context: '/base' } },
    plain: { build: { context: '/plain' } },
    app: { build: { context: '/app', args: { BASE: 'docker.io/team/base:latest' } } },
    own: { image: 'app', build: { context: '/own' } },
    other: {
      image: 'elsewhere',
      build: { context: '/other', additional_contexts: { stuff: 'service:plain', 'team/base': '/x' } },
    },
    pulled: { image: 'redis' },
  })
  const parents = toImageParents(
    project,
    new Map([
      ['app', 'ARG BASE\nFROM ${BASE}\nCOPY --from=shop-plain / /'],
      ['own', 'FROM app'],
      ['other', 'FROM team/base'],
      ['plain', 'FROM redis'],
    ]),
  )
  expect(Object.fromEntries(parents)).toEqual({
    app: { all: ['base', 'plain'], below: 'base' },
    other: { all: ['plain'] },
  })
})
