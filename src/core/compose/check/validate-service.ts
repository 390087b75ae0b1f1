import { readBackRules } from '../../project/back-rules.ts'
import type { Service } from '../../project/service.ts'
import { cleanPath } from '../texts/paths.ts'
import type { Contradiction } from './contradiction.ts'

/** What one service says that does not go together. */
export const validateService = (name: string, service: Service): readonly Contradiction[] => [
  ...hasOrigin(name, service),
  ...buildAgrees(name, service),
  ...oneNetworkChoice(name, service),
  ...healthcheckIsRunnable(name, service),
  ...targetsAreFree(name, service),
  ...watchRulesAreWhole(name, service),
  ...backRulesAreSafe(name, service),
  ...devicesAgree(name, service),
]

const hasOrigin = (name: string, { image, build, provider }: Service): readonly Contradiction[] => {
  if (image !== undefined || build !== undefined || provider !== undefined) return []
  return [
    {
      path: ['services', name],
      at: 'key',
      needs: ['image', 'build', 'provider', 'extends'].map((key) => ['services', name, key]),
      emptyAt: ['services', name, 'image'],
      code: 'service/no-image',
      message: `Service "${name}" has neither an image nor a build.`,
      hint: 'Give it "image", or "build" with the folder of its Dockerfile.',
    },
  ]
}

const buildAgrees = (name: string, { build, platform }: Service): readonly Contradiction[] => {
  const found: Contradiction[] = []
  if (build?.dockerfile !== undefined && build.dockerfile_inline !== undefined) {
    found.push({
      path: ['services', name, 'build', 'dockerfile_inline'],
      at: 'key',
      code: 'service/two-dockerfiles',
      message: `Service "${name}" has both "dockerfile" and "dockerfile_inline".`,
      hint: 'Keep one of them.',
      related: [{ path: ['services', name, 'build', 'dockerfile'], message: 'the file is named here' }],
    })
  }
  const platforms = build?.platforms ?? []
  if (platform !== undefined && platforms.length > 0 && !platforms.includes(platform)) {
    found.push({
      path: ['services', name, 'platform'],
      code: 'service/platform-not-built',
      message: `Service "${name}" runs on ${platform}, which its build does not build for.`,
      hint: `Add "${platform}" to build.platforms.`,
      related: [{ path: ['services', name, 'build', 'platforms'], message: `built for ${platforms.join(', ')}` }],
    })
  }
  return found
}

const oneNetworkChoice = (name: string, { network_mode, networks }: Service): readonly Contradiction[] => {
  if (network_mode === undefined || Object.keys(networks ?? {}).length === 0) return []
  return [
    {
      path: ['services', name, 'network_mode'],
      at: 'key',
      code: 'service/network-conflict',
      message: `Service "${name}" has both "network_mode" and "networks", which exclude each other.`,
      hint: 'Keep one of them.',
      related: [{ path: ['services', name, 'networks'], message: 'networks are listed here' }],
    },
  ]
}

const healthcheckIsRunnable = (name: string, { healthcheck }: Service): readonly Contradiction[] => {
  const [first] = healthcheck?.test ?? []
  if (first === undefined || first === 'CMD' || first === 'CMD-SHELL' || first === 'NONE') return []
  return [
    {
      path: ['services', name, 'healthcheck', 'test'],
      code: 'service/healthcheck-form',
      message: `The healthcheck of service "${name}" starts with "${first}"; a list starts with "CMD", "CMD-SHELL" or "NONE".`,
      hint: `Put "CMD" before "${first}".`,
    },
  ]
}

/** Nothing may be mounted where something else is. */
const targetsAreFree = (name: string, { volumes = [], tmpfs = [] }: Service): readonly Contradiction[] => {
  const taken = new Map<string, readonly (string | number)[]>()
  const mounts = [
    ...tmpfs.map((entry, index) => ({
      target: entry.split(':', 1)[0] ?? '',
      path: ['services', name, 'tmpfs', index],
    })),
    ...volumes.map(({ target }, index) => ({ target, path: ['services', name, 'volumes', index] })),
  ]
  return mounts.flatMap(({ target, path }) => {
    const other = taken.get(target)
    taken.set(target, path)
    if (other === undefined) return []
    return [
      {
        path,
        code: 'service/mounted-twice',
        message: `Service "${name}" mounts two things at ${target}.`,
        hint: 'Mount one of them somewhere else.',
        related: [{ path: other, message: 'the other one is here' }],
      },
    ]
  })
}

const watchRulesAreWhole = (name: string, { develop }: Service): readonly Contradiction[] =>
  (develop?.watch ?? []).flatMap(({ action, target }, index) => {
    if (target !== undefined || action === 'rebuild' || action === 'restart') return []
    return [
      {
        path: ['services', name, 'develop', 'watch', index, 'action'],
        needs: [['services', name, 'develop', 'watch', index, 'target']],
        code: 'service/watch-target',
        message: `A watch rule of service "${name}" copies files (${action}) and does not say where to.`,
        hint: 'Add "target", a path in the container.',
      },
    ]
  })

/** Neither the whole of a container's files, nor what the kernel shows among them, is for copying. */
const backRulesAreSafe = (name: string, service: Service): readonly Contradiction[] =>
  readBackRules(service).flatMap(({ target }, index) => {
    const path = cleanPath(target)
    if (path !== '/' && !/^\/(?:proc|sys|dev)(?:\/|$)/.test(path)) return []
    return [
      {
        path: ['services', name, 'x-stack', 'watch', index, 'target'],
        code: 'service/watch-target',
        message: `A watch rule of service "${name}" brings back ${path === '/' ? 'the whole container' : `${path}, which holds no files of the service`}.`,
        hint: 'Name the folder that the service writes to, such as /app/generated.',
      },
    ]
  })

const devicesAgree = (name: string, { deploy, gpus = [] }: Service): readonly Contradiction[] => {
  const reserved = deploy?.resources?.reservations?.devices ?? []
  const groups = [
    { path: ['services', name, 'gpus'], devices: gpus },
    { path: ['services', name, 'deploy', 'resources', 'reservations', 'devices'], devices: reserved },
  ]
  return groups.flatMap(({ path, devices }) =>
    devices.flatMap(({ count, device_ids: ids }, index) => {
      if (count === undefined || ids === undefined) return []
      return [
        {
          path: [...path, index],
          code: 'service/device-count',
          message: '"count" and "device_ids" exclude each other.',
          hint: 'Keep one of them.',
        },
      ]
    }),
  )
}
