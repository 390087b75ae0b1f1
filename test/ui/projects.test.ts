import { afterEach, describe, expect, it } from 'vitest'
import type { ListedProject } from '../../src/core/plan/listed-projects.ts'
import { mountProjects, type ProjectsScreen } from '../../src/ui/projects.tsx'
import { createTerminalInput } from '../../src/ui/terminal/terminal-input.ts'
import { eventually } from '../support/eventually.ts'
import { createFakeTty } from '../support/tty.ts'

const project = (name: string, more: Partial<ListedProject> = {}): ListedProject => ({
  name,
  states: [{ state: 'running', count: 2 }],
  services: 2,
  up: 2,
  done: 0,
  bad: 0,
  directory: `/home/ann/${name}`,
  files: [],
  ...more,
})
const some = [
  project('blog', { up: 0, states: [{ state: 'exited', count: 2 }] }),
  project('shop', {
    bad: 1,
    up: 4,
    services: 5,
    states: [
      { state: 'exited', count: 1 },
      { state: 'running', count: 4 },
    ],
  }),
  project('wiki'),
]

const open: ProjectsScreen[] = []
afterEach(() => open.splice(0).forEach((screen) => screen.unmount()))

const show = (
  given: readonly ListedProject[] | undefined,
  more: { readonly current?: string; readonly notice?: string; readonly columns?: number } = {},
) => {
  const { columns = 80, ...rest } = more
  const tty = createFakeTty(columns, 12)
  let tell: (projects: readonly ListedProject[]) => void = () => {}
  const screen = mountProjects({
    ...rest,
    follow: (onChange) => {
      tell = onChange
      if (given !== undefined) onChange(given)
      return () => {}
    },
    input: createTerminalInput(tty),
    stdout: tty.stdout,
    colour: false,
    unicode: true,
  })
  open.push(screen)
  const shows = (text: string) =>
    eventually(async () => {
      const shown = await tty.screen()
      if (!shown.includes(text)) throw new Error(`does not show ${text}:\n${shown}`)
      return shown
    })
  return { tty, screen, shows, tell: (projects: readonly ListedProject[]) => tell(projects) }
}

describe('the list of all projects', () => {
  it('says of each how it is and where it lies', async () => {
    const { tty, shows } = show(some, { current: 'shop' })
    await shows('▸ ✖ shop')
    expect(await tty.screen()).toMatchInlineSnapshot(`
      " stack   projects of this engine                                 2 of 3 running

           PROJECT  UP   STATE                FOLDER
         ○ blog     0/2  2 exited             /home/ann/blog
       ▸ ✖ shop     4/5  1 exited, 4 running  /home/ann/shop
         ● wiki     2/2  2 running            /home/ann/wiki




       ↑↓ choose  enter open  esc back to shop"
    `)
  })

  it('keeps its columns where names are long, and says what went wrong', async () => {
    const long = project('a-project-whose-name-is-as-long-as-a-branch-of-somebody-who-likes-to-explain')
    const { tty, shows } = show([long, ...some], { columns: 60, notice: 'Project "gone" has no containers.' })
    await shows('▸ ● a-project')
    expect(await tty.screen()).toMatchInlineSnapshot(`
      " stack   projects of this engine             3 of 4 running

           PROJECT                   UP   STATE
       ▸ ● a-project-whose-name-is…  2/2  2 running
         ○ blog                      0/2  2 exited
         ✖ shop                      4/5  1 exited, 4 running
         ● wiki                      2/2  2 running

       ✖ Project "gone" has no containers.

       ↑↓ choose  enter open  esc leave"
    `)
  })

  it('is there before the engine has answered, and when nothing is there', async () => {
    const { shows, tell } = show(undefined)
    await shows('asking the engine')
    tell([])
    await shows('no project is there')
    tell(some)
    await shows('2 of 3 running')
  })

  it('begins with the first that runs, where nothing was looked at before', async () => {
    const { shows } = show(some)
    await shows('▸ ✖ shop')
  })

  it('counts what ran to its end as it should as up', async () => {
    const { shows } = show([project('shop', { services: 3, up: 2, done: 1 })])
    await shows('▸ ● shop     3/3')
  })

  it.each([
    ['\r', 'shop'],
    ['j\r', 'wiki'],
    ['kk\u001b[B\u001b[A\r', 'blog'],
    ['G\r', 'wiki'],
    ['gjj\r', 'wiki'],
    ['\u001b', undefined],
    ['jq', undefined],
    ['\u0003', undefined],
  ])('%j', async (keys, chosen) => {
    const { tty, screen, shows } = show(some, { current: 'shop' })
    await shows('▸ ✖ shop')
    tty.type(keys)
    expect(await screen.chosen).toBe(chosen)
  })
})
