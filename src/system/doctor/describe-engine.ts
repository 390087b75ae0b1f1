import { existsSync } from 'node:fs'
import * as z from 'zod/mini'
import type { EngineAddress } from '../../engine/ports/engine-address.ts'
import { requestEngine } from '../engines/engine-http.ts'
import { parseForeignJson } from '../../wire/foreign-json.ts'
import type { EngineDescription } from './check.ts'

const text = z.optional(z.string())
const versionAnswer = z.object({
  Version: text,
  ApiVersion: text,
  Platform: z.optional(z.object({ Name: text })),
  Components: z.optional(z.array(z.object({ Name: text }))),
})
const infoAnswer = z.object({
  OperatingSystem: text,
  Driver: text,
  CgroupVersion: text,
  CgroupDriver: text,
  SecurityOptions: z.optional(z.array(z.string())),
  DockerRootDir: text,
  MemTotal: z.optional(z.number()),
  Warnings: z.optional(z.array(z.string())),
})

/** Asks an engine what it is. */
export const describeEngine = async (
  address: EngineAddress,
  { signal }: { signal: AbortSignal },
): Promise<EngineDescription> => {
  const [ping, version, info] = await Promise.all([
    requestEngine(address, { path: '/_ping', signal }),
    requestJson(versionAnswer, address, { path: '/version', signal }),
    requestJson(infoAnswer, address, { path: '/info', signal }),
  ])
  const podman = version.Components?.some(({ Name }) => Name === 'Podman Engine') === true
  const local = address.kind === 'unix' && info.DockerRootDir !== undefined && existsSync(info.DockerRootDir)
  return {
    address: address.host,
    version: `${podman ? 'Podman' : 'Docker'} ${version.Version ?? 'of unknown version'}`,
    api: version.ApiVersion ?? 'unknown',
    platform:
      version.Platform?.Name === undefined || version.Platform.Name === ''
        ? (info.OperatingSystem ?? '')
        : version.Platform.Name,
    storage: info.Driver ?? 'unknown',
    cgroup: `v${info.CgroupVersion ?? '1'} (${info.CgroupDriver ?? 'unknown driver'})`,
    rootless: info.SecurityOptions?.some((option) => option.includes('name=rootless')) === true,
    buildKit: ping.headers['builder-version'] === '2',
    dataFolder: local ? info.DockerRootDir : undefined,
    memoryBytes: info.MemTotal ?? 0,
    warnings: (info.Warnings ?? []).map((warning) => warning.replace(/^WARNING: /, '')),
  }
}

const requestJson = async <T>(
  schema: z.ZodMiniType<T>,
  address: EngineAddress,
  ask: { path: string; signal: AbortSignal },
): Promise<T> => parseForeignJson(schema, (await requestEngine(address, ask)).body, `${ask.path} of ${address.host}`)
