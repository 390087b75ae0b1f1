import { isStackError } from '../../core/errors/stack-error.ts'
import { type BaseImages, type ImageParents, toImageParents } from '../../core/project/image-parents.ts'
import type { Project, ServiceName } from '../../core/project/project.ts'
import { expandWord, splitWords } from './expand-word.ts'
import { type Dockerfile, type Instruction, parseDockerfile } from './parse-dockerfile.ts'

type Arguments = Readonly<Record<string, string | null>>
type Stage = { readonly name: string | undefined; readonly base: string; readonly others: string[] }

/** `--from=x` of COPY, `from=x` among the commas of a `--mount` of RUN. */
const readFrom = ({ flags }: Instruction): readonly string[] => [
  ...(flags.get('from') ?? []),
  ...(flags.get('mount') ?? []).flatMap((mount) =>
    mount.split(',').flatMap((part) => (part.startsWith('from=') ? [part.slice('from='.length)] : [])),
  ),
]

/** Arguments before the first stage, which are all that `FROM` sees. */
const declare = ({ rest }: Instruction, { escape }: Dockerfile, seen: Map<string, string>, args: Arguments): void => {
  for (const word of splitWords(rest, escape)) {
    const [name = '', fallback] = word.split(/=(.*)/s)
    const value =
      args[name] ??
      (fallback === undefined ? undefined : expandWord(fallback, { lookup: (one) => seen.get(one), escape }))
    if (value !== undefined) seen.set(name, value)
  }
}

const toStages = (file: Dockerfile, args: Arguments): readonly Stage[] => {
  const seen = new Map<string, string>()
  const stages: Stage[] = []
  for (const instruction of file.instructions) {
    const { keyword, rest } = instruction
    if (keyword === 'FROM') {
      const [image = '', as = '', name] = splitWords(rest, file.escape)
      const base = expandWord(image, { lookup: (one) => seen.get(one), escape: file.escape })
      stages.push({ name: as.toUpperCase() === 'AS' ? name?.toLowerCase() : undefined, base, others: [] })
    } else if (keyword === 'ARG' && stages.length === 0) declare(instruction, file, seen, args)
    else if (keyword === 'COPY' || keyword === 'RUN') stages.at(-1)?.others.push(...readFrom(instruction))
  }
  return stages
}

/** Where a stage of the name, or of the number, is; -1 for an image. */
const findStage = (stages: readonly Stage[], name: string, before: number): number => {
  const named = stages.findLastIndex((stage, index) => index < before && stage.name === name.toLowerCase())
  return named === -1 && /^\d+$/.test(name) && Number(name) < before ? Number(name) : named
}

const collect = (
  stages: readonly Stage[],
  first: number,
  referencesOf: (stage: Stage) => readonly string[],
): readonly string[] => {
  const images = new Set<string>()
  const seen = new Set<number>()
  const open = [first]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const stage = stages[at]
    if (stage === undefined || seen.has(at)) continue
    seen.add(at)
    for (const reference of referencesOf(stage)) {
      const other = findStage(stages, reference, at)
      if (other !== -1) open.push(other)
      else if (reference !== '' && reference !== 'scratch') images.add(reference)
    }
  }
  return [...images]
}

/**
 * Images, by the words of the Dockerfile, that its target, or else its last stage, is made from, by way of other stages too.
 * None of a file that is not understood: the builder says what is wrong with it.
 */
export const readBaseImages = (
  text: string,
  { target, args = {} }: { readonly target?: string; readonly args?: Arguments },
): BaseImages => {
  try {
    const stages = toStages(parseDockerfile(text), args)
    const first = target === undefined ? stages.length - 1 : findStage(stages, target, stages.length)
    const [below] = collect(stages, first, ({ base }) => [base])
    return {
      all: collect(stages, first, ({ base, others }) => [base, ...others]),
      ...(below === undefined ? {} : { below }),
    }
  } catch (error) {
    if (isStackError(error)) return { all: [] }
    throw error
  }
}

/** Which services' images are built from which, by the texts of their Dockerfiles. */
export const toParents = (project: Project, dockerfiles: ReadonlyMap<ServiceName, string>): ImageParents => {
  const bases = [...dockerfiles].map(([name, text]) => {
    const { target, args } = project.services[name]?.build ?? {}
    const options = { ...(target === undefined ? {} : { target }), ...(args === undefined ? {} : { args }) }
    return [name, readBaseImages(text, options)] as const
  })
  return toImageParents(project, new Map(bases))
}
