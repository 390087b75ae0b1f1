import { expect, test } from 'vitest'
import { printProject } from '../../../src/core/compose/print/print-project.ts'
import { writeYaml } from '../../../src/core/compose/print/write-yaml.ts'
import { loadFiles, loadGood, problemLines } from '../../support/load-memory.ts'

const stack = `name: shop
x-tiers: [web, app, data]
services:
  front: {image: x, x-tier: web}
  api: {image: x, x-tier: app}
  job: {image: x, x-tier: app, depends_on: [api]}
  db: {image: x, x-tier: data, healthcheck: {test: [CMD, ready]}}
  tool: {image: x, x-tier: data, profiles: [dev]}
  other: {image: x}
`

test('neighbouring tiers share a network, and a tier waits for the one behind it', () => {
  const { services, networks } = loadGood({ 'stack.yaml': stack }).project
  expect(
    Object.entries(services).map(
      ([name, service]) =>
        `${name}: ${Object.keys(service.networks ?? {}).join(' ')} after ${JSON.stringify(service.depends_on)}`,
    ),
  ).toMatchInlineSnapshot(`
    [
      "api: app-data web-app after {"db":{"condition":"service_healthy","required":true}}",
      "db: app-data after undefined",
      "front: web-app after {"api":{"condition":"service_started","required":true},"job":{"condition":"service_started","required":true}}",
      "job: app-data web-app after {"api":{"condition":"service_started","required":true}}",
      "other: default after undefined",
    ]
  `)
  expect(Object.keys(networks)).toEqual(['app-data', 'default', 'web-app'])
})

test('what comes out is plain Compose, and means the same again', () => {
  const once = loadGood({ 'stack.yaml': stack }).project
  const text = writeYaml(printProject(once, 'yaml'))
  expect(printProject(loadGood({ 'stack.yaml': text }).project, 'json')).toEqual(printProject(once, 'json'))
})

test('what contradicts the tiers is a problem at its place', () => {
  const wrong = `x-tiers: [web, app, data]
services:
  front: {image: x, x-tier: wbe}
  api: {image: x, x-tier: web, depends_on: [db], networks: [shared]}
  db: {image: x, x-tier: data, networks: [shared], depends_on: [mid]}
  mid: {image: x, x-tier: app, network_mode: host}
networks: {shared: }
`
  const result = loadFiles({ 'stack.yaml': wrong })
  expect(result.ok ? [] : problemLines(result.problems)).toMatchInlineSnapshot(`
    [
      "stack.yaml:3:29 tiers/unknown There is no tier "wbe". | Did you mean "web"?",
      "stack.yaml:4:45 tiers/dependency "api" depends on "db", and the tiers "web" and "data" are not neighbours and cannot reach each other. | A service depends on its own tier or the one behind it.",
      "stack.yaml:5:43 tiers/network The network "shared" joins "db" and "api", whose tiers "data" and "web" are not neighbours. | Leave the network out: neighbouring tiers share one without it.",
      "stack.yaml:5:65 tiers/dependency "db" depends on "mid", and the tier "app" is in front of "data". | A service depends on its own tier or the one behind it.",
      "stack.yaml:6:46 tiers/network-mode "mid" is in a tier, which gives it networks, so "network_mode" cannot stand beside it.",
    ]
  `)
  const lost = loadFiles({ 'stack.yaml': 'services: {a: {image: x, x-tier: web}}\n' })
  expect(lost.ok ? [] : problemLines(lost.problems)).toMatchInlineSnapshot(`
    [
      "stack.yaml:1:34 tiers/no-list x-tier names a tier, and the stack file has no x-tiers. | List the tiers from front to back at the top level: x-tiers: [web, …].",
    ]
  `)
})
