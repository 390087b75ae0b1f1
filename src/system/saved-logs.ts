import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Writes lines of a log into a file of the state folder, and tells its path. Not beside the stack file: what is written there may
 * be watched, and would be sent into a container. Logs may hold what others shall not read.
 */
export const createLogSaver =
  (stateDirectory: string) =>
  async (name: string, lines: readonly string[]): Promise<string> => {
    const folder = join(stateDirectory, 'logs')
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, name)
    await writeFile(path, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 })
    return path
  }
