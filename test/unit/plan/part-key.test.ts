import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Observed } from '../../../src/core/plan/observed.ts'
import { toPlanText } from '../../../src/core/plan/plan-text.ts'
import { planUp } from '../../../src/core/plan/plan-up.ts'
import type { Project } from '../../../src/core/project/project.ts'
import { toConfigParts, type HashOptions } from '../../../src/core/project/config-hash.ts'
import type { Service } from '../../../src/core/project/service.ts'
import { applyPlan, digest, emptyWorld, hashOptions, imageOf, partKey, projectOf } from './world.ts'

/** What containers remember of what they were made from, and who can read it. */

const shop = ({
  environment = {},
  secret = 'hunter2',
  ...more
}: Partial<Service> & { secret?: string } = {}): Project => {
  const project = projectOf(
    { web: { environment: { PIN: '1234', ...environment }, secrets: [{ source: 'key' }], ...more } },
    { secrets: { key: { name: 'shop_key', environment: 'KEY' } } },
  )
  return { ...project, context: { ...project.context, objectEnvironment: { KEY: secret } } }
}
const { partKey: _, ...noKey } = hashOptions
const another: HashOptions = { ...noKey, partKey: { id: 'other', digest: (text) => digest(`other${text}`) } }

const made = (project: Project, options: HashOptions): Observed => {
  const world = emptyWorld(project)
  return applyPlan(project, world, planUp(project, world, options))
}
const cause = (project: Project, observed: Observed, options: HashOptions): string =>
  toPlanText(planUp(project, observed, options))[0] ?? ''
const labelOf = ({ containers }: Observed): string => containers[0]?.labels['dev.stack.parts'] ?? ''

/** Labels as Stack wrote them before it had a key. */
const madeBefore = (project: Project): Observed => {
  const world = made(project, hashOptions)
  const parts = JSON.stringify(toConfigParts(project, 'web', noKey))
  return {
    ...world,
    containers: world.containers.map((one) => ({ ...one, labels: { ...one.labels, 'dev.stack.parts': parts } })),
  }
}

describe('the label', () => {
  test.for([
    ['with a key', hashOptions],
    ['without one', noKey],
  ] as const)('holds no digest with which a guess could be tested, %s', ([, options]) => {
    const text = labelOf(made(shop(), options))
    const guesses = ['1234', '"1234"', 'hunter2', '"hunter2"']
    for (const guess of guesses)
      for (const algorithm of ['sha256', 'sha1', 'md5', 'sha512'])
        expect(text).not.toContain(createHash(algorithm).update(guess).digest('hex').slice(0, 8))
    expect(text).toContain('environment.PIN')
  })

  test('is another one under another key, and without one the same whatever the values are', () => {
    expect(labelOf(made(shop(), another))).not.toBe(labelOf(made(shop(), hashOptions)))
    const changed = shop({ environment: { PIN: '4321' }, secret: 'hunter3' })
    expect(labelOf(made(changed, noKey))).toBe(labelOf(made(shop(), noKey)))
  })
})

describe('a plan', () => {
  test('names what has changed where the key is the same, and for what an older Stack made', () => {
    for (const before of [made(shop(), hashOptions), madeBefore(shop())]) {
      expect(cause(shop(), before, hashOptions)).toBe('unchanged: web')
      expect(cause(shop({ secret: 'x' }), before, hashOptions)).toBe(
        '  web.1/create  content of secret key changed  [recreate web.1]',
      )
      expect(cause(shop({ environment: { PIN: '1' } }), before, hashOptions)).toBe(
        '  web.1/create  environment PIN changed  [recreate web.1]',
      )
    }
    expect(cause(shop(), madeBefore(shop()), noKey)).toBe('unchanged: web')
  })

  test.for([
    ['the key of somebody else', hashOptions, another],
    ['a key that is lost', hashOptions, noKey],
    ['no key, and one now', noKey, hashOptions],
    ['no key', noKey, noKey],
  ] as const)('goes by the whole with %s', ([, then, now]) => {
    const before = made(shop(), then)
    const images = new Map([...before.images, ['web:2', imageOf('sha256:2')]])
    expect(cause(shop(), before, now)).toBe('unchanged: web')
    expect(cause(shop({ environment: { PIN: '1' } }), before, now)).toBe(
      '  web.1/create  its configuration changed  [recreate web.1]',
    )
    expect(cause(shop({ environment: { MORE: '1', PIN: '1' }, user: 'me' }), before, now)).toBe(
      '  web.1/create  environment MORE added, user added  [recreate web.1]',
    )
    expect(cause(shop({ image: 'web:2' }), { ...before, images }, now)).toBe(
      '  web.1/create  image changed web:1 → web:2  [recreate web.1]',
    )
  })

  test('writes the key of today into what it makes', () => {
    const world = made(shop(), another)
    const changed = shop({ user: 'me' })
    const label = labelOf(applyPlan(changed, world, planUp(changed, world, hashOptions)))
    expect(JSON.parse(label)).toMatchObject({ key: partKey.id })
  })
})
