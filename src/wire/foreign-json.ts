import type * as z from 'zod/mini'
import { StackError } from '../core/errors/stack-error.ts'

/**
 * JSON that another program has written, held to what we read of it. Other keys are left alone, and what is null is as
 * absent as it is to programs in Go, which most of these are.
 * @param source what it is, for the sentence: a path, `the answer of docker-credential-pass`
 * @throws `json/unfit`, with the key that is wrong
 */
export const parseForeignJson = <T>(schema: z.ZodMiniType<T>, text: string, source: string): T => {
  const result = schema.safeParse(parseJson(text, source))
  if (result.success) return result.data
  throw new StackError('json/unfit', { source, why: describe(result.error.issues[0]) }, { cause: result.error })
}

/**
 * JSON of which nothing is read, without what is null.
 * @throws `json/unfit`
 */
export const parseJson = (text: string, source: string): unknown => {
  try {
    return JSON.parse(text, (_key, part: unknown) => part ?? undefined)
  } catch (error) {
    const why = text.trim() === '' ? 'it is empty' : 'it is no JSON'
    throw new StackError('json/unfit', { source, why }, { cause: error })
  }
}

const describe = (issue: z.core.$ZodIssue | undefined): string => {
  const place = issue === undefined || issue.path.length === 0 ? 'the whole of it' : `"${issue.path.join('.')}"`
  return issue?.code === 'invalid_type'
    ? `${place} must be ${words[issue.expected] ?? issue.expected}`
    : `${place} is wrong`
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
}
