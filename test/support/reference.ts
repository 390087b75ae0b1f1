import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { home, type ComposeCase } from './compose-cases.ts'

type Answer = { readonly ok: boolean; readonly output: string }

/** Writes the files of a case below `parent`, in a folder with the name that the case counts on; the path of that folder. */
export const unpackCase = ({ folder, files }: ComposeCase, parent: string): string => {
  const place = join(parent, basename(folder))
  mkdirSync(place, { recursive: true })
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, path)), { recursive: true })
    writeFileSync(join(place, path), text)
  }
  return place
}

/** What the installed `docker compose` calls itself; undefined when there is none. */
export const referenceVersion = (): string | undefined => {
  try {
    return execFileSync('docker', ['compose', 'version'], { encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch {
    return undefined
  }
}

/** Runs `docker compose` in the folder of an unpacked case, with nothing in the environment but what the case says. */
export const askReference = (
  { args, env }: ComposeCase,
  place: string,
  command: readonly string[],
): Promise<Answer> => {
  const { PATH = '', DOCKER_CONFIG = join(homedir(), '.docker') } = process.env // where the plugin may be
  return new Promise((resolve) => {
    execFile(
      'docker',
      ['compose', ...args, ...command],
      { cwd: place, env: { PATH, DOCKER_CONFIG, HOME: home, LANG: 'C.UTF-8', ...env }, timeout: 60_000 },
      (error, stdout, stderr) => {
        if (error === null) resolve({ ok: true, output: stdout })
        else resolve({ ok: false, output: stderr === '' ? error.message : stderr })
      },
    )
  })
}

/** Does something with a case that is unpacked for as long as it takes. */
export const whileUnpacked = async <T>(one: ComposeCase, use: (place: string) => Promise<T>): Promise<T> => {
  const parent = mkdtempSync(join(tmpdir(), 'case-'))
  try {
    return await use(unpackCase(one, parent))
  } finally {
    rmSync(parent, { recursive: true, force: true })
  }
}

/** What the reference makes of a case, without a path of this machine. */
export const recordCase = (one: ComposeCase): Promise<{ readonly model: unknown } | { readonly refused: string }> =>
  whileUnpacked(one, async (place) => {
    const { ok, output } = await askReference(one, place, ['config', '--format', 'json'])
    const text = output.replaceAll(place, '{dir}').replaceAll(dirname(place), '{parent}').replaceAll(home, '{home}')
    if (ok) return { model: JSON.parse(text) as unknown }
    const lines = text.trim().split('\n')
    return { refused: lines.find((line) => line.startsWith('panic: ')) ?? lines.at(-1)?.trim() ?? '' }
  })

/** The hashes of the services of a case that are the same in every folder. */
export const recordHashes = async (one: ComposeCase): Promise<Readonly<Record<string, string>>> => {
  const hash = (): Promise<readonly string[]> =>
    whileUnpacked(one, async (place) => {
      const { ok, output } = await askReference(one, place, ['config', '--hash', '*'])
      return ok ? output.trim().split('\n') : []
    })
  const [lines, again] = [await hash(), await hash()]
  return Object.fromEntries(lines.filter((line) => again.includes(line)).map((line) => line.split(' ')))
}
