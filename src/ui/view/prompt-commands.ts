import { parseShellWords } from '../../core/compose/texts/shell-words.ts'
import { aside, type Handled, only, send } from './handled.ts'
import type { Prompt, ViewState } from './view-state.ts'

/** The answer is complete: what was asked for is done with it, or it is said what is wrong with it. */
export const answerPrompt = (view: ViewState): Handled => {
  const { prompt } = view
  if (prompt === undefined) return only(view)
  const text = prompt.text.trim()
  if (text === '') return only(withoutPrompt(view))
  return prompt.about === 'scale' ? scale(view, prompt.services, text) : run(view, prompt.services, text)
}

export const withoutPrompt = ({ typing, prompt, ...view }: ViewState): ViewState => view

const run = (view: ViewState, [service = '']: Prompt['services'], text: string): Handled => {
  const command = parseShellWords(text)
  return command.ok
    ? aside(withoutPrompt(view), { kind: 'exec', service, command: command.words })
    : only({ ...view, notice: `Not a command: ${command.message}` })
}

/** More at once is a slip of the finger. */
const mostReplicas = 1000

const scale = (view: ViewState, services: Prompt['services'], text: string): Handled => {
  const replicas = Number(text)
  return /^\d+$/.test(text) && replicas <= mostReplicas
    ? send({ ...withoutPrompt(view), marked: [] }, { type: 'scale', services, replicas })
    : only({ ...view, notice: `"${text}" is no number of containers from 0 to ${mostReplicas}.` })
}
