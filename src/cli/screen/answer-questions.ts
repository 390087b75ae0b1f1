import type { Session } from '../../engine/session.ts'
import type { CliContext } from '../context.ts'
import { askYesNo } from './ask-yes-no.ts'

/**
 * Asks a session's questions on the terminal, one after another: two at once would share what is typed. One that is taken back is
 * left, and nobody's answer is no.
 */
export const answerQuestions = (context: CliContext, session: Session): void => {
  const open = new Map<string, AbortController>()
  let last: Promise<void> = Promise.resolve()
  const ask = async (id: string, text: string, { signal }: AbortController): Promise<void> => {
    if (signal.aborted) return
    const question = { text, what: 'This destroys data', flag: '--renew-volumes-of SERVICE' }
    const yes = await askYesNo(context, question, { signal }).catch(() => false)
    if (!signal.aborted) session.send({ type: 'answer', id, yes })
  }
  session.subscribe((event) => {
    if (event.type === 'question/asked') {
      const controller = new AbortController()
      open.set(event.id, controller)
      last = last.then(() => ask(event.id, event.text, controller))
    }
    if (event.type === 'question/answered') {
      open.get(event.id)?.abort()
      open.delete(event.id)
    }
  })
}
