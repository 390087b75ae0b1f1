import { StackError } from '../../core/errors/stack-error.ts'
import { findSettingsFile } from '../../system/settings-file.ts'
import { describeFault, readNamedFile } from '../../wire/named-file.ts'
import { defaultSettings } from '../../ui/settings.ts'
import type { CliContext } from '../context.ts'
import { isTruthy } from '../screen/terminal.ts'
import { parseSettings, type ReadSettings } from './parse-settings.ts'

/** The largest file of settings that is read, in bytes. */
const maxSize = 1024 * 1024

/** What a person has chosen, in a file and in the environment. */
export const readSettings = ({ env }: Pick<CliContext, 'env'>): ReadSettings => {
  const { settings, problems } = readFile(env)
  const screenReader = settings.screenReader || isTruthy(env['INK_SCREEN_READER']) || isTruthy(env['ACCESSIBLE'])
  return { settings: { ...settings, screenReader }, problems }
}

const readFile = (env: CliContext['env']): ReadSettings => {
  const path = findSettingsFile(env)
  if (path === undefined) return { settings: defaultSettings, problems: [] }
  try {
    return parseSettings(path, readNamedFile(path, maxSize).toString('utf8'))
  } catch (error) {
    const failure = new StackError('file/unusable', { path, why: describeFault(error as Error) })
    return { settings: defaultSettings, problems: [{ ...failure.toProblem(), severity: 'warning' }] }
  }
}
