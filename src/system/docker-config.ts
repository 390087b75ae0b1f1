import { join } from 'node:path'
import type { Environment } from '../engine/ports/environment.ts'
import { toHomeFolder } from '../wire/home-folder.ts'
import { readNamedFile } from '../wire/named-file.ts'

/** The folder of Docker's command line: `DOCKER_CONFIG`, or `.docker` at home. */
export const dockerConfigFolder = (env: Environment): string =>
  env.DOCKER_CONFIG === undefined || env.DOCKER_CONFIG === '' ? join(toHomeFolder(env), '.docker') : env.DOCKER_CONFIG

/**
 * One text of Docker's `config.json`. Commands that are to be quick ask for it, so it is read by hand; a file that cannot be read
 * says nothing here, and those who need a login from it say what is wrong with it.
 */
export const readDockerSetting = (
  env: Environment,
  key: 'currentContext' | 'psFormat' | 'statsFormat',
): string | undefined => {
  const value = (
    readJson(join(dockerConfigFolder(env), 'config.json')) as Readonly<Record<string, unknown>> | undefined
  )?.[key]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** What a JSON file holds; nothing when it cannot be read. */
export const readJson = (file: string): unknown => {
  const text = readText(file)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) ?? undefined
  } catch {
    return undefined
  }
}

export const readText = (file: string): string | undefined => {
  try {
    return readNamedFile(file).toString('utf8')
  } catch {
    return undefined
  }
}
