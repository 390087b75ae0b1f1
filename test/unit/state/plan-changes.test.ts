import { expect, test } from 'vitest'
import { toPlanChanges } from '../../../src/core/events/plan-changes.ts'
import type { StepSummary } from '../../../src/core/events/event.ts'

const step = (kind: string, subject: string, more: Partial<StepSummary> = {}): StepSummary => ({
  id: `${subject}/${kind}`,
  kind,
  subject,
  cause: '',
  needs: [],
  ...more,
})
const recreate = { service: 'web', group: 'recreate web.1', cause: 'environment A changed' }

test('one change for each thing, with the reason where the verb does not say it', () => {
  expect(
    toPlanChanges([
      step('network/create', 'network shop_back', { cause: 'does not exist yet' }),
      step('image/build', 'image shop-web', { service: 'web', cause: 'how it is built was edited' }),
      step('container/create', 'tmp_shop-web-1', recreate),
      step('container/stop', 'shop-web-1', recreate),
      step('container/remove', 'shop-web-1', recreate),
      step('container/rename', 'tmp_shop-web-1', recreate),
      step('container/start', 'shop-web-1', { service: 'web', cause: 'is new' }),
      step('container/create', 'shop-db-1', { service: 'db', cause: 'does not exist yet' }),
      step('container/start', 'shop-db-1', { service: 'db', cause: 'is new' }),
      step('service/await', 'db', { service: 'db', cause: 'web waits for it' }),
      step('container/stop', 'shop-old-2', { service: 'old', cause: 'scaled to 1' }),
      step('container/remove', 'shop-old-2', { service: 'old', cause: 'scaled to 1' }),
    ]),
  ).toEqual([
    { what: 'create network shop_back' },
    { what: 'build and recreate web', why: 'how it is built was edited' },
    { what: 'create db' },
    { what: 'remove old', why: 'scaled to 1' },
  ])
})
