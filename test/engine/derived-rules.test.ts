import { describe, expect, test } from 'vitest'
import type { Project } from '../../src/core/project/project.ts'
import type { Service } from '../../src/core/project/service.ts'
import { toFateLines, toRuleLines } from '../../src/cli/up/explain-watch.ts'
import { explainRules } from '../../src/engine/sync/explain-rules.ts'
import { createSyncRules } from '../../src/engine/sync/rules.ts'
import { aProject, aService, aWorld } from '../support/builders.ts'

const dockerfile = `FROM node:22
WORKDIR /app
COPY package.json ./
RUN npm ci
COPY . .
CMD ["npm", "run", "dev"]
`
const files: Readonly<Record<string, string>> = {
  '/work/web/Dockerfile': dockerfile,
  '/work/web/.dockerignore': 'secret\nDockerfile\n',
  '/work/web/package.json': '{"scripts":{"dev":"vite"}}',
  '/work/web/src/a.ts': '',
  '/work/web/secret': '',
}

const worldOf = (more: Readonly<Record<string, string>> = {}) => {
  const world = aWorld()
  for (const [path, text] of Object.entries({ ...files, ...more })) world.save(path, text)
  return world
}

const built = (more: Partial<Service> = {}): Service =>
  aService({ build: { context: '/work/web', dockerfile: 'Dockerfile' }, ...more })

/** What happens to each path: `sync /app/src/a.ts`. */
const matchesOf = async (project: Project, paths: readonly string[], more: Readonly<Record<string, string>> = {}) => {
  const { rules } = await createSyncRules({ files: worldOf(more).deps.files }, project)
  return paths.map(
    (path) =>
      rules
        .filter((rule) => rule.matches(path))
        .map(({ service, action, target }) => `${service} ${action}${target === undefined ? '' : ` ${target}`}`)
        .join(', ') || 'nothing',
  )
}

const paths = [
  '/work/web/src/a.ts',
  '/work/web/package.json',
  '/work/web/secret',
  '/work/web/Dockerfile',
  '/work/web/node_modules/x/package.json',
]

describe('a service that is built from a folder and has no develop section', () => {
  test('is watched as its Dockerfile says, which the ignore file does not hide', async () => {
    expect(await matchesOf(aProject({ web: built() }), paths)).toEqual([
      'web sync /app',
      'web rebuild, web sync /app',
      'nothing',
      'web rebuild',
      'nothing',
    ])
  })

  test('with a Dockerfile elsewhere, in the stack file, and with an ignore file of its own', async () => {
    const text = 'FROM x\nCOPY . /in\nCMD php-fpm'
    const ask = ['/work/web/src/a.ts', '/work/web/secret', '/work/docker/x.Dockerfile']
    const build = { context: '/work/web', dockerfile: '../docker/x.Dockerfile' }
    expect(await matchesOf(aProject({ web: built({ build }) }), ask, { '/work/docker/x.Dockerfile': text })).toEqual([
      'web sync /in',
      'nothing',
      'web rebuild',
    ])
    expect(
      await matchesOf(aProject({ web: built({ build }) }), ask, {
        '/work/docker/x.Dockerfile': text,
        '/work/docker/x.Dockerfile.dockerignore': 'src',
      }),
    ).toEqual(['nothing', 'web sync /in', 'web rebuild'])
    expect(
      await matchesOf(aProject({ web: built({ build: { context: '/work/web', dockerfile_inline: text } }) }), ask),
    ).toEqual(['web sync /in', 'nothing', 'nothing'])
  })

  test.each<readonly [string, Service, Partial<Project>]>([
    ['it has rules of its own, none at all included', built({ develop: { watch: [] } }), {}],
    ['it is turned off', built({ 'x-stack': { watch: false } }), {}],
    ['all are turned off', built(), { extensions: { 'x-stack': { watch: false } } }],
    ['it is built from elsewhere', built({ build: { context: 'https://example.com/x.git' } }), {}],
    ['its Dockerfile is not there', built({ build: { context: '/work/web', dockerfile: 'Other' } }), {}],
    [
      'its Dockerfile cannot be understood',
      built({ build: { context: '/work/web', dockerfile_inline: 'FRUM x' } }),
      {},
    ],
    ['its stage is not there', built({ build: { context: '/work/web', dockerfile: 'Dockerfile', target: 'x' } }), {}],
  ])('is not watched where %s', async (_name, service, more) => {
    expect(await matchesOf(aProject({ web: service }, more), ['/work/web/src/a.ts'])).toEqual(['nothing'])
  })

  test('is left alone where it runs once to its end', async () => {
    const project = aProject({
      migrate: built(),
      web: built({ depends_on: { migrate: { condition: 'service_completed_successfully', required: true } } }),
    })
    expect(await matchesOf(project, ['/work/web/src/a.ts'])).toEqual(['web sync /app'])
  })

  test('is built anew where the image of another service is built from its own', async () => {
    const more = {
      '/work/web/Dockerfile': 'FROM x\nCOPY . /in\nCMD php-fpm',
      '/work/app/Dockerfile': 'FROM demo-web\nCOPY a /a',
    }
    const web: Service = { command: null, entrypoint: null, build: { context: '/work/web', dockerfile: 'Dockerfile' } }
    const app = built({ build: { context: '/work/app', dockerfile: 'Dockerfile' } })
    expect(await matchesOf(aProject({ web, app }), ['/work/web/src/a.ts'], more)).toEqual(['web rebuild'])
  })

  test('is asked by way of its image where the Dockerfile leaves the folder to its base', async () => {
    const world = worldOf({ '/work/web/Dockerfile': 'FROM x\nCOPY src .' })
    const image = {
      id: 'x',
      tags: [],
      digests: [],
      labels: {},
      volumes: [],
      user: '',
      exposedPorts: [],
      entrypoint: [],
      command: ['php-fpm'],
      workingDirectory: '/var/www',
      os: '',
      variant: '',
      architecture: '',
      size: 0,
      createdAt: 0,
    }
    const runtime = { inspectImage: async () => image }
    const { rules } = await createSyncRules({ files: world.deps.files, runtime }, aProject({ web: built() }))
    expect(rules.map(({ action, target }) => [action, target])).toContainEqual(['sync', '/var/www'])
  })
})

test('what is watched is explained, and what would happen to a path', async () => {
  const project = aProject({
    web: built({ volumes: [{ type: 'bind', source: '/work/web/lib', target: '/app/lib' }] as never }),
    hand: built({ develop: { watch: [{ path: '/work/web/src', action: 'sync', target: '/x' }] } }),
    bad: built({ build: { context: '/work/web', dockerfile_inline: 'FRUM x' } }),
    db: aService(),
  })
  const explanations = await explainRules({ files: worldOf().deps.files }, project, Object.keys(project.services))
  const view = { project, directory: '/work' }
  expect(explanations.flatMap((one) => toRuleLines(one, view))).toMatchInlineSnapshot(`
    [
      "web: watched as web/Dockerfile says, for it has no develop section",
      "  rebuild      web/package.json",
      "    web/Dockerfile:3: COPY package.json ./",
      "    "npm ci" (line 4) reads it",
      "  sync         web to /app, without **/node_modules lib",
      "    web/Dockerfile:5: COPY . .",
      "    "vite" notices changes itself",
      "  rebuild      web/Dockerfile",
      "    web/Dockerfile",
      "    the image is built by it",
      "  rebuild      web/.dockerignore",
      "    web/.dockerignore",
      "    the image is built by it",
      "hand: watched as its develop section says",
      "  sync         web/src to /x",
      "    services.hand.develop.watch[0]",
      "bad: not watched, for its Dockerfile cannot be understood: line 1: "FRUM" is no instruction that is known here",
      "    With develop.watch rules of its own the service is watched without being understood.",
      "db: not watched, for it is not built from a folder",
    ]
  `)
  expect(
    ['src/a.ts', 'package.json', 'secret', 'lib/x', 'src/.git/x'].flatMap((path) =>
      toFateLines(`/work/web/${path}`, explanations, view),
    ),
  ).toMatchInlineSnapshot(`
    [
      "web/src/a.ts",
      "  web: sync to /app/src/a.ts",
      "    web/Dockerfile:5: COPY . .",
      "    "vite" notices changes itself",
      "  hand: sync to /x/a.ts",
      "    services.hand.develop.watch[0]",
      "web/package.json",
      "  web: rebuild",
      "    web/Dockerfile:3: COPY package.json ./",
      "    "npm ci" (line 4) reads it",
      "web/secret",
      "  web: nothing, for the .dockerignore keeps it out of the image",
      "    web/Dockerfile:5: COPY . .",
      "web/lib/x",
      "  web: nothing to do, for the bind mount of web/lib at /app/lib shows it",
      "web/src/.git/x",
      "  web: nothing, for it belongs to git",
      "    web/Dockerfile:5: COPY . .",
      "  hand: nothing, for it belongs to git",
      "    services.hand.develop.watch[0]",
    ]
  `)
  expect(toFateLines('/work/other', explanations, view)).toEqual(['other', '  nothing: no rule covers it'])
})
