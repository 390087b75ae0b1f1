import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

export type ToolOptions = {
  readonly signal: AbortSignal
  readonly cwd?: string
}

/**
 * Runs a program of the machine to its end, in the C locale.
 * @returns what it wrote to its output
 * @throws with the last lines that it wrote to its error output
 */
export const runTool = async (command: string, args: readonly string[], options: ToolOptions): Promise<string> => {
  try {
    const { stdout } = await execute(command, args, {
      signal: options.signal,
      cwd: options.cwd,
      env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
      maxBuffer: 64 * 1024 * 1024,
    })
    return stdout
  } catch (error) {
    if (options.signal.aborted) throw options.signal.reason
    const { stderr = '', message } = error as { stderr?: string; message: string }
    const said = stderr.trim().split('\n').slice(-3).join('; ')
    throw new Error(`"${[command, ...args.slice(0, 3)].join(' ')}" failed: ${said === '' ? message : said}`, {
      cause: error,
    })
  }
}
