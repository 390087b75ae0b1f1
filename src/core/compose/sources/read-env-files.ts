import { type EnvFileOptions, parseEnvFile } from '../texts/env-file.ts'
import { type LoadContext, lookupIn, readSource } from './load-context.ts'
import type { Place, SourceText } from '../tree/node.ts'
import { lineStartsOf } from '../tree/problem-list.ts'

/**
 * Reads `.env` files in order: a later one wins. `known` is the environment so far: it wins over all of them. Their variables
 * see it first, then what stands above them in their own file, then the files before. Undefined when one cannot be read; that
 * is reported.
 */
export const readEnvFiles = (
  context: LoadContext,
  files: readonly { readonly path: string; readonly at: Place | undefined }[],
  known: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> | undefined => {
  const values = new Map<string, string>()
  let failed = false
  for (const { path, at } of files) {
    const source = readSource(context, path, at)
    const read =
      source === undefined
        ? undefined
        : readValues(source, context, {
            lookup: (name) => (Object.hasOwn(known, name) ? known[name] : undefined),
            known: values,
          })
    if (read === undefined) failed = true
    else for (const [name, value] of read) values.set(name, value)
  }
  return failed ? undefined : Object.fromEntries(values)
}

/** The values of one env file; its mistakes are reported at their own place in it. */
export const readValues = (
  source: SourceText,
  context: LoadContext,
  options: EnvFileOptions,
): ReadonlyMap<string, string> | undefined => {
  const result = parseEnvFile(source.text, { ...options, implied: lookupIn(context.implied) })
  if (result.ok) {
    for (const { name, line, column, length } of result.missing) {
      const places = context.missing.get(name) ?? []
      places.push(placeOf(source, line, column, length))
      context.missing.set(name, places)
    }
    return result.values
  }
  context.problems.error(placeOf(source, result.line, result.column), 'env-file/syntax', result.message)
  return undefined
}

/** A place by its line and column; without a length, to the end of the line. */
const placeOf = (source: SourceText, line: number, column: number, length?: number): Place => {
  const starts = lineStartsOf(source)
  const start = starts[Math.min(line, starts.length) - 1]!
  const next = starts[line]
  const end = next === undefined ? source.text.length : next - 1
  const at = Math.min(start + column - 1, end)
  return { source, start: at, end: Math.max(at + 1, length === undefined ? end : Math.min(at + length, end)) }
}
