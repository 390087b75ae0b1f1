import { expect, test } from 'vitest'
import { planUp } from '../../../src/core/plan/plan-up.ts'
import { toPlanText } from '../../../src/core/plan/plan-text.ts'
import { toConfigParts } from '../../../src/core/project/config-hash.ts'
import type { Model, Project } from '../../../src/core/project/project.ts'
import { applyPlan, emptyWorld, hashOptions, projectOf } from './world.ts'

const withModels = (models: Readonly<Record<string, Model>>): Project => ({
  ...projectOf({
    web: { models: { llm: null, emb: { model_var: 'EMB_NAME' } } },
    api: { models: { llm: null } },
    other: {},
  }),
  models,
})
const models = {
  llm: { name: 'shop_llm', model: 'ai/large' },
  emb: { name: 'shop_emb', model: 'ai/small' },
  unused: { name: 'shop_unused', model: 'ai/unused' },
}
const project = withModels(models)

test('a model that services use is provided once, before their containers are made', () => {
  expect(toPlanText(planUp(project, emptyWorld(project), hashOptions)).join('\n')).toMatchInlineSnapshot(`
    "  network.default/create  does not exist yet
      model.llm/provide       services use it
      model.emb/provide       services use it
      web.1/create            does not exist yet  after network.default/create, model.llm/provide, model.emb/provide
      api.1/create            does not exist yet  after network.default/create, model.llm/provide
      other.1/create          does not exist yet  after network.default/create
      web.1/start             is new  after web.1/create
      api.1/start             is new  after api.1/create
      other.1/start           is new  after other.1/create"
  `)
})

test('what runs already asks for no model', () => {
  const plan = planUp(project, emptyWorld(project), hashOptions)
  expect(planUp(project, applyPlan(project, emptyWorld(project), plan), hashOptions).steps).toEqual([])
})

test('another model is a change of the services that use it', () => {
  const changed = withModels({ ...models, emb: { ...models.emb, context_size: 4096 } })
  const partsOf = (each: Project, name: string) => toConfigParts(each, name, hashOptions)
  expect(partsOf(changed, 'web')['models.emb']).not.toBe(partsOf(project, 'web')['models.emb'])
  expect(partsOf(changed, 'api')).toEqual(partsOf(project, 'api'))
})
