import { existsSync, readFileSync, statfsSync } from 'node:fs'
import { freemem } from 'node:os'
import type { Check } from './check.ts'

const GIB = 1024 ** 3
const toGib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`

export const checkNode = (): Check => ({ id: 'node', title: 'Node', status: 'ok', detail: process.versions.node })

/** `folder`: where the engine keeps images and volumes; without one, the working directory's disk is looked at. */
export const checkDisk = (folder: string | undefined): Check => {
  const place = folder ?? process.cwd()
  const { bavail, bsize } = statfsSync(place)
  const free = bavail * bsize
  const shared = { id: 'disk', title: 'Disk', detail: `${toGib(free)} free at ${place}` }
  if (free >= 5 * GIB) return { ...shared, status: 'ok' }
  return { ...shared, status: free < GIB ? 'problem' : 'warning', fix: 'docker system prune' }
}

/** Databases and builds are killed without a word when memory runs out. */
export const checkMemory = (engineBytes: number | undefined): Check => {
  const free = readAvailableMemory()
  const detail =
    engineBytes === undefined
      ? `${toGib(free)} available`
      : `${toGib(free)} available, ${toGib(engineBytes)} in all for the engine`
  const shared = { id: 'memory', title: 'Memory', detail }
  if (free >= GIB / 2) return { ...shared, status: 'ok' }
  return { ...shared, status: 'warning', fix: 'docker stats --no-stream' }
}

/** What Linux calls available counts caches that it would give up; elsewhere only free memory is known. */
const readAvailableMemory = (): number => {
  const found = existsSync('/proc/meminfo')
    ? /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]
    : undefined
  return found === undefined ? freemem() : Number(found) * 1024
}

/** Below this, the sources of one middling project with its dependencies exhaust the watches. */
const ENOUGH_WATCHES = 16_384
const ENOUGH_INSTANCES = 128

/** How many files can be watched for changes: a limit of Linux only. */
export const checkWatchLimits = (folder = '/proc/sys/fs/inotify'): readonly Check[] => {
  if (!existsSync(`${folder}/max_user_watches`)) return []
  const [watches, instances] = ['max_user_watches', 'max_user_instances'].map((name) =>
    Number(readFileSync(`${folder}/${name}`, 'utf8')),
  )
  if (watches === undefined || instances === undefined) return []
  const shared = { id: 'watch', title: 'File watch', detail: `${watches} files, ${instances} watchers` }
  if (watches >= ENOUGH_WATCHES && instances >= ENOUGH_INSTANCES) return [{ ...shared, status: 'ok' }]
  const setting = watches < ENOUGH_WATCHES ? 'fs.inotify.max_user_watches=524288' : 'fs.inotify.max_user_instances=512'
  return [
    {
      ...shared,
      status: 'warning',
      detail: `${shared.detail}: too few for a large project`,
      fix: `sudo sysctl ${setting}`,
    },
  ]
}
