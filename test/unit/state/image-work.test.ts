import { describe, expect, it } from 'vitest'
import type { EventBody } from '../../../src/core/events/event.ts'
import type { ImageWork } from '../../../src/core/state/image-work.ts'
import { reduce } from '../../../src/core/state/reduce.ts'
import { initialState, type State } from '../../../src/core/state/state.ts'
import { buildFailed, start, starting, toEvents, transferring } from '../../support/shop-events.ts'

const toText = ({ kind, image, outcome, parts }: ImageWork): readonly string[] => [
  `${kind} ${image}: ${outcome ?? 'goes on'}`,
  ...parts.map(({ name, state, ms, done, total, output, cut }) =>
    [
      ` ${name} ${state}`,
      ms === undefined ? '' : `${ms} ms`,
      done === undefined ? '' : `${done / 1e6} of ${(total ?? NaN) / 1e6} MB`,
      output === '' ? '' : `${output.split('\n').length} lines`,
      cut === 0 ? '' : `${cut} before`,
    ]
      .filter((text) => text !== '')
      .join(', '),
  ),
]
const fold = (state: State, ...bodies: readonly EventBody[]): State =>
  bodies.reduce((now, body, index) => reduce(now, { seq: 900 + index, at: start + 9000 + index, ...body }), state)
const line = (note: string, part = 'c'): EventBody => ({
  type: 'step/progressed',
  id: 'web/image',
  part,
  output: true,
  note,
})

describe('builds and pulls', () => {
  it('keep their steps and layers, with times, sizes and output, after they have ended', () => {
    const state = toEvents(starting, transferring, buildFailed).reduce(reduce, initialState)
    expect(state.images.flatMap(toText)).toMatchInlineSnapshot(`
      [
        "pull postgres:17: done",
        " a1 done, 900 ms, 60 of 60 MB",
        " b2 done, 22 of 40 MB",
        " c3 cached",
        "build shop-web: failed",
        " [1/4] FROM node:24 cached",
        " [2/4] COPY package.json . done, 18 ms",
        " [3/4] RUN npm ci failed, 1080 ms, 3 of 9 MB, 6 lines",
        " [4/4] COPY . . stopped, 0 ms",
      ]
    `)
    expect(state.images.at(-1)?.problem?.code).toBe('service/build-failed')
  })

  it('begin anew when the same image is built again', () => {
    const state = fold(toEvents(starting, transferring, buildFailed).reduce(reduce, initialState), {
      type: 'step/started',
      id: 'web/again',
      kind: 'image/build',
      subject: 'image shop-web',
      service: 'web',
    })
    expect(state.images.map(toText).map(([first]) => first)).toEqual([
      'pull postgres:17: done',
      'build shop-web: goes on',
    ])
    // What the build before it says late is not its own.
    expect(fold(state, line('late')).images).toEqual(state.images)
  })

  it('are bounded in what they keep of the output: the newest lines stay, and how many went is known', () => {
    const begun = toEvents(starting, transferring).reduce(reduce, initialState)
    const long = Array.from({ length: 30 }, (_, step) =>
      Array.from({ length: 200 }, (_, index) => line(`${index} ${'x'.repeat(120)}`, `step ${step}`)),
    ).flat()
    const work = fold(begun, ...long).images.find(({ kind }) => kind === 'build')!
    const size = work.parts.reduce((sum, { output }) => sum + output.length, 0)
    expect(size).toBeLessThanOrEqual(131_072)
    const last = work.parts.at(-1)!
    expect(last.output.split('\n').at(-1)).toBe(`199 ${'x'.repeat(120)}`)
    expect(last.cut + last.output.split('\n').length).toBe(200)
  })
})
