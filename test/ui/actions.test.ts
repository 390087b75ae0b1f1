import { afterEach, describe, expect, it } from 'vitest'
import type { Command } from '../../src/core/events/event.ts'
import { showDashboard, type ShowOptions, type ShownDashboard } from '../support/dashboard.ts'
import { eventually } from '../support/eventually.ts'
import { probing, running, starting, toEvents } from '../support/shop-events.ts'

const open: ShownDashboard[] = []
afterEach(() => open.splice(0).forEach((shown) => shown.unmount()))
const show = (options?: ShowOptions) => {
  const shown = showDashboard(toEvents(starting, probing, running), options)
  open.push(shown)
  return shown
}

const sends = (shown: ShownDashboard, ...commands: readonly Command[]) =>
  eventually(() => expect(shown.sent).toEqual(commands))

describe('marked services', () => {
  it('are what the next action is for, and it alone', async () => {
    const shown = show()
    const screen = await shown.press('  ', 'Marked for the next action: web, api')
    expect(screen).toContain('◆w ● web')
    expect(screen).toContain('◆a ● api 2/2')
    expect(screen).toContain(' ▸ ● worker')
    await shown.press('r', '!◆')
    shown.tty.type('r')
    await sends(shown, { type: 'restart', services: ['web', 'api'] }, { type: 'restart', services: ['worker'] })
  })

  it('are forgotten with the same key and with Esc', async () => {
    const shown = show()
    await shown.press('  ', 'web, api', 'esc back')
    await shown.press('k ', 'next action: web', '!web, api')
    await shown.press('\u001b', '!◆', '!esc back')
    shown.tty.type('r')
    await sends(shown, { type: 'restart', services: ['worker'] })
  })

  it('stop those that run, and begin with the others when none of them does', async () => {
    const shown = show()
    await shown.press('j  ', 'api, worker')
    await shown.press(' ', 'api, worker, migrate', 's stop')
    await shown.press('s', '!◆')
    shown.tty.type('s')
    await sends(shown, { type: 'stop', services: ['api', 'worker'] }, { type: 'stop', services: ['db'] })
  })

  it('stay marked while a question about them is open', async () => {
    const shown = show()
    await shown.press('  ', 'web, api')
    await shown.press('x', 'kill web, api', 'y kill them')
    await shown.press('\u001b', '!kill them', '◆')
    await shown.press('xy', '!◆')
    await sends(shown, { type: 'kill', services: ['web', 'api'] })
  })

  it('are in the command lines of the palette', async () => {
    const shown = show({ columns: 120 })
    await shown.press('  ', 'web, api')
    await shown.press(':pause', 'stack pause web api')
    await shown.press('\u007f\u007f\u007f\u007f\u007fscale', 'stack scale --no-deps web=N api')
  })

  it('leave the space key of the log alone', async () => {
    const shown = show()
    await shown.press('\t ', 'PAUSED')
    expect(await shown.tty.screen()).not.toContain('◆')
  })
})

describe('actions', () => {
  it('freeze what runs, and let go on what is frozen', async () => {
    const shown = show()
    shown.tty.type('z')
    await sends(shown, { type: 'pause', services: ['web'] })
    const [web] = shown.store.getState().services.find(({ name }) => name === 'web')!.containers
    shown.apply({ type: 'container/changed', container: { ...web!, state: 'paused' } })
    await shown.shows('paused')
    shown.tty.type('z')
    await sends(shown, { type: 'pause', services: ['web'] }, { type: 'unpause', services: ['web'] })
    await shown.press('jjjz', 'migrate does not run.')
  })

  it('ask before containers are made anew', async () => {
    const shown = show()
    await shown.press('A', 'recreate web', 'inside its containers is lost. Volumes and images stay.', 'y recreate')
    await shown.press('y', '!y recreate')
    await sends(shown, { type: 'recreate', services: ['web'] })
  })

  it('ask for a number of containers', async () => {
    const shown = show()
    await shown.press('j=', '── scale api', 'containers: _', 'It has 2 now. Fewer: the last ones go', 'enter do it')
    await shown.press('many\r', '"many" is no number of containers')
    await shown.press('\u007f\u007f\u007f\u007f4', 'containers: 4_')
    await shown.press('\r', '!scale api')
    await shown.press('=', '── scale api')
    await shown.press('\u001b', '!── scale api')
    await sends(shown, { type: 'scale', services: ['api'], replicas: 4 })
  })

  it('take down, and say what stays', async () => {
    const shown = show()
    const screen = await shown.press('\u0018', '── take shop down', 'y take it down')
    expect(screen).toContain('Lost: 6 containers with what was written inside, and its networks.')
    expect(screen).toContain('Kept: volumes with all data, images, the stack file')
    await shown.press('n', '!take shop down')
    shown.tty.type('\u0018y')
    await sends(shown, { type: 'down' })
  })

  it('remove what has ended, by name', async () => {
    const shown = show()
    await shown.press('X', '── remove what has ended', 'Lost: shop-migrate-1, with what was written')
    await shown.press('y', '!remove what has ended')
    shown.apply({ type: 'container/removed', id: 'migrate1'.padEnd(12, '0'), service: 'migrate' })
    await shown.press('X', 'No container has ended.')
    await sends(shown, { type: 'prune' })
  })

  it('read stack file and environment again', async () => {
    const shown = show()
    await shown.press('U', 'Reading stack file and environment again.')
    await sends(shown, { type: 'reload', apply: true })
  })
})
