import { expect, test } from 'vitest'
import { assertMadeHere } from '../../src/engine/elsewhere.ts'
import { aProject, aService } from '../support/builders.ts'

type Place = {
  readonly directory: string
  readonly remote?: readonly string[]
  readonly real?: Readonly<Record<string, string>>
}

/** What is said when containers of these services were made in a folder. */
const said = async (folder: string, { directory, remote = [], real = {} }: Place, service = 'web'): Promise<string> => {
  const project = aProject({ web: aService({}), db: aService({}) })
  const containers = [
    { service, name: `demo-${service}-1`, labels: { 'com.docker.compose.project.working_dir': folder } },
  ]
  const files = { realpath: async (path: string) => (path.startsWith('/gone') ? undefined : (real[path] ?? path)) }
  try {
    await assertMadeHere(
      { ...project, context: { ...project.context, directory, remote } },
      { containers: containers as never },
      { files, command: 'stack up' },
    )
    return 'nothing'
  } catch (error) {
    return (error as Error).message
  }
}

test('containers of another folder that is there are refused', async () => {
  expect(await said('/a/demo', { directory: '/b/demo' })).toBe(
    'Project "demo" was brought up from another folder: demo-web-1 belongs to /a/demo.',
  )
})

test('the same folder, by links too, a folder that was moved, and what the file does not name are no hindrance', async () => {
  expect(await said('/b/demo', { directory: '/b/demo' })).toBe('nothing')
  expect(await said('/link', { directory: '/b/demo', real: { '/link': '/b/demo' } })).toBe('nothing')
  expect(await said('/gone/demo', { directory: '/b/demo' })).toBe('nothing')
  expect(await said('/a/demo', { directory: '/b/demo' }, 'other')).toBe('nothing')
})

test('another version of a fetched repository is no other checkout, and a folder of this machine is', async () => {
  const remote = ['https://example.test/demo.git#v2']
  const directory = '/home/me/.cache/stack/git/2222'
  expect(await said('/home/me/.cache/stack/git/1111', { directory, remote })).toBe('nothing')
  expect(await said('/a/demo', { directory, remote })).toContain('/a/demo')
})
