import { expect, test } from 'vitest'
import { toPlanText } from '../../../src/core/plan/plan-text.ts'
import { planUp } from '../../../src/core/plan/plan-up.ts'
import { dependsOn, emptyWorld, hashOptions, projectOf } from '../../unit/plan/world.ts'

test('as many replicas as are taken are planned and shown', () => {
  const project = projectOf({ web: { scale: 100_000 } })
  const lines = toPlanText(planUp(project, emptyWorld(project), { ...hashOptions }))
  expect(lines.filter((line) => line.includes('/start'))).toHaveLength(100_000)
})

test('services in a long chain are planned, each behind the one that it waits for', () => {
  const count = 8000
  const names = Array.from({ length: count }, (_, index) => `s${index}`)
  const project = projectOf(
    Object.fromEntries(
      names.map((name, index) => [name, index + 1 < count ? { depends_on: { [`s${index + 1}`]: dependsOn() } } : {}]),
    ),
  )
  const { steps } = planUp(project, emptyWorld(project), { ...hashOptions })
  const starts = steps.flatMap(({ id }) => (id.endsWith('/start') ? [id] : []))
  expect(starts).toEqual(names.toReversed().map((name) => `${name}.1/start`))
})
