import type { LoadRequest, LoadResult } from '../../src/core/compose/sources/load-request.ts'
import { loadProject } from '../../src/core/compose/load.ts'
import type { Problem } from '../../src/core/errors/problem.ts'
import { createMemorySources } from './memory-sources.ts'

export const folder = '/work/shop'

/** Loads files that are given by their path below `/work/shop`. */
export const loadFiles = (files: Readonly<Record<string, string>>, request: Partial<LoadRequest> = {}): LoadResult => {
  const absolute = Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path.startsWith('/') ? path : `${folder}/${path}`, text]),
  )
  return loadProject({ workingDirectory: folder, environment: {}, ...request }, createMemorySources(absolute))
}

/** Problems as lines `file:line:column code message | hint`. */
export const problemLines = (problems: readonly Problem[]): readonly string[] =>
  problems.map(({ span, code, message, hint }) => {
    const place = span === undefined ? '' : `${span.file.replace(`${folder}/`, '')}:${span.line}:${span.column} `
    return `${place}${code} ${message}${hint === undefined ? '' : ` | ${hint}`}`
  })

/** The project of files that are right; fails with their problems when they are not. */
export const loadGood = (
  files: Readonly<Record<string, string>>,
  request: Partial<LoadRequest> = {},
): Extract<LoadResult, { ok: true }> => {
  const result = loadFiles(files, request)
  if (!result.ok) throw new Error(problemLines(result.problems).join('\n'))
  return result
}
