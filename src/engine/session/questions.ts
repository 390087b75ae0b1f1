import type { Emit } from '../emitter.ts'

/** Questions that a plan or a watch asks and a person answers, by events and commands. */
export type Questions = {
  /** The signal takes the question back, and rejects. */
  ask(text: string, signal: AbortSignal): Promise<boolean>
  answer(id: string, yes: boolean): void
}

export const createQuestions = (emit: Emit): Questions => {
  const open = new Map<string, (yes: boolean) => void>()
  let count = 0
  return {
    ask: async (text, signal) => {
      signal.throwIfAborted()
      count += 1
      const id = `question.${count}`
      const answered = Promise.withResolvers<boolean>()
      const onAbort = (): void => answered.reject(signal.reason)
      signal.addEventListener('abort', onAbort, { once: true })
      open.set(id, answered.resolve)
      emit({ type: 'question/asked', id, text, fallback: false })
      try {
        const yes = await answered.promise
        emit({ type: 'question/answered', id, yes })
        return yes
      } catch (error) {
        emit({ type: 'question/answered', id, yes: false, withdrawn: true })
        throw error
      } finally {
        open.delete(id)
        signal.removeEventListener('abort', onAbort)
      }
    },
    answer: (id, yes) => open.get(id)?.(yes),
  }
}
