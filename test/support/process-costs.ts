import { readdirSync, readFileSync } from 'node:fs'

/** What processes of Linux take, as the kernel counts it. */

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // it has ended, or is closed
  }
}

/** The most memory that a process had at any time, in megabytes. */
export const peakMegabytes = (pid: number): number => {
  const found = /^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))
  if (found === null) throw new Error(`process ${pid} does not run`)
  return Number(found[1]) / 1024
}

/** How many folders and files it is told of by inotify. */
export const countWatches = (pid: number): number =>
  readdirSync(`/proc/${pid}/fdinfo`)
    .map((name) => read(`/proc/${pid}/fdinfo/${name}`))
    .reduce((sum, text) => sum + (text.match(/^inotify /gm)?.length ?? 0), 0)
