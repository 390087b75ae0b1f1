import type { Content, Step } from './steps.ts'

/** A change that watches are known to lose: what is there before, and what happens then, without a pause but where one is said. */
export interface StormCase {
  readonly says: string
  readonly before: readonly Step[]
  readonly change: readonly Step[]
}

const first: Content = ['first', 30]
const second: Content = ['other', 30]
const more: Content = ['more and more', 3_000]

const file = (path: string, content = first): Step => ['write', path, content]
const folder = (path: string, ...names: readonly string[]): readonly Step[] => [
  ['mkdir', path],
  ...names.map((name) => file(`${path}/${name}`)),
]
const row = (name: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${name}${index}`)

const replacedFolders: readonly StormCase[] = [
  {
    says: 'a folder is removed and made again',
    before: folder('src/d', 'old'),
    change: [['remove', 'src/d'], ...folder('src/d', 'new')],
  },
  {
    says: 'a folder takes the place of one that was removed',
    before: [...folder('src/d', 'old', 'both'), ...folder('src/d2', 'new', 'both')],
    change: [
      ['remove', 'src/d'],
      ['rename', 'src/d2', 'src/d'],
    ],
  },
  {
    says: 'a folder goes and comes back with a new file',
    before: folder('src/d', 'old'),
    change: [['rename', 'src/d', 'src/t'], ['rename', 'src/t', 'src/d'], file('src/d/new')],
  },
  {
    says: 'two folders are swapped',
    before: [...folder('src/a', 'one', 'both'), ...folder('src/b', 'two'), file('src/b/both', second)],
    change: [
      ['rename', 'src/a', 'src/t'],
      ['rename', 'src/b', 'src/a'],
      ['rename', 'src/t', 'src/b'],
    ],
  },
  {
    says: 'two files are swapped',
    before: [file('src/a'), file('src/b', second)],
    change: [
      ['rename', 'src/a', 'src/t'],
      ['rename', 'src/b', 'src/a'],
      ['rename', 'src/t', 'src/b'],
    ],
  },
  {
    says: 'a folder is moved over a known empty one',
    before: [...folder('src/d', 'old'), ...folder('src/empty')],
    change: [['rename', 'src/d', 'src/empty']],
  },
  {
    says: 'a folder has fifty names, one after the other',
    before: folder('src/name0', 'file'),
    change: row('src/name', 51).flatMap((name, index, all): readonly Step[] =>
      index === 0 ? [] : [['rename', all[index - 1] ?? '', name]],
    ),
  },
  {
    says: 'fifty files each take the name of the next',
    before: row('src/file', 50).map((path, index) => file(path, [`content ${index}`, 30])),
    change: [
      ['remove', 'src/file49'],
      ...row('src/file', 49)
        .map((path, index): Step => ['rename', path, `src/file${index + 1}`])
        .toReversed(),
    ],
  },
]

const otherKinds: readonly StormCase[] = [
  {
    says: 'a file becomes an empty folder, and one with files',
    before: [file('src/a'), file('src/b')],
    change: [['remove', 'src/a'], ...folder('src/a'), ['remove', 'src/b'], ...folder('src/b', 'c')],
  },
  {
    says: 'a folder becomes a file',
    before: folder('src/d', 'a', 'b'),
    change: [['remove', 'src/d'], file('src/d')],
  },
  {
    says: 'a link to a folder of the container becomes a folder, and a file is saved in it',
    before: [
      ['link', 'src/etc', '/etc'],
      ['link', 'src/up', '../canary'],
    ],
    change: [
      ['remove', 'src/etc'],
      ...folder('src/etc', 'hostname', 'passwd'),
      ['remove', 'src/up'],
      ...folder('src/up', 'file'),
    ],
  },
  {
    says: 'links that lead to themselves become files',
    before: [
      ['link', 'src/a', 'a'],
      ['link', 'src/b', 'c'],
      ['link', 'src/c', 'b'],
    ],
    change: [
      ['remove', 'src/a'],
      file('src/a'),
      ['remove', 'src/b'],
      file('src/b'),
      ['remove', 'src/c'],
      file('src/c'),
    ],
  },
  {
    says: 'a folder becomes a link to a folder of the container',
    before: [...folder('src/etc', 'hostname', 'passwd'), ...folder('src/up', 'file')],
    change: [
      ['remove', 'src/etc'],
      ['link', 'src/etc', '/etc'],
      ['remove', 'src/up'],
      ['link', 'src/up', '../canary'],
    ],
  },
  {
    says: 'a file becomes a link, a link a file, and a link leads elsewhere',
    before: [file('src/a'), ['link', 'src/b', '/etc/hostname'], ['link', 'src/c', 'nowhere'], file('src/d')],
    change: [
      ['remove', 'src/a'],
      ['link', 'src/a', '/etc/passwd'],
      ['remove', 'src/b'],
      file('src/b'),
      ['remove', 'src/c'],
      ['link', 'src/c', '../canary/file'],
      ['append', 'src/d', second],
    ],
  },
]

const quietContents: readonly StormCase[] = [
  {
    says: 'a file has other content, and the size and the time that it had',
    before: [file('src/a'), ['times', 'src/a', 1_000_000_000]],
    change: [['write-kept', 'src/a', second]],
  },
  {
    says: 'a file of the same size and time is moved over another',
    before: [file('src/a'), ['times', 'src/a', 1_000_000_000]],
    change: [file('src/t', second), ['times-of', 'src/t', 'src/a'], ['rename', 'src/t', 'src/a']],
  },
  {
    says: 'a file with two names is edited by one of them',
    before: [...folder('src/one', 'a'), ...folder('src/two'), ['hard-link', 'src/one/a', 'src/two/b']],
    change: [['append', 'src/two/b', second]],
  },
  {
    says: 'a file and a folder have another mode',
    before: [...folder('src/d', 'a'), file('src/b')],
    change: [
      ['chmod', 'src/d', 0o1775],
      ['chmod', 'src/d/a', 0o4750],
      ['chmod', 'src/b', 0],
    ],
  },
  {
    says: 'a file is written slowly',
    before: [],
    change: row('', 10).flatMap((): readonly Step[] => [
      ['append', 'src/slow', more],
      ['pause', 10],
    ]),
  },
]

const names: readonly StormCase[] = [
  {
    says: 'names that are not UTF-8 come and go',
    before: [file('src/\u00e4'), ...folder('src/\u00ff\u00fe', '\u00c3'), file('src/caf\u00e9')],
    change: [
      file('src/\u00e4', second),
      ['remove', 'src/\u00ff\u00fe'],
      ['rename', 'src/caf\u00e9', 'src/caf\u00c3\u00a9'],
    ],
  },
  {
    says: 'names look like options, patterns and commands',
    before: [...folder('src/-rf', '*', '$(touch pwned)'), file('src/new\nline'), file("src/it's"), file('src/kept')],
    change: [
      ['remove', 'src/-rf'],
      file('src/new\nline', second),
      ['rename', "src/it's", 'src/trailing '],
      file('src/*'),
      file('src/$(touch pwned)'),
      file('src/--checkpoint-action=exec=sh'),
      ['remove', 'src/*'],
    ],
  },
  {
    says: 'files of people are named like those of editors',
    before: [],
    change: [
      ...['notes~', '4913', '#a#', '.a.swp', '.#b', 'c___jb_tmp___', 'd-go-tmp-umask'].map((name) =>
        file(`src/${name}`),
      ),
      ...folder('src/.idea', 'modules.xml'),
    ],
  },
  {
    says: 'names are as long as they can be, and folders deep',
    before: [],
    change: [
      file(`src/${'l'.repeat(255)}`),
      ...row('/d', 40).map((_, index): Step => ['mkdir', `src/top${'/d'.repeat(index)}`]),
      file(`src/top${'/d'.repeat(39)}/file`),
    ],
  },
]

const roots: readonly StormCase[] = [
  {
    says: 'the root goes and comes back',
    before: [file('src/a')],
    change: [
      ['rename', 'src', 'away'],
      ['pause', 100],
      file('away/a', second),
      ['rename', 'away', 'src'],
      file('src/b'),
    ],
  },
  {
    says: 'the root is another one',
    before: [file('src/a'), file('src/only-here')],
    change: [
      ['copy', 'src', 'made'],
      ['remove', 'made/only-here'],
      file('made/a', second),
      file('made/new'),
      ['rename', 'src', 'old'],
      ['rename', 'made', 'src'],
      ['remove', 'old'],
    ],
  },
]

export const stormCases: readonly StormCase[] = [
  ...replacedFolders,
  ...otherKinds,
  ...quietContents,
  ...names,
  ...roots,
]
