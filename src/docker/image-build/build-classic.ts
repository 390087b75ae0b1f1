import { Buffer } from 'node:buffer'
import { join, relative } from 'node:path'
import { Readable } from 'node:stream'
import type Docker from 'dockerode'
import { withSignal, type DockerClient } from '../connection/client.ts'
import { readBuildMessage } from '../connection/answers.ts'
import { readLines } from '../../wire/read-body.ts'
import { findCredentials, readDockerConfig } from '../registry/registry-auth.ts'
import { readListedFileInPieces } from '../../wire/file-content.ts'
import { readNamedFile, readNeededFile } from '../../wire/named-file.ts'
import { createIgnoreRules, readIgnoreFile } from '../../wire/ignore-patterns.ts'
import { writeTar, type StreamedEntry } from '../../wire/write-tar.ts'
import type { BuildRun } from './build-run.ts'
import type { BuildPlan } from './build-plan.ts'
import { toBuildQuery } from './build-query.ts'
import { followBuild } from './build-with-engine.ts'
import { walkContext, type ContextEntry } from './session/context-walk.ts'

/** Where a Dockerfile that is not part of the context is put into it. */
const STRAY_DOCKERFILE = '.stack.Dockerfile'

/** The old builder (and Podman's): the whole context goes along as a tar archive. @returns the id of the image */
export const buildClassic = async (client: DockerClient, run: BuildRun): Promise<string> => {
  const { spec, plan, signal } = run
  const registryconfig = await readRegistryConfig(client)
  const query = toBuildQuery(spec, plan)
  const place = plan.context === undefined ? undefined : locateDockerfile(plan, plan.context)
  const stream = await client.docker.buildImage(
    // A text that is empty stands for no archive.
    plan.context === undefined || place === undefined ? '' : Readable.from(packContext(plan.context, place)),
    withSignal(signal, { _query: { ...query, dockerfile: place?.name ?? query['dockerfile'] }, registryconfig }),
  )
  return followBuild(readLines(stream, readBuildMessage, signal), run)
}

type DockerfilePlace = {
  readonly name: string
  /** Only for one that the archive has to get extra. */ readonly content?: Buffer
  readonly ignore: string
}

const locateDockerfile = (plan: BuildPlan, context: string): DockerfilePlace => {
  const folder = plan.dockerfileFolder
  if (folder === undefined || 'files' in folder) {
    return {
      name: STRAY_DOCKERFILE,
      content: folder?.files[plan.dockerfile] ?? Buffer.alloc(0),
      ignore: readText(join(context, '.dockerignore')),
    }
  }
  const full = join(folder.path, plan.dockerfile)
  const inside = relative(context, full)
  const ignore = readText(`${full}.dockerignore`) || readText(join(context, '.dockerignore'))
  return inside.startsWith('..')
    ? { name: STRAY_DOCKERFILE, content: readNeededFile(full), ignore }
    : { name: inside, ignore }
}

const readText = (path: string): string => {
  try {
    return readNamedFile(path).toString('utf8')
  } catch {
    return '' // an ignore file that is not there ignores nothing
  }
}

/** The Dockerfile and the ignore file are always part of it: the engine needs them even where they are ignored. */
export const packContext = (root: string, { name, content, ignore }: DockerfilePlace): AsyncIterable<Uint8Array> => {
  const rules = createIgnoreRules(readIgnoreFile(ignore))
  const isNeeded = (path: string) => path === name || path === '.dockerignore' || !rules.ignores(path)
  const filter = {
    accepts: isNeeded,
    descends: (path: string) => !rules.ignores(path) || rules.mayHoldException(path) || name.startsWith(`${path}/`),
  }
  const listEntries = async function* (): AsyncGenerator<StreamedEntry> {
    for await (const entry of walkContext(root, filter)) yield toEntry(root, entry)
    if (content !== undefined) yield { path: name, kind: 'file', mode: 0o644, content }
  }
  return writeTar(listEntries())
}

const toEntry = (root: string, { path, kind, stat, linkTarget }: ContextEntry): StreamedEntry => ({
  path,
  kind,
  mode: stat.mode,
  mtimeSeconds: stat.mtimeMs / 1000,
  linkTarget,
  ...(kind === 'file' ? { stream: { size: stat.size, open: () => readListedFileInPieces(join(root, path)) } } : {}),
})

/** Credentials of every registry that we have some for: the old builder cannot ask. */
const readRegistryConfig = async (client: DockerClient): Promise<Docker.RegistryConfig> => {
  const { auths, credHelpers } = await readDockerConfig(client.environment)
  const known: Docker.RegistryConfig = {}
  for (const registry of new Set([...Object.keys(auths), ...Object.keys(credHelpers)])) {
    const found = await findCredentials(registry, client.environment).catch(() => undefined)
    if (found !== undefined)
      known[registry] =
        found.identityToken === undefined
          ? { username: found.username, password: found.password }
          : // dockerode's type wants the first two and does not know the third.
            { username: '', password: '', ...{ identitytoken: found.identityToken } }
  }
  return known
}
