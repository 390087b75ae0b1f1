import { describe, expect, it } from 'vitest'
import type { EventBody } from '../../../src/core/events/event.ts'
import { reduce } from '../../../src/core/state/reduce.ts'
import { selectGraph } from '../../../src/core/state/service-graph.ts'
import { initialState, type State } from '../../../src/core/state/state.ts'
import { selectTimeline, type Timeline } from '../../../src/core/state/timeline.ts'
import { probing, running, start, starting, toEvents } from '../../support/shop-events.ts'

const fold = (events: ReturnType<typeof toEvents>): State => events.reduce(reduce, initialState)

const toText = ({ from, rows, criticalPath, isOver }: Timeline): string =>
  [
    ...rows.map(
      (row) =>
        `${row.name}: ${row.bars.map((bar) => `${bar.kind} ${bar.from - from}-${bar.to - from}`).join(', ')}${row.isOver ? '' : ' …'}`,
    ),
    `${isOver ? 'critical' : 'so far'}: ${criticalPath.join(' → ')}`,
  ].join('\n')

describe('how a stack came up', () => {
  it('is told from the times of its steps, up to now while it goes on', () => {
    expect(toText(selectTimeline(fold(toEvents(starting, probing)), start + 3500)!)).toMatchInlineSnapshot(`
      "networks, volumes: make 0-200
      db: image 0-1900, wait 1900-1910, make 1910-2160, check 2160-3400 …
      web: image 0-3400 …
      api: wait 0-3400 …
      worker: wait 0-3400 …
      migrate: wait 0-3400 …
      so far: db"
    `)
  })

  it('ends with who was ready last, and what that needed', () => {
    expect(toText(selectTimeline(fold(toEvents(starting, probing, running)), start + 90_000)!)).toMatchInlineSnapshot(`
      "networks, volumes: make 0-200
      db: image 0-1900, wait 1900-1910, make 1910-2160, check 2160-3310
      web: image 0-3900, wait 3900-4200, make 4200-4400
      migrate: wait 0-3310, make 3310-3510
      api: wait 0-3900, make 3900-4100
      worker: wait 0-4050, make 4050-4250
      critical: web"
    `)
  })

  it('stays when later plans have other steps', () => {
    const before = fold(toEvents(starting, probing, running))
    const later: readonly EventBody[] = [
      {
        type: 'plan/made',
        trigger: 'command',
        steps: [
          { id: 'db.1/restart', kind: 'container/restart', subject: 'shop-db-1', service: 'db', cause: '', needs: [] },
        ],
        unchanged: [],
      },
      { type: 'step/started', id: 'db.1/restart', kind: 'container/restart', subject: 'shop-db-1', service: 'db' },
      { type: 'step/ended', id: 'db.1/restart', outcome: 'done', ms: 900 },
    ]
    const after = later.map((body, index) => ({ seq: 900 + index, at: start + 70_000, ...body })).reduce(reduce, before)
    const at = start + 90_000
    expect(toText(selectTimeline(after, at)!)).toBe(toText(selectTimeline(before, at)!))
  })

  it('is nothing when nothing had to be started', () => {
    expect(selectTimeline(initialState, start)).toBeUndefined()
  })
})

describe('the graph', () => {
  const toLines = (state: State): readonly string[] =>
    selectGraph(state).flatMap(({ name, nodes }) =>
      nodes.map(
        ({ view, needs, blocks, neededBy }) =>
          `${name} ${view.name}: needs ${needs.map((need) => `${need.service} ${need.wanted}${need.isOpen ? '!' : ''}`).join(', ') || '-'}; needed by ${neededBy.join(', ') || '-'}; blocks ${blocks.join(', ') || '-'}`,
      ),
    )

  it('says who waits for whom', () => {
    expect(toLines(fold(toEvents(starting, probing)))).toMatchInlineSnapshot(`
      [
        "web web: needs api healthy!; needed by -; blocks -",
        "app api: needs db healthy!, migrate done!; needed by web; blocks web",
        "app worker: needs db healthy!; needed by -; blocks -",
        "app migrate: needs db healthy!; needed by api; blocks api",
        "data db: needs -; needed by api, worker, migrate; blocks api, worker, migrate",
      ]
    `)
    expect(toLines(fold(toEvents(starting, probing, running))).filter((line) => !line.endsWith('blocks -'))).toEqual([])
  })

  it('goes by tier, in the order of the file, and what is in none comes last', () => {
    const [first, ...others] = toEvents(starting)
    const told = { ...first!, tiers: ['data', 'app'] } as typeof first
    expect(selectGraph(fold([told!, ...others])).map(({ name }) => name)).toEqual(['data', 'app', 'web'])
    expect(selectGraph(fold(toEvents(starting))).map(({ name }) => name)).toEqual(['web', 'app', 'data'])
  })

  it('goes by how many lie below, in a file without tiers', () => {
    const state = fold(toEvents(starting))
    const bare = {
      ...state,
      services: state.services.map((service) => {
        const { tier, ...summary } = service.summary
        return { ...service, summary }
      }),
    }
    expect(
      selectGraph(bare).map(({ name, nodes }) => `${name}: ${nodes.map(({ view }) => view.name).join(', ')}`),
    ).toEqual(['level 3: web', 'level 2: api', 'level 1: worker, migrate', 'needs nobody: db'])
  })
})
