import { createIgnoreRules } from '../../wire/ignore-patterns.ts'
import { pathBelow, relativeTo } from '../sync/paths.ts'
import { type Ingredient, type Mapping, toIngredient } from './mapping.ts'
import type { Instruction } from './parse-dockerfile.ts'

/** What a stage holds of this machine's files, and how a container of it begins. */
export type Stage = {
  /** Absent: what the base image says. */
  cwd?: string
  readonly variables: Map<string, string>
  readonly environment: Map<string, string>
  mappings: Mapping[]
  readonly ingredients: Ingredient[]
  /**
   * Paths of the image that something else has filled, and how many mappings there were then. What an installer fills, which
   * may be a pattern, is its own whatever comes after.
   */
  readonly filled: { readonly path: string; readonly after: number }[]
  readonly folders: Set<string>
  command?: readonly string[]
  entrypoint?: readonly string[]
  ownsCommand: boolean
  /** What relative WORKDIRs have added to a working directory that is not known: `/web`. */
  moved: string
  shell: readonly string[]
  readonly triggers: Instruction[]
  /** The image that the first of its stages is made from. */
  base: string
}

const standardFolders =
  '/ /bin /etc /home /lib /media /mnt /opt /root /run /sbin /srv /tmp /usr /usr/bin /usr/lib /usr/local /usr/local/bin /usr/local/lib /usr/local/etc /usr/local/share /usr/sbin /usr/share /usr/src /var /var/lib /var/log /var/www /var/www/html /usr/share/nginx /usr/share/nginx/html /etc/nginx /etc/nginx/conf.d /etc/nginx/templates /docker-entrypoint-initdb.d /docker-entrypoint.d /usr/local/apache2/htdocs /usr/local/etc/php/conf.d /etc/supervisor/conf.d'.split(
    ' ',
  )

/** A stage that begins with an image; its working directory where that is known. */
export const newStage = (image: string, cwd?: string): Stage => ({
  ...(image === 'scratch' ? { cwd: '/' } : cwd === undefined ? {} : { cwd }),
  variables: new Map(),
  environment: new Map(),
  mappings: [],
  ingredients: [],
  filled: [],
  // What images are expected to have; the empty one has nothing.
  folders: new Set(image === 'scratch' ? ['/'] : standardFolders),
  ownsCommand: false,
  moved: '',
  shell: ['/bin/sh', '-c'],
  triggers: [],
  base: image,
})

/** A stage that begins as another one ended. */
export const continueStage = (stage: Stage): Stage => ({
  ...stage,
  variables: new Map(stage.variables),
  environment: new Map(stage.environment),
  mappings: [...stage.mappings],
  ingredients: [...stage.ingredients],
  filled: [...stage.filled],
  folders: new Set(stage.folders),
  triggers: [...stage.triggers],
  ownsCommand: false,
})

/** A variable as an instruction sees it: what ENV says goes before ARG. */
export const valueOf = ({ environment, variables }: Stage, name: string): string | undefined =>
  environment.get(name) ?? variables.get(name)

/** A folder of the image, and those that it is in. */
export const addFolder = ({ folders }: Stage, path: string): void => {
  for (let folder = path; folder !== '' && !folders.has(folder); folder = folder.slice(0, folder.lastIndexOf('/')))
    folders.add(folder)
}

/** The mappings of a stage once all is known: what was put over them is left out. */
export const settle = ({
  mappings,
  filled,
  ingredients,
}: Stage): { readonly mappings: readonly Mapping[]; readonly ingredients: readonly Ingredient[] } => {
  const extra: Ingredient[] = []
  const settled = mappings.map((mapping, at): Mapping => {
    const { target } = mapping
    const later = mappings.slice(at + 1)
    const again =
      mapping.installer !== undefined &&
      mapping.only === undefined &&
      later.some((one) => one.isFolder && relativeTo(one.source, mapping.source) !== undefined)
    const own =
      again && mapping.installer !== undefined
        ? {
            ...mapping,
            only: `it is copied on its own for "${mapping.installer.text}" (line ${mapping.installer.line})`,
            isIngredient: true as const,
          }
        : mapping
    if (target === undefined || !mapping.isFolder) return own
    const hidden = filled.flatMap(({ path, after }) =>
      after > at || /\/(?:node_modules|\.venv|vendor)$/.test(path) ? (relativeTo(target, path) ?? '') : [],
    )
    for (const one of later) {
      const inside = one.target === undefined ? '' : (relativeTo(target, one.target) ?? '')
      const isOther = mapping.include !== undefined && !createIgnoreRules(mapping.include).ignores(inside)
      if (inside === '' || isOther || one.source === pathBelow(mapping.source, inside)) continue
      if (one.isFolder)
        extra.push({
          ...toIngredient(mapping, `line ${one.origin.line} puts other files over it`),
          ignore: mapping.ignore,
          include: [inside],
        })
      else hidden.push(inside)
    }
    return { ...own, ignore: [...own.ignore, ...hidden.filter((path) => path !== '')] }
  })
  // What an installer reads is looked for in the same folders, without what is none of theirs.
  const narrowed = ingredients.map((one) => {
    const same = settled.find(({ source, isFolder }) => isFolder && source === one.source)
    return same === undefined ? one : { ...one, ignore: [...new Set([...one.ignore, ...same.ignore])] }
  })
  return { mappings: settled, ingredients: [...narrowed, ...extra] }
}
