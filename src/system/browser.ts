import { spawn } from 'node:child_process'

/**
 * Opens an address in the person's browser, and waits for nothing. Absent where no desktop is to be seen (a server, a
 * session over SSH): whoever asks shows the address instead.
 */
export const toBrowser = (env: NodeJS.ProcessEnv): ((url: string) => void) | undefined => {
  const isMac = process.platform === 'darwin'
  const isRemote = env['SSH_CONNECTION'] !== undefined
  if (isRemote || (!isMac && env['DISPLAY'] === undefined && env['WAYLAND_DISPLAY'] === undefined)) return undefined
  return (url) => {
    const child = spawn(isMac ? 'open' : 'xdg-open', [url], { stdio: 'ignore', detached: true })
    // No such program: nothing opens, which the person sees.
    child.once('error', () => undefined)
    child.unref()
  }
}
