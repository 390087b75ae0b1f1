import { isDeepStrictEqual } from 'node:util'
import { type Inspected, isOneOff, numberOf, serviceOf } from './engine-api.ts'
import { eventually as repeat } from './eventually.ts'
import type { Check, World } from './scenario.ts'

/**
 * Checks of state, read from the engine. Every one fails when what it is about is missing: "not recreated" of a
 * service that has no container is a mistake in the scenario, not a success.
 */

const check = (says: string, test: Check['test']): Check => ({ says, test })

const show = (containers: readonly Inspected[]) =>
  containers.map(({ Name, State }) => `${Name.slice(1)} ${State.Status}(${State.ExitCode})`).join(', ') ||
  'no container'

const regular = (containers: readonly Inspected[]) => containers.filter((one) => !isOneOff(one))

const containersOf = async (world: World, service: string): Promise<readonly [Inspected, ...Inspected[]]> => {
  const [first, ...others] = regular(await world.containers(service))
  if (!first) throw new Error(`${service} has no container; there is: ${show(await world.containers())}`)
  return [first, ...others]
}

/** The same check again and again until it holds. */
export const eventually = ({ says, test }: Check, timeout = 10_000): Check =>
  check(`within ${timeout / 1000} s ${says}`, (world) => repeat(() => test(world), timeout))

/** All containers of the service are in the state; with a count, there are that many. */
export const state = (service: string, wanted: string, count?: number): Check =>
  check(`${service} is ${wanted}${count === undefined ? '' : `, ${count} of it`}`, async (world) => {
    const found = await containersOf(world, service)
    const right = found.every((one) => one.State.Status === wanted) && (count === undefined || found.length === count)
    if (!right) throw new Error(show(found))
  })

export const running = (service: string, count = 1) => state(service, 'running', count)

export const exited = (service: string, code: number): Check =>
  check(`${service} has exited with ${code}`, async (world) => {
    const found = await containersOf(world, service)
    const right = found.every(({ State }) => State.Status === 'exited' && State.ExitCode === code)
    if (!right) throw new Error(show(found))
  })

export const health = (service: string, wanted: string): Check =>
  check(`${service} is ${wanted}`, async (world) => {
    const found = await containersOf(world, service)
    const seen = found.map((one) => one.State.Health?.Status ?? 'without a healthcheck')
    if (!seen.every((one) => one === wanted)) throw new Error(seen.join(', '))
  })

/** No container of the service, one-off ones left aside. */
export const absent = (service: string): Check =>
  check(`${service} has no container`, async (world) => {
    const found = regular(await world.containers(service))
    if (found.length > 0) throw new Error(show(found))
  })

export const replicas = (service: string, ...wanted: readonly number[]): Check =>
  check(`${service} has the replicas ${wanted.join(', ')}`, async (world) => {
    const found = (await containersOf(world, service)).map(numberOf)
    if (!isDeepStrictEqual(found, wanted)) throw new Error(`it has ${found.join(', ')}`)
  })

export const named = (service: string, ...wanted: readonly string[]): Check =>
  check(`${service} is named ${wanted.join(', ')}`, async (world) => {
    const found = (await containersOf(world, service)).map(({ Name }) => Name.slice(1))
    const expected = wanted.map((name) => name.replace('%p', world.project))
    if (!isDeepStrictEqual(found, expected)) throw new Error(`it is ${found.join(', ')}`)
  })

export const oneOffs = (service: string, count: number, status?: string): Check =>
  check(`${service} has ${count} one-off containers${status ? `, ${status}` : ''}`, async (world) => {
    const found = (await world.containers(service)).filter(isOneOff)
    const right = found.length === count && (status === undefined || found.every((one) => one.State.Status === status))
    if (!right) throw new Error(show(found))
  })

const before = (world: World, service: string) => {
  const found = regular(world.before).filter((one) => serviceOf(one) === service)
  if (found.length === 0) throw new Error(`${service} had no container before the step, so nothing can be compared`)
  return found
}

/** Every container of the service is another one than before the step. */
export const recreated = (service: string): Check =>
  check(`${service} was recreated`, async (world) => {
    const old = before(world, service).map(({ Id }) => Id)
    const kept = (await containersOf(world, service)).filter(({ Id }) => old.includes(Id))
    if (kept.length > 0) throw new Error(`kept: ${show(kept)}`)
  })

/** Every container of before the step is still there, the same one, and was not started anew. */
export const untouched = (service: string): Check =>
  check(`${service} was left alone`, async (world) => {
    const now = await containersOf(world, service)
    for (const old of before(world, service)) {
      const same = now.find(({ Id }) => Id === old.Id)
      if (!same) throw new Error(`${old.Name.slice(1)} was recreated`)
      if (same.State.StartedAt !== old.State.StartedAt) throw new Error(`${old.Name.slice(1)} was started again`)
    }
  })

/** The same container as before the step, started anew. */
export const restarted = (service: string): Check =>
  check(`${service} was restarted, not recreated`, async (world) => {
    const now = await containersOf(world, service)
    for (const old of before(world, service)) {
      const same = now.find(({ Id }) => Id === old.Id)
      if (!same) throw new Error(`${old.Name.slice(1)} was recreated`)
      if (same.State.StartedAt === old.State.StartedAt) throw new Error(`${old.Name.slice(1)} was not started again`)
    }
  })

/** Dotted words into what the engine tells of a container: `HostConfig.Memory`, `NetworkSettings.Networks`. */
export const shows = (service: string, path: string, wanted: unknown): Check =>
  check(`${service} has ${path} = ${JSON.stringify(wanted)}`, async (world) => {
    for (const container of await containersOf(world, service)) {
      const found = path
        .split('.')
        .reduce<unknown>((value, word) => (value as Record<string, unknown> | undefined)?.[word], container)
      const right = wanted instanceof RegExp ? wanted.test(JSON.stringify(found)) : isDeepStrictEqual(found, wanted)
      if (!right) throw new Error(`it is ${JSON.stringify(found)}`)
    }
  })

/** What the containers of the service have written so far. */
export const says = (service: string, pattern: RegExp): Check =>
  check(`${service} has written ${pattern}`, async (world) => {
    const found = await containersOf(world, service)
    const logs = await Promise.all(found.map(({ Id }) => world.engine.logs(Id)))
    const text = logs.map(({ stdout, stderr }) => stdout + stderr).join('')
    if (!pattern.test(text)) throw new Error(`it wrote: ${text || 'nothing'}`)
  })

/** A command inside the first container of the service ends with 0 and prints what matches. */
export const inside = (service: string, command: string, pattern: RegExp): Check =>
  check(`inside ${service}, ${command} prints ${pattern}`, async (world) => {
    const [first] = await containersOf(world, service)
    const { code, stdout, stderr } = await world.engine.exec(first.Id, ['sh', '-c', command])
    if (code !== 0 || !pattern.test(stdout)) throw new Error(`exit ${code}: ${stdout}${stderr}`)
  })

const time = (text: string) => {
  if (text.startsWith('0001')) throw new Error('it never was')
  return text
}

/** Every container of `later` started after every container of `earlier` had started. */
export const startedAfter = (later: string, earlier: string): Check =>
  check(`${later} started after ${earlier}`, async (world) => {
    const ends = (await containersOf(world, earlier)).map(({ State }) => time(State.StartedAt))
    const starts = (await containersOf(world, later)).map(({ State }) => time(State.StartedAt))
    if (!starts.every((start) => ends.every((end) => start > end))) throw new Error(`${starts} is not after ${ends}`)
  })

/** Every container of `later` started after every container of `earlier` had ended. */
export const startedAfterEnd = (later: string, earlier: string): Check =>
  check(`${later} started after the end of ${earlier}`, async (world) => {
    const ends = (await containersOf(world, earlier)).map(({ State }) => time(State.FinishedAt))
    const starts = (await containersOf(world, later)).map(({ State }) => time(State.StartedAt))
    if (!starts.every((start) => ends.every((end) => start > end))) throw new Error(`${starts} is not after ${ends}`)
  })

/** `later` ended after `earlier`: the order of a stop. Containers must still be there. */
export const endedAfter = (later: string, earlier: string): Check =>
  check(`${later} ended after ${earlier}`, async (world) => {
    const first = (await containersOf(world, earlier)).map(({ State }) => time(State.FinishedAt))
    const second = (await containersOf(world, later)).map(({ State }) => time(State.FinishedAt))
    if (!second.every((end) => first.every((other) => end > other))) throw new Error(`${second} is not after ${first}`)
  })

export const network = (name: string, wanted = true): Check =>
  check(`network ${name} is ${wanted ? 'there' : 'gone'}`, async ({ engine, project }) => {
    const found = (await engine.networks(project)).map(({ Name }) => Name)
    if (found.includes(`${project}_${name}`) !== wanted) throw new Error(`there is: ${found.join(', ') || 'none'}`)
  })

export const volume = (name: string, wanted = true): Check =>
  check(`volume ${name} is ${wanted ? 'there' : 'gone'}`, async ({ engine, project }) => {
    const found = (await engine.volumes(project)).map(({ Name }) => Name)
    if (found.includes(`${project}_${name}`) !== wanted) throw new Error(`there is: ${found.join(', ') || 'none'}`)
  })

/** No container and no network of the project; no volume either, unless volumes are to stay. */
export const nothingLeft = ({ butVolumes = false } = {}): Check =>
  check(`nothing of the project is left${butVolumes ? ' but volumes' : ''}`, async (world) => {
    const containers = await world.containers()
    const networks = (await world.engine.networks(world.project)).map(({ Name }) => `network ${Name}`)
    const volumes = butVolumes ? [] : (await world.engine.volumes(world.project)).map(({ Name }) => `volume ${Name}`)
    const left = [...(containers.length > 0 ? [show(containers)] : []), ...networks, ...volumes]
    if (left.length > 0) throw new Error(left.join(', '))
  })

/** Anything else about the containers of one service, in a sentence; the test throws or answers false. */
export const holds = (says: string, test: (world: World) => Promise<boolean | void> | boolean | void): Check =>
  check(says, async (world) => {
    if ((await test(world)) === false) throw new Error('it does not')
  })
