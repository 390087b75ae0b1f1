/** What a terminal says by itself or when it is asked, which comes in among the keys. Places are cells from 0. */
export type TerminalReport =
  | MouseReport
  | { readonly kind: 'focus'; readonly focused: boolean }
  | { readonly kind: 'ground'; readonly light: boolean }
  /** What kind of terminal it is: all answer that, so whoever asked for something else before it is not answered any more. */
  | { readonly kind: 'attributes' }

export type MouseReport = {
  readonly kind: 'click' | 'wheelUp' | 'wheelDown'
  readonly x: number
  readonly y: number
}

export type ReportReader = {
  /** Takes reports out of what was read; the rest is keys. The beginning of a report waits for its end. */
  readonly read: (chunk: string) => { readonly keys: string; readonly reports: readonly TerminalReport[] }
  /** What waits, when nothing has come for a while: a key that begins like a report; a report without its end is lost. */
  readonly flush: () => string
  /** Milliseconds after which `flush` is due; undefined: nothing waits. */
  readonly due: () => number | undefined
}

const pasteStart = '\u001b[200~'
const pasteEnd = '\u001b[201~'

/** A whole report. Of strings (OSC, DCS) none is a key: Alt with a bracket or a capital P has no such end. */
const whole =
  /^\u001b(?:\[<(?<code>\d+);(?<x>\d+);(?<y>\d+)(?<end>[Mm])|\[M(?<old>[\u0020-\uffff]{3})|\[(?<focus>[IO])|(?<attributes>\[\?[\d;]*c)|\](?<answer>\d[^\u0007\u001b]*)(?:\u0007|\u001b\\)|P[\d>!$+?][^\u001b]*\u001b\\)/
/** The beginning of a report, up to the end of what was read. */
const begun =
  /^\u001b(?:\[(?:<[\d;]*|M[\u0020-\uffff]{0,2}|\?[\d;]*|2(?:00?)?)?|\](?:\d[^\u0007\u001b]*\u001b?)?|P(?:[\d>!$+?][^\u001b]*\u001b?)?)?$/
/** What a key begins with, too. */
const isKeyLike = (text: string): boolean => /^\u001b(?:[[\]P]|\[2(?:00?)?)?$/.test(text)

/** How much at the end of what is pasted may be the beginning of its end mark. */
const toEndLength = (text: string): number => {
  const last = text.lastIndexOf('\u001b')
  return last !== -1 && pasteEnd.startsWith(text.slice(last)) ? text.length - last : 0
}

/** Reads what comes from a terminal, also when a report arrives in pieces. What is pasted is left as it is. */
export const createReportReader = (): ReportReader => {
  let waiting = ''
  let isPasting = false

  /** Length of what is no report: text, a key, something pasted; 0: what there is waits for more. */
  const toPlainLength = (text: string): number => {
    if (isPasting) {
      const end = text.indexOf(pasteEnd)
      isPasting = end === -1
      return isPasting ? text.length - toEndLength(text) : end + pasteEnd.length
    }
    const escape = text.indexOf('\u001b')
    if (escape !== 0) return escape === -1 ? text.length : escape
    if (begun.test(text)) return 0
    isPasting = text.startsWith(pasteStart)
    return isPasting ? pasteStart.length : 1
  }

  return {
    read(chunk) {
      const reports: TerminalReport[] = []
      let keys = ''
      let text = waiting + chunk
      while (text !== '') {
        const found = isPasting ? null : whole.exec(text)
        const length = found?.[0].length ?? toPlainLength(text)
        if (length === 0) break
        if (found === null) keys += text.slice(0, length)
        else reports.push(...toReports(found))
        text = text.slice(length)
      }
      waiting = text
      return { keys, reports }
    },
    flush() {
      const left = isPasting || isKeyLike(waiting) ? waiting : ''
      waiting = ''
      return left
    },
    due: () => (waiting === '' ? undefined : isKeyLike(waiting) && !isPasting ? keyMs : reportMs),
  }
}

/** A key alone is told this late; the rest of a report over a slow line comes within that. */
const keyMs = 20
const reportMs = 1000

const toReports = ({ groups = {} }: RegExpExecArray): readonly TerminalReport[] => {
  const { code, x, y, end, old, focus, attributes, answer } = groups
  if (focus !== undefined) return [{ kind: 'focus', focused: focus === 'I' }]
  if (attributes !== undefined) return [{ kind: 'attributes' }]
  if (answer !== undefined) return toGround(answer)
  if (code !== undefined) return toMouse(Number(code), { x: Number(x) - 1, y: Number(y) - 1, isPressed: end === 'M' })
  if (old === undefined) return []
  const [button, column, row] = [...old].map((char) => char.charCodeAt(0) - 32) as [number, number, number]
  return toMouse(button, { x: column - 1, y: row - 1, isPressed: (button & 3) !== 3 })
}

/** Buttons as in xterm: 0 to 2, 64 and 65 for the wheel; 4, 8 and 16 are shift, alt and control. */
const toMouse = (
  code: number,
  { x, y, isPressed }: { readonly x: number; readonly y: number; readonly isPressed: boolean },
): readonly MouseReport[] => {
  const button = code & ~28
  if (button === 64 || button === 65) return [{ kind: button === 64 ? 'wheelUp' : 'wheelDown', x, y }]
  return button === 0 && isPressed ? [{ kind: 'click', x, y }] : []
}

/** `11;rgb:ffff/ffff/dddd`: one to four digits a part. */
const toGround = (answer: string): readonly TerminalReport[] => {
  const parts = /^11;rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})/i.exec(answer)?.slice(1)
  if (parts === undefined) return []
  const [red, green, blue] = parts.map((part) => Number.parseInt(part, 16) / (16 ** part.length - 1)) as [
    number,
    number,
    number,
  ]
  return [{ kind: 'ground', light: 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 }]
}
