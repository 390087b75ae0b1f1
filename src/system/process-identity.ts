import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/**
 * When a process started, as text that is the same for as long as it lives; `undefined` when it is not there. A process id alone
 * is used again for other processes.
 */
export const readStartTime = async (pid: number): Promise<string | undefined> => {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold spaces and parentheses; what follows it does not. A zombie does nothing any more.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return process.platform === 'linux' ? undefined : readStartTimeWithPs(pid)
  }
}

const readStartTimeWithPs = async (pid: number): Promise<string | undefined> => {
  if (process.platform === 'win32') return isAlive(pid) ? 'alive' : undefined
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)])
    const text = stdout.trim()
    return text === '' ? undefined : text
  } catch {
    return undefined
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
