import type { Environment } from '../../engine/ports/environment.ts'
import { createPaint, createUnsealer, type Paint } from '../../report/paint.ts'
import { toVisibleText } from '../../wire/safe-text.ts'
import type { GlobalFlags } from '../table/global-flags.ts'

export type ProgressKind = 'tty' | 'plain' | 'json' | 'quiet'

export type Writer = {
  /** What may hold words of others: only our own colours command the terminal, all else is shown as what it is. */
  write(text: string): void
  /** As it is: what a container writes for whoever asked for it, and what draws the screen. */
  writeRaw(text: string): void
}

/** What is known of the terminal, decided once. */
export type Terminal = {
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly isCi: boolean
  /** `--progress`, with `auto` decided: a live list when standard error is a terminal. */
  readonly progress: ProgressKind
  /** Whether progress was asked for by name. */
  readonly progressAsked: boolean
  readonly paint: { readonly stdout: Paint; readonly stderr: Paint }
  readonly colors: { readonly stdout: boolean; readonly stderr: boolean }
  /** The text with nothing in it that could command the terminal but our own colours. */
  safe(text: string): string
  /** The text as it is, with our own colours in it. */
  raw(text: string): string
  /** Cells now of the terminal behind a stream: a window may change its size. */
  size(stream: 'stdout' | 'stderr'): { readonly columns: number; readonly rows: number }
}

export const createTerminal = (env: Environment, global: GlobalFlags): Terminal => {
  const [stdin, stdout, stderr] = [process.stdin, process.stdout, process.stderr].map(
    (stream) => stream.isTTY === true,
  ) as [boolean, boolean, boolean]
  const ansi = global.ansi ?? env['COMPOSE_ANSI'] ?? 'auto'
  const asked = global.progress ?? nonEmpty(env['COMPOSE_PROGRESS']) ?? 'auto'
  const wants = (isTty: boolean): boolean =>
    ansi === 'always' ||
    (ansi !== 'never' &&
      nonEmpty(env['NO_COLOR']) === undefined &&
      (isTty ? env['TERM'] !== 'dumb' : nonEmpty(env['FORCE_COLOR']) !== undefined))
  const colors = { stdout: wants(stdout), stderr: wants(stderr) }
  const seal = String(Math.random()).slice(2, 17)
  const unseal = createUnsealer(seal)
  return {
    stdin,
    stdout,
    stderr,
    isCi: isTruthy(env['CI']),
    progress: toProgress(asked, {
      isTty: (isTruthy(env['COMPOSE_STATUS_STDOUT']) ? stdout : stderr) && env['TERM'] !== 'dumb' && ansi !== 'never',
    }),
    progressAsked: asked !== 'auto',
    colors,
    paint: {
      stdout: createPaint({ colors: colors.stdout, seal }),
      stderr: createPaint({ colors: colors.stderr, seal }),
    },
    safe: (text) => unseal(text, toVisibleText),
    raw: (text) => unseal(text, (part) => part),
    // Some terminals say 0 for what they do not know.
    size: (stream) => ({ columns: process[stream].columns || 80, rows: process[stream].rows || 24 }),
  }
}

/** Whether there is a terminal for the dashboard: to draw on, and to read keys from. */
export const canDraw = ({
  terminal,
  env,
  global,
}: {
  readonly terminal: Terminal
  readonly env: Environment
  readonly global: GlobalFlags
}): boolean => terminal.stdin && terminal.stdout && env['TERM'] !== 'dumb' && global.ansi !== 'never'

/** The terminal as it looks to whoever writes what belongs on standard error to standard output. */
export const onStdout = (terminal: Terminal): Terminal => ({
  ...terminal,
  stderr: terminal.stdout,
  colors: { ...terminal.colors, stderr: terminal.colors.stdout },
  paint: { ...terminal.paint, stderr: terminal.paint.stdout },
  size: () => terminal.size('stdout'),
})

const toProgress = (asked: string, { isTty }: { readonly isTty: boolean }): ProgressKind => {
  switch (asked) {
    case 'tty':
    case 'plain':
    case 'json':
    case 'quiet':
      return asked
    case 'none':
      return 'quiet'
    default:
      return isTty ? 'tty' : 'plain'
  }
}

export const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text)

/** Whether the terminal shows more than ASCII, by the language that is set: a variable that is empty says nothing, as in POSIX. */
export const showsUnicode = (env: Environment): boolean =>
  /utf-?8/i.test(nonEmpty(env['LC_ALL']) ?? nonEmpty(env['LC_CTYPE']) ?? nonEmpty(env['LANG']) ?? 'utf-8')

const linkingTerms = /^(xterm-kitty|alacritty|foot|xterm-ghostty|wezterm|contour)/
const linkingPrograms: ReadonlySet<string> = new Set([
  'iTerm.app',
  'WezTerm',
  'vscode',
  'ghostty',
  'Hyper',
  'rio',
  'zed',
])

/**
 * Whether the terminal is known to make links of OSC 8; others may print it. A multiplexer stands between: tmux passes links on
 * from version 3.4, screen does not.
 */
export const showsLinks = (env: Environment): boolean => {
  const { TERM = '', TERM_PROGRAM = '', TERM_PROGRAM_VERSION = '', VTE_VERSION = '0' } = env
  if (env['TMUX'] !== undefined) return TERM_PROGRAM === 'tmux' && Number.parseFloat(TERM_PROGRAM_VERSION) >= 3.4
  if (/^(screen|dumb|linux)/.test(TERM)) return false
  return (
    linkingTerms.test(TERM) ||
    linkingPrograms.has(TERM_PROGRAM) ||
    Number(VTE_VERSION) >= 5000 ||
    ['WT_SESSION', 'KITTY_WINDOW_ID', 'KONSOLE_VERSION'].some((name) => nonEmpty(env[name]) !== undefined)
  )
}

/** Whether the terminal says that its ground is light: `COLORFGBG` ends with the number of the ground, of sixteen. */
export const hasLightGround = (env: Environment): boolean => /;(7|15)$/.test(env['COLORFGBG'] ?? '')

/**
 * Whether the terminal may be asked for its ground. GNU screen does not hand the question on, and Linux's own console
 * has no answer: what they make of it is not known.
 */
export const tellsGround = (env: Environment): boolean =>
  env['TMUX'] !== undefined || (env['STY'] === undefined && !/^(dumb|linux|screen)/.test(env['TERM'] ?? 'dumb'))

/** As Go reads a boolean variable; anything else is no. */
export const isTruthy = (text: string | undefined): boolean =>
  ['1', 't', 'true', 'yes', 'y'].includes((text ?? '').toLowerCase())
