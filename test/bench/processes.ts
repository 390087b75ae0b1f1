import { readdir, readFile, readlink } from 'node:fs/promises'

/** What a process and all that it has started take of this machine, as `/proc` of Linux shows it. */
export interface Taken {
  /** Seconds of a processor since it began. */
  readonly seconds: number
  /** Resident memory in millions of bytes. */
  readonly megabytes: number
  /** Watches for changes of files that it holds. */
  readonly watches: number
}

/** The kernel counts a process's time in hundredths of a second, on every platform of Linux that Node runs on. */
const TICKS = 100

export const takenBy = async (pid: number): Promise<Taken> => {
  const all = await Promise.all((await withDescendants(pid)).map(takenByOne))
  const sum = (value: (one: Taken) => number) => all.reduce((total, one) => total + value(one), 0)
  return {
    seconds: sum(({ seconds }) => seconds),
    megabytes: sum(({ megabytes }) => megabytes),
    watches: sum(({ watches }) => watches),
  }
}

/** Seconds of a processor that the container engine of this machine has taken, without what it runs. */
export const engineSeconds = async (): Promise<number> => {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const each = await Promise.all(
    all.map(async (pid) => {
      const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
      if (!/^(dockerd|containerd)$/m.test(name)) return 0
      const fields = await statOf(Number(pid))
      return (Number(fields[11]) + Number(fields[12])) / TICKS
    }),
  )
  return each.reduce((total, one) => total + one, 0)
}

const takenByOne = async (pid: number): Promise<Taken> => {
  const fields = await statOf(pid)
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0)
  const seconds = (Number(fields[11]) + Number(fields[12])) / TICKS
  return { seconds, megabytes: (kilobytes * 1024) / 1e6, watches: await watchesOf(pid) }
}

/** The fields after the program's name, which may hold blanks and parentheses. */
const statOf = async (pid: number): Promise<readonly string[]> => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

const withDescendants = async (pid: number): Promise<readonly number[]> => {
  const others = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const parents = await Promise.all(others.map(async (one) => [one, await parentOf(one)] as const))
  const found = [pid]
  for (const at of found) found.push(...parents.filter(([, parent]) => parent === at).map(([one]) => one))
  return found
}

const parentOf = (pid: number): Promise<number | undefined> =>
  statOf(pid).then(
    (fields) => Number(fields[1]),
    () => undefined,
  )

const watchesOf = async (pid: number): Promise<number> => {
  let watches = 0
  for (const number of await readdir(`/proc/${pid}/fd`)) {
    const target = await readlink(`/proc/${pid}/fd/${number}`).catch(() => '')
    if (!target.includes('inotify')) continue
    const info = await readFile(`/proc/${pid}/fdinfo/${number}`, 'utf8')
    watches += info.split('\n').filter((line) => line.startsWith('inotify ')).length
  }
  return watches
}
