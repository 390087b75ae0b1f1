import { fromNameBytes, toNameBytes } from '../../../wire/byte-names.ts'
import { joinBytes } from '../../../wire/join-bytes.ts'
import type { ContainerRuntime, ExecSession, ExecSpec } from '../../ports/container-runtime.ts'
import { isNoShell, openMighty, shells, type ShellUser, toExecUser } from '../container/find-shell.ts'
import { isMighty } from '../container/greeting.ts'

/** A shell that stays in the container and tells of files there: a look costs the engine no new process. */
export type BackShell = {
  /** The words of a shell, and whose it is, for a program beside it. */
  readonly program: { readonly shell: readonly string[] } & Pick<ExecSpec, 'user' | 'privileged'>
  /** Rejects when the shell is gone. What it said of failures does not reject: `isWhole` says that there were none. */
  ask(op: ShellOp, where: string, words: readonly string[]): Promise<ShellAnswer>
  close(): void
}

/** `list` a root, `links`: where they lead, `rights` of the shell, `digests`, `odd-digests` of names with line ends, `fetch` small files in an archive in base64, `change` what is as expected. */
export type ShellOp = 'rights' | 'list' | 'links' | 'digests' | 'odd-digests' | 'fetch' | 'change'

/** One character a byte. */
export type ShellAnswer = { readonly text: string; readonly isWhole: boolean; readonly said: string }

/**
 * Nothing that is told holds two zero bytes after each other, so these and an exit code are the end of an answer. `head` of
 * busybox reads more than it is told to when more is there: the next question is sent only after the answer.
 *
 * list FIND-ARGUMENTS…: the time, what the place is, and the place without links; then a line for each file.
 * change (VERB PATH EXPECTED FROM)…: each is looked at once more at the moment before it is changed; a folder goes when it is
 * empty.
 */
const script = `
format=%f/%s/%Y/%Z/%i
export format where
while read -r op size where; do
  where=$(printf '%b.' "$where")
  where=\${where%.}
  head -c "$size" | case "$op" in
    rights) while read -r name value; do [ "$name" != CapEff: ] || echo "$value"; done </proc/self/status ;;
    list) xargs -0 sh -c '
      real=$(readlink -f "$where") || real=$where
      kind=gone
      if [ -d "$real" ]; then kind=folder; elif [ -e "$real" ]; then kind=file; fi
      printf "%s/%s%s\\0" "$(date +%s)" "$kind" "$real"
      case $kind in
        folder) cd "$real" && exec find . -exec stat -c "/$format/%n" {} + "$@" ;;
        file) cd "\${real%/*}/" && exec stat -c "/$format/%n" "./\${real##*/}" ;;
      esac' sh ;;
    links) xargs -0 sh -c 'cd "$where" && for file; do readlink "$file"; printf "\\0"; done' sh ;;
    digests) xargs -0 sh -c 'cd "$where" && sha256sum "$@"' sh ;;
    odd-digests) xargs -0 sh -c 'cd "$where" && for file; do sha256sum <"$file" || echo; done' sh ;;
    fetch) xargs -0 sh -c 'cd "$where" && tar -cf - "$@" | base64' sh ;;
    change) xargs -0 -n 4 sh -c '
      cd "$where" || exit
      now=$(stat -c "$format" "$2" 2>/dev/null) || now=gone
      if [ "$1" != folder ] && [ "$now" != "$3" ]; then said=changed
      elif said=$(
        case $1 in
          file) rm -f "$2" ;;
          folder) rmdir "$2" ;;
          make) mkdir "$2" ;;
          move) mv -f "$4" "$2" ;;
        esac 2>&1
      ); then said=done
      fi
      if [ "$1" = move ]; then rm -f "$4"; fi
      printf "%s\\0" "$said"' sh ;;
    *) false ;;
  esac
  code=$?
  printf '\\0\\0%s\\n' "$code"
done`

const tools = ['head', 'xargs', 'find', 'stat', 'readlink', 'sha256sum', 'tar', 'base64', 'date']
const check = `PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/busybox
missing=; for tool in ${tools.join(' ')}; do command -v $tool >/dev/null || missing="$missing $tool"; done
if [ -n "$missing" ]; then echo "it has no$missing" >&2; exit 127; fi`

type ShellDeps = { readonly runtime: Pick<ContainerRuntime, 'exec'>; readonly signal: AbortSignal }

/** @throws where there is no shell, or a tool is missing, what is */
export const openBackShell = async (deps: ShellDeps, container: string): Promise<BackShell> => {
  for (const shell of shells) {
    const rights = new Map<BackShell, string>()
    const open = async (as: ShellUser): Promise<BackShell | undefined> => {
      const opened = await openIfThere(deps, container, { shell, ...toExecUser(as) })
      if (opened !== undefined) rights.set(opened.back, opened.rights)
      return opened?.back
    }
    const found = await openMighty(open, (back) => isMighty(rights.get(back) ?? ''))
    if (found !== undefined) return found
  }
  throw new Error('it has no shell')
}

type Opened = { readonly back: BackShell; readonly rights: string }

const openIfThere = async (
  deps: ShellDeps,
  container: string,
  program: BackShell['program'],
): Promise<Opened | undefined> => {
  try {
    const back = await openOne(deps, container, program)
    return { back, rights: (await back.ask('rights', '', [])).text.trim() }
  } catch (error) {
    if (deps.signal.aborted || !isNoShell(error)) throw error
    return undefined
  }
}

const openOne = async (
  { runtime, signal }: ShellDeps,
  container: string,
  program: BackShell['program'],
): Promise<BackShell> => {
  const { shell, ...user } = program
  const command = [...shell, '-c', `${check}${script}`]
  const session = await runtime.exec(container, { command, stdin: true, ...user }, { signal })
  const answers = createAnswers(session)
  let turn: Promise<unknown> = Promise.resolve()
  const ask: BackShell['ask'] = async (op, where, words) => {
    const answer = answers.next()
    const body = toNameBytes(words.map((word) => `${word}\0`).join(''))
    session.write(new TextEncoder().encode(`${op} ${body.length} ${toEscapes(where)}\n`))
    session.write(body)
    return answer
  }
  return {
    program,
    ask: (op, where, words) => {
      const asked = turn.then(() => ask(op, where, words))
      turn = asked.catch(() => undefined)
      return asked
    },
    close: () => session.close(),
  }
}

const maxSaid = 2000
/** What the engine ends a command with that it could not begin, and may say nothing of. */
const endings: Readonly<Record<number, string>> = { 126: 'permission denied', 127: 'executable file not found' }

/** One answer for each question; what comes on stderr explains one that is not whole. */
const createAnswers = (session: ExecSession): { next(): Promise<ShellAnswer> } => {
  let waiting: PromiseWithResolvers<ShellAnswer> | undefined
  let failure: Error | undefined
  let chunks: Uint8Array[] = []
  let said = ''
  const onChunk = (data: Uint8Array): void => {
    chunks.push(data)
    const end = readEnd(chunks)
    if (end === undefined) return
    const bytes = joinBytes(chunks)
    chunks = []
    const answer = { text: toBinary(bytes.subarray(0, bytes.length - end.length)), isWhole: end.code === 0, said }
    said = ''
    waiting?.resolve(answer)
  }
  const read = async (): Promise<void> => {
    try {
      for await (const { stream, data } of session.output) {
        if (stream === 'stdout') onChunk(data)
        else said = `${said}${new TextDecoder().decode(data)}`.slice(-maxSaid)
      }
      const code = await session.exitCode()
      failure = new Error(said.trim() === '' ? (endings[code] ?? 'the shell in the container ended') : said.trim())
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error))
    }
    waiting?.reject(failure)
  }
  void read()
  return {
    next: () => {
      waiting = Promise.withResolvers<ShellAnswer>()
      if (failure !== undefined) waiting.reject(failure)
      return waiting.promise
    },
  }
}

/** The end of an answer, where the last bytes that came are one: two zero bytes, a number and a line end. */
const readEnd = (chunks: readonly Uint8Array[]): { readonly code: number; readonly length: number } | undefined => {
  const tail = [...joinBytes(chunks.slice(-8)).subarray(-6)]
  const text = String.fromCharCode(...tail)
  const [end, code] = /\0\0(\d+)\n$/.exec(text) ?? []
  return end === undefined ? undefined : { code: Number(code), length: end.length }
}

/** In pieces, for a call takes only so many arguments. */
const toBinary = (bytes: Uint8Array): string => {
  let text = ''
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096))
  return text
}

/** A name as it came in an answer. */
export const fromBinary = (text: string): string =>
  /[\u0080-\u00ff]/.test(text) ? fromNameBytes(Uint8Array.from(text, (character) => character.charCodeAt(0))) : text

/** As `printf %b` of a shell reads it. */
const toEscapes = (text: string): string =>
  [...toNameBytes(text)].map((byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join('')
