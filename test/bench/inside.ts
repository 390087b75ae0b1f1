import { createHash } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startCommand } from '../support/tool.ts'
import { timeCommand } from './measure.ts'
import { engine, LIMIT } from './watched.ts'

/** What a folder in a container is to hold: so many files, all of this size, all with this first line. */
export interface Wanted {
  readonly folder: string
  readonly count: number
  readonly size: number
  readonly line: string
  /** Some of the files, below the folder: only when these are there are all of them counted. */
  readonly marks: readonly string[]
}

/** Looks at the marks every 10 ms, with nothing but the shell's own words, and counts when these are as they should be. */
const script = `folder=$1 count=$2 size=$3 line=$4 turns=$5
shift 5
marked() { for file; do { read -r first < "$folder/$file"; } 2>/dev/null && [ "$first" = "$line" ] || return 1; done; }
found() { find "$folder" -type f "$@" 2>/dev/null | wc -l; }
held() { marked "$@" && [ "$(found -size "$size"c)" -eq "$count" ] && [ "$(found)" -eq "$count" ]; }
echo waiting
until held "$@"; do
  sleep 0.01
  turns=$((turns - 1))
  [ $turns -gt 0 ] || exit 1
done
echo held`

export interface Arrival {
  readonly container: string
  readonly wanted: Wanted
  /** The folder of this machine that the container's is to be equal to. */
  readonly here: string
}

/**
 * How long a container needs until it holds what a change makes: `Infinity` where it does not within a minute.
 * @param change answers with the moment from which time counts
 */
export const arrivalAfter = async (
  change: () => Promise<number>,
  { container, wanted, here }: Arrival,
): Promise<number> => {
  const waiting = await startWaiting(container, wanted)
  const began = await change()
  let held = await waiting()
  while (held !== undefined && !(await isSame(container, { inside: wanted.folder, here }))) {
    await pause(100)
    held = performance.now() - began < LIMIT ? performance.now() : undefined
  }
  return held === undefined ? Number.POSITIVE_INFINITY : held - began
}

/**
 * How long a container needs until it holds, below `/bare`, what a bare `tar` unpacks there of a folder of this machine: what
 * any way of bringing files costs on it.
 */
export const unpackedBare = async ({ container, here, wanted }: Arrival): Promise<number> => {
  const archive = `${here}.tar`
  await timeCommand(['tar', '-cf', archive, '-C', dirname(here), basename(here)], '/')
  await engine.exec(container, ['mkdir', '-p', '/bare'])
  const unpack = async () => {
    const began = performance.now()
    const pipe = 'exec docker exec -i "$1" tar -x -C /bare -f - < "$2"'
    await timeCommand(['sh', '-c', pipe, 'sh', container, archive], '/')
    return began
  }
  try {
    return await arrivalAfter(unpack, { container, here, wanted: { ...wanted, folder: `/bare/${basename(here)}` } })
  } finally {
    await rm(archive)
  }
}

/** Begins to wait in a container until it holds what is wanted; what it returns answers with the moment. */
const startWaiting = async (container: string, wanted: Wanted): Promise<() => Promise<number | undefined>> => {
  const { folder, count, size, line, marks } = wanted
  const values = [folder, String(count), String(size), line, String(LIMIT / 10)]
  const exec = startCommand(['docker', 'exec', container, 'sh', '-c', script, 'sh', ...values, ...marks], { cwd: '/' })
  let moment: number | undefined
  exec.child.stdout?.on('data', (text: string) => {
    if (text.includes('held')) moment = performance.now()
  })
  await exec.prints(/waiting/)
  return async () => {
    await exec.ends(LIMIT).catch(() => undefined)
    return moment
  }
}

/** Whether both hold the same contents under the same names: sizes and counts alone could deceive. */
const isSame = async (container: string, { inside, here }: { inside: string; here: string }): Promise<boolean> => {
  const command = ['sh', '-c', 'cd "$1" && find . -type f -exec md5sum {} +', 'sh', inside]
  const { stdout } = await engine.exec(container, command)
  return stdout.trim().split('\n').sort().join('\n') === (await digestsOf(here)).sort().join('\n')
}

const digestsOf = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const digests: string[] = []
  for (const file of files) {
    const digest = createHash('md5')
      .update(await readFile(file))
      .digest('hex')
    digests.push(`${digest}  .${file.slice(folder.length)}`)
  }
  return digests
}
