import { describe, expect, test } from 'vitest'
import { toFateLines, toRuleLines } from '../../../src/cli/up/explain-watch.ts'
import { explainRules } from '../../../src/engine/sync/explain-rules.ts'
import { createSyncRules } from '../../../src/engine/sync/rules.ts'
import { aProject, aService, aWorld } from '../../support/builders.ts'

const service = aService({
  build: { context: '/work/web', dockerfile: 'Dockerfile' },
  'x-stack': {
    watch: [
      { path: '/work/web/generated', target: '/app/generated', direction: 'from', ignore: ['*.log'] },
      { path: '/work/web/package.json', target: '/app/package.json', direction: 'both' },
    ],
  },
})
const project = aProject({ web: service, db: aService() })
const files = (() => {
  const world = aWorld()
  world.save(
    '/work/web/Dockerfile',
    'FROM node\nWORKDIR /app\nCOPY package.json .\nRUN npm ci\nCOPY . .\nCMD ["vite"]\n',
  )
  world.save('/work/web/package.json', '{}')
  world.save('/work/web/generated/api.ts', '')
  return world.deps.files
})()

describe('what comes back', () => {
  test('is copied by no other rule of its service', async () => {
    const { rules } = await createSyncRules({ files }, project)
    const actions = (path: string) => rules.filter((rule) => rule.matches(path)).map(({ action }) => action)
    expect(actions('/work/web/src/a.ts')).toEqual(['sync'])
    expect(actions('/work/web/generated/api.ts')).toEqual([])
    expect(actions('/work/web/generated/api.log')).toEqual(['sync'])
    expect(actions('/work/web/package.json')).toEqual(['rebuild'])
  })

  test('is told by watch --explain', async () => {
    const explanations = await explainRules({ files }, project, ['web', 'db'])
    const view = { project, directory: '/work' }
    expect(explanations.flatMap((one) => toRuleLines(one, view))).toMatchInlineSnapshot(`
      [
        "web: watched as web/Dockerfile says, for it has no develop section",
        "  rebuild      web/package.json",
        "    web/Dockerfile:3: COPY package.json .",
        "    "npm ci" (line 4) reads it",
        "  sync         web to /app, without **/node_modules",
        "    web/Dockerfile:5: COPY . .",
        "    "vite" notices changes itself",
        "  rebuild      web/Dockerfile",
        "    web/Dockerfile",
        "    the image is built by it",
        "  from         /app/generated to web/generated, without *.log",
        "    services.web.x-stack.watch[0]",
        "  both ways    web/package.json and /app/package.json",
        "    services.web.x-stack.watch[1]",
        "db: not watched, for it is not built from a folder",
      ]
    `)
    expect(
      ['generated/api.ts', 'generated/api.log', 'package.json'].flatMap((path) =>
        toFateLines(`/work/web/${path}`, explanations, view),
      ),
    ).toMatchInlineSnapshot(`
      [
        "web/generated/api.ts",
        "  web: from /app/generated to web/generated, without *.log",
        "    services.web.x-stack.watch[0]",
        "web/generated/api.log",
        "  web: sync to /app/generated/api.log",
        "    web/Dockerfile:5: COPY . .",
        "    "vite" notices changes itself",
        "web/package.json",
        "  web: both ways web/package.json and /app/package.json",
        "    services.web.x-stack.watch[1]",
        "  web: rebuild",
        "    web/Dockerfile:3: COPY package.json .",
        "    "npm ci" (line 4) reads it",
      ]
    `)
  })
})
