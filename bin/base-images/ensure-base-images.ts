import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineAddress } from '../../src/engine/ports/engine-address.ts'
import { requestEngine } from '../../src/system/engines/engine-http.ts'
import { baseImages, RECIPE_LABEL, type BaseImage } from './base-images.ts'
import type { MadeImage } from './made-image.ts'
import { refreshPackageLists } from './debian-packages.ts'
import { toTar } from './root-entries.ts'

export type MakingOptions = {
  readonly signal: AbortSignal
  /** Told what is about to be done, one short line each. */
  readonly report: (line: string) => void
  /** Those that are wanted; all that the three-tier example and most tests need where nothing is said. */
  readonly images?: readonly BaseImage[]
}

/** The base images that this engine has not, or has of another recipe. */
export const listMissingBaseImages = async (
  address: EngineAddress,
  { signal, images = baseImages }: Pick<MakingOptions, 'signal' | 'images'>,
): Promise<readonly BaseImage[]> => {
  const missing: BaseImage[] = []
  for (const image of images) {
    const { status, body } = await requestEngine(address, { path: `/images/${image.name}/json`, signal })
    const labels =
      status === 200
        ? (JSON.parse(body) as { Config?: { Labels?: Record<string, string> | null } }).Config?.Labels
        : undefined
    if (labels?.[RECIPE_LABEL] !== image.recipe) missing.push(image)
  }
  return missing
}

/**
 * Makes the base images that are missing from the machine's own Debian packages. Made once, found again the next time.
 * @throws when the machine has no Debian packages, or one of its tools fails
 */
export const ensureBaseImages = async (address: EngineAddress, options: MakingOptions): Promise<void> => {
  const missing = await listMissingBaseImages(address, options)
  if (missing.length === 0) return
  const folder = await mkdtemp(join(tmpdir(), 'stack-base-'))
  try {
    options.report('Reading the package lists')
    await refreshPackageLists(options)
    for (const image of missing) {
      options.report(`Making ${image.name} (in place of ${image.official})`)
      await makeBaseImage(image, { ...options, address, folder })
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const makeBaseImage = async (
  image: BaseImage,
  options: { address: EngineAddress; folder: string; signal: AbortSignal },
): Promise<void> => {
  const made = await image.make(options)
  const refused = await importImage(image, { ...options, made })
  if (refused === undefined) return
  // Docker Engine 20.10 takes no STOPSIGNAL with an import; the stack file can name the signal.
  const fewer = made.changes.filter((change) => !change.startsWith('STOPSIGNAL'))
  const failure = refused.includes('stopsignal')
    ? await importImage(image, { ...options, made: { ...made, changes: fewer } })
    : refused
  if (failure !== undefined) throw new Error(`the engine did not take ${image.name}: ${failure}`)
}

/** @returns why the engine did not take it */
const importImage = async (
  image: BaseImage,
  { address, made, signal }: { address: EngineAddress; made: MadeImage; signal: AbortSignal },
): Promise<string | undefined> => {
  const [repo = '', tag = ''] = image.name.split(':')
  const query = new URLSearchParams({ fromSrc: '-', repo, tag, message: 'made by stack' })
  for (const change of [...made.changes, `LABEL ${RECIPE_LABEL}=${image.recipe}`]) query.append('changes', change)
  const { status, body } = await requestEngine(address, {
    method: 'POST',
    path: `/images/create?${String(query)}`,
    contentType: 'application/x-tar',
    body: toTar(made.entries),
    signal,
  })
  // The engine streams its progress with status 200 and may fail in the middle of it.
  return /"(?:message|error)":"((?:[^"\\]|\\.)*)"/.exec(body)?.[1] ?? (status === 200 ? undefined : `status ${status}`)
}
