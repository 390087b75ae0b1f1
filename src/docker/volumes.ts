import type { ObjectRuntime } from '../engine/ports/object-runtime.ts'
import { withSignal, type DockerClient } from './connection/client.ts'
import { accept, guard, orUndefined } from './connection/guard.ts'
import type { ObservedVolume } from '../core/plan/observed.ts'

type EngineVolume = {
  readonly Name: string
  readonly Driver: string
  readonly Labels?: Readonly<Record<string, string>> | null
  readonly Mountpoint?: string
  readonly Scope?: string
}

const toObservedVolume = ({ Name, Driver, Labels, Mountpoint, Scope }: EngineVolume): ObservedVolume => ({
  name: Name,
  driver: Driver,
  labels: Labels ?? {},
  ...(Mountpoint === undefined ? {} : { mountpoint: Mountpoint }),
  ...(Scope === undefined ? {} : { scope: Scope }),
})

type VolumeCalls = Pick<
  ObjectRuntime,
  'listVolumes' | 'measureVolumes' | 'findVolume' | 'createVolume' | 'removeVolume'
>

export const createVolumeCalls = (client: DockerClient): VolumeCalls => {
  const { docker } = client
  return {
    listVolumes: ({ project }, { signal } = {}) =>
      guard(client, { what: 'list volumes', signal }, async () => {
        const query = project === undefined ? {} : { filters: { label: [`com.docker.compose.project=${project}`] } }
        const answer = await docker.listVolumes(withSignal(signal, query))
        return (answer.Volumes ?? []).map(toObservedVolume)
      }),
    measureVolumes: ({ signal } = {}) =>
      guard(client, { what: 'measure volumes', signal }, async () => {
        const { Volumes } = await client.beside.measureVolumes(signal)
        return new Map(
          (Volumes ?? []).flatMap(({ Name, UsageData }) => {
            const bytes = UsageData?.Size ?? -1
            // -1: the driver cannot tell.
            return bytes < 0 ? [] : [[Name, bytes] as const]
          }),
        )
      }),
    findVolume: (name, { signal } = {}) =>
      guard(client, { what: `look for volume ${name}`, signal }, async () => {
        const found = await orUndefined(docker.getVolume(encodeURIComponent(name)).inspect(withSignal(signal, {})))
        return found === undefined ? undefined : toObservedVolume(found)
      }),
    createVolume: ({ volume, labels }, { signal } = {}) =>
      guard(client, { what: `create volume ${volume.name}`, signal }, async () => {
        const body = {
          Name: volume.name,
          ...(volume.driver === undefined ? {} : { Driver: volume.driver }),
          DriverOpts: volume.driver_opts ?? {},
          Labels: { ...volume.labels, ...labels },
        }
        await docker.createVolume(withSignal(signal, body))
      }),
    removeVolume: (name, { force = false, signal } = {}) =>
      guard(client, { what: `remove volume ${name}`, subject: `Volume ${name}`, signal }, () =>
        accept([404], docker.getVolume(encodeURIComponent(name)).remove(withSignal(signal, { force }))),
      ),
  }
}
