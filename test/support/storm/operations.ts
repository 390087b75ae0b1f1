import { type Found, type Planner, stock } from './planner.ts'
import type { Step } from './steps.ts'

/** One thing that happens to files, as the steps that it takes; undefined when there is nothing that it could happen to. */
export type Operation = (plan: Planner) => readonly Step[] | undefined

/** With so many entries nothing is done that makes a lot more; with the most, some are removed. */
const many = 90
const most = 110

const withOne =
  (find: (plan: Planner) => Found | undefined, tell: (plan: Planner, found: Found) => readonly Step[]): Operation =>
  (plan) => {
    const found = find(plan)
    return found === undefined ? undefined : tell(plan, found)
  }
const aFile = (plan: Planner): Found | undefined => plan.entry('file')
const aFolder = (plan: Planner): Found | undefined => plan.entry('directory')
const aLink = (plan: Planner): Found | undefined => plan.entry('link')
const anything = (plan: Planner): Found | undefined => plan.entry()
const anyFile = (plan: Planner): Found | undefined => plan.anyFile()

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))
const isApart = (one: string, other: string): boolean =>
  one !== other && !`${one}/`.startsWith(`${other}/`) && !`${other}/`.startsWith(`${one}/`)

const two =
  (find: (plan: Planner) => Found | undefined, tell: (plan: Planner, one: string, other: string) => readonly Step[]) =>
  (plan: Planner): readonly Step[] | undefined => {
    const [one, other] = [find(plan)?.path, find(plan)?.path]
    return one === undefined || other === undefined || !isApart(one, other) ? undefined : tell(plan, one, other)
  }

/** Files that are put into a folder, which may be none. */
const filled = (plan: Planner, folder: string, least = 0): readonly Step[] =>
  ['new', 'hostname', 'a', 'b']
    .slice(0, least + plan.below(4))
    .map((name) => ['write', `${folder}/${name}`, plan.content()])

const anew = (plan: Planner, folder: string, least = 0): readonly Step[] => [
  ['mkdir', folder],
  ...filled(plan, folder, least),
]

const targets = [
  '/etc',
  '/etc/hostname',
  '/canary',
  'nowhere',
  '.',
  '..',
  '../..',
  '../../canary',
  '/',
  '\u00e4/\u00ff',
  'a',
  'b',
  'x'.repeat(150),
]
const linkTo = (plan: Planner, path: string): Step => ['link', path, plan.oneOf([...targets, nameOf(path)])]

const content: Readonly<Record<string, Operation>> = {
  create: (plan) => [['write', plan.free(), plan.content()]],
  createOld: (plan) => {
    const path = plan.free()
    return [
      ['write', path, plan.content(20)],
      ['times', path, 1_000_000_000],
    ]
  },
  edit: withOne(anyFile, (plan, { path }) => [['write', path, plan.content()]]),
  editAgain: withOne(anyFile, (plan, { path }) => Array.from({ length: 5 }, () => ['write', path, plan.content()])),
  append: withOne(anyFile, (plan, { path }) => [['append', path, plan.content()]]),
  writeSlowly: withOne(anyFile, (plan, { path }) => [
    ['write', path, plan.content(50)],
    ['pause', 15],
    ['append', path, plan.content(50)],
    ['pause', 15],
    ['append', path, plan.content(50)],
  ]),
  sameSizeAndTime: withOne(anyFile, (plan, { path, size }) => [['write-kept', path, plan.content(size)]]),
  moveSameSizeAndTime: withOne(aFile, (plan, { path, size }) => [
    ['write', 'aside/output', plan.content(size)],
    ['times-of', 'aside/output', path],
    ['rename', 'aside/output', path],
  ]),
  removeFile: withOne(aFile, (_, { path }) => [['remove', path]]),
  removeAndWrite: withOne(aFile, (plan, { path, size }) => [
    ['remove', path],
    ['write', path, plan.content(size)],
  ]),
  mode: withOne(anything, (plan, { path }) => [
    ['chmod', path, plan.oneOf([0o644, 0o600, 0o755, 0o400, 0, 0o4755, 0o1777, 0o2775])],
  ]),
}

const moves: Readonly<Record<string, Operation>> = {
  rename: withOne(anything, (plan, { path }) => {
    const to = plan.free()
    return isApart(path, to) ? [['rename', path, to]] : [['rename', path, plan.free('src')]]
  }),
  renameOver: two(aFile, (_, one, other) => [['rename', one, other]]),
  moveOverEmpty: withOne(aFolder, (plan, { path }) => {
    const to = plan.free('src')
    return [
      ['mkdir', to],
      ['pause', plan.oneOf([0, 40])],
      ['rename', path, to],
    ]
  }),
  swap: two(anything, (_, one, other) => [
    ['rename', one, 'aside/swap'],
    ['rename', other, one],
    ['rename', 'aside/swap', other],
  ]),
  swapFolders: two(aFolder, (plan, one, other) => {
    const between = plan.free('src')
    return [
      ['rename', one, between],
      ['rename', other, one],
      ['rename', between, other],
    ]
  }),
  chain: withOne(anything, (plan, { path }) => {
    const names = Array.from({ length: 50 }, (_, index) => `src/chain${index}`)
    const row = [path, ...names, plan.free('src')]
    return row.slice(1).map((to, index) => ['rename', row[index] ?? '', to])
  }),
  shift: (plan) => {
    const folder = plan.folder()
    const row = plan.children(folder).map(({ path }) => path)
    if (row.length < 2) return undefined
    const last = row.at(-1) ?? ''
    return [
      ['rename', last, 'aside/shift'],
      ...row
        .slice(0, -1)
        .toReversed()
        .map((from, index): Step => ['rename', from, row[row.length - 1 - index] ?? '']),
      ['rename', 'aside/shift', row[0] ?? ''],
    ]
  },
  awayAndBack: withOne(aFolder, (plan, { path }) => [
    ['rename', path, 'aside/away'],
    ['pause', plan.oneOf([0, 0, 40])],
    ['rename', 'aside/away', path],
    ['write', `${path}/new`, plan.content()],
  ]),
}

const folders: Readonly<Record<string, Operation>> = {
  makeFolder: (plan) => anew(plan, plan.free()),
  makeEmpty: (plan) => [['mkdir', plan.free()]],
  removeFolder: withOne(aFolder, (_, { path }) => [['remove', path]]),
  removeAndMake: withOne(aFolder, (plan, { path }) => [['remove', path], ...anew(plan, path, 1)]),
  replaceFolder: two(aFolder, (_, one, other) => [
    ['remove', one],
    ['rename', other, one],
  ]),
  deep: (plan) => {
    if (plan.count() > many) return undefined
    const top = plan.free('src')
    const row = Array.from({ length: 10 + plan.below(30) }, (_, index) => top + '/d'.repeat(index))
    return [...row.map((path): Step => ['mkdir', path]), ['write', `${row.at(-1)}/file`, plan.content()]]
  },
  burst: (plan) => {
    if (plan.count() > many) return undefined
    const folder = plan.free('src')
    const files = Array.from({ length: 20 + plan.below(30) }, (_, index): Step => [
      'write',
      `${folder}/${index}`,
      plan.content(),
    ])
    return [['mkdir', folder], ...files]
  },
  copy: withOne(aFolder, (plan, { path }) => {
    const to = plan.free('src')
    return plan.count() > many / 2 || !isApart(path, to)
      ? [['write', plan.free(), plan.content()]]
      : [['copy', path, to]]
  }),
}

const kinds: Readonly<Record<string, Operation>> = {
  fileToFolder: withOne(aFile, (plan, { path }) => [['remove', path], ...anew(plan, path)]),
  fileToFolderAndBack: withOne(aFile, (plan, { path }) => [
    ['remove', path],
    ...anew(plan, path),
    ['pause', plan.oneOf([0, 0, 40])],
    ['remove', path],
    ['write', path, plan.content()],
  ]),
  folderToFile: withOne(aFolder, (plan, { path }) => [
    ['remove', path],
    ['write', path, plan.content()],
  ]),
  folderToFileAndBack: withOne(aFolder, (plan, { path }) => [
    ['remove', path],
    ['write', path, plan.content()],
    ['pause', plan.oneOf([0, 0, 40])],
    ['remove', path],
    ...anew(plan, path),
  ]),
  makeLink: (plan) => [linkTo(plan, plan.free())],
  toLink: withOne(anything, (plan, { path }) => [['remove', path], linkTo(plan, path)]),
  linkToFile: withOne(aLink, (plan, { path }) => [
    ['remove', path],
    ['write', path, plan.content()],
  ]),
  linkToFolder: withOne(aLink, (plan, { path }) => [['remove', path], ...anew(plan, path, 2)]),
  etcToFolder: (plan) => {
    const path = plan.free()
    return [
      ['link', path, '/etc'],
      ['pause', plan.oneOf([0, 60])],
      ['remove', path],
      ['mkdir', path],
      ['write', `${path}/hostname`, plan.content()],
      ['write', `${path}/passwd`, plan.content()],
    ]
  },
  etcToFolderAndBack: (plan) => {
    const path = plan.free()
    return [
      ['mkdir', path],
      ['write', `${path}/hostname`, plan.content()],
      ['pause', plan.oneOf([0, 60])],
      ['remove', path],
      ['link', path, '/etc'],
    ]
  },
  linkOverFile: withOne(aFile, (plan, { path }) => [linkTo(plan, 'aside/link'), ['rename', 'aside/link', path]]),
  pipe: (plan) => {
    const path = plan.free('src')
    return /^[\w./]+$/.test(path) ? [['fifo', path]] : undefined
  },
  pipeToFile: withOne(
    (plan) => plan.entry('other'),
    (plan, { path }) => [
      ['remove', path],
      ['write', path, plan.content()],
    ],
  ),
}

const hardLinks: Readonly<Record<string, Operation>> = {
  hardLink: withOne(aFile, (plan, { path }) => [['hard-link', path, plan.free()]]),
  editHardLink: withOne(
    (plan) => {
      const found = plan.anyFile()
      return found !== undefined && found.links > 1 ? found : undefined
    },
    (plan, { path }) => [['append', path, plan.content(10)]],
  ),
}

const editors: Readonly<Record<string, Operation>> = {
  vim: withOne(anyFile, (plan, { path }) => [
    ['write', `${parentOf(path)}/4913`, plan.content(0)],
    ['remove', `${parentOf(path)}/4913`],
    ['rename', path, `${path.slice(0, 1_400)}~`],
    ['write', path, plan.content()],
    ...(plan.chance(0.7) ? ([['remove', `${path.slice(0, 1_400)}~`]] as const) : []),
  ]),
  replaceWhole: withOne(anyFile, (plan, { path }) => [
    ['write', `${parentOf(path)}/.save.tmp`, plan.content()],
    ['rename', `${parentOf(path)}/.save.tmp`, path],
  ]),
  jetBrains: withOne(anyFile, (plan, { path }) => [
    ['write', `${parentOf(path)}/x___jb_tmp___`, plan.content()],
    ['rename', path, `${parentOf(path)}/x___jb_old___`],
    ['rename', `${parentOf(path)}/x___jb_tmp___`, path],
    ['remove', `${parentOf(path)}/x___jb_old___`],
  ]),
  emacs: withOne(anyFile, (plan, { path }) => [
    ['link', `${parentOf(path)}/.#lock`, 'user@host.1:2'],
    ['write', `${parentOf(path)}/#auto#`, plan.content()],
    ['write', path, plan.content()],
    ['remove', `${parentOf(path)}/#auto#`],
    ['remove', `${parentOf(path)}/.#lock`],
  ]),
}

/**
 * The watched root itself goes and comes back: as it was, or as another one that has the same stock. And a file is edited by a name that it has
 * outside, of which no notice comes.
 */
const rare: Readonly<Record<string, Operation>> = {
  rootAway: (plan) => [
    ['rename', 'src', 'away'],
    ['pause', plan.oneOf([0, 50, 200])],
    ...(plan.chance(0.5) ? ([['write', 'away/new', plan.content()]] as const) : []),
    ['rename', 'away', 'src'],
  ],
  rootAnew: (plan) => {
    if (plan.count() > many) return undefined
    return [
      ['mkdir', 'made'],
      ['copy', stock, `made${stock.slice('src'.length)}`],
      ...filled(plan, 'made', 1),
      ...anew(plan, 'made/lib'),
      ['rename', 'src', 'old'],
      ['pause', plan.oneOf([0, 0, 100])],
      ['rename', 'made', 'src'],
      ['remove', 'old'],
    ]
  },
  hardLinkOutside: withOne(aFile, (plan, { path }) => [
    ['remove', 'aside/hard'],
    ['hard-link', path, 'aside/hard'],
    ['pause', 40],
    ['append', 'aside/hard', plan.content(10)],
    ['write', plan.free(), plan.content()],
  ]),
}

const all = [content, moves, folders, kinds, hardLinks, editors].flatMap((group) => Object.values(group))
/** What makes more is chosen more often, or there would soon be nothing that anything could happen to. */
const often = [content['create'], content['create'], folders['makeFolder'], folders['makeFolder'], content['edit']]
const usual = [...all, ...often.filter((each) => each !== undefined)]

/** Chooses an operation that there is something for. Some are rare: everything is looked at then. */
export const chooseOperation = (plan: Planner): readonly Step[] => {
  for (;;) {
    const steps = plan.oneOf(plan.chance(0.01) ? Object.values(rare) : usual)(plan)
    if (steps !== undefined) return steps
  }
}

/** Removes one entry when there are many, so that the storm's files do not become more than the stock can outweigh. */
export const thinOut = (plan: Planner): readonly Step[] => {
  const top = plan.count() > most ? plan.children('src') : []
  return top.length === 0 ? [] : [['remove', plan.oneOf(top).path]]
}
