import { describe, expect, test } from 'vitest'
import { deriveRules, type DeriveInput } from '../../../src/engine/dockerfile/derive-rules.ts'
import { isStackError } from '../../../src/core/errors/stack-error.ts'
import { createRandom } from '../../support/random.ts'
import type { Look } from '../../../src/engine/dockerfile/mapping.ts'

/** A folder of this machine: texts by path below `/ctx`. */
const lookAt = (files: Readonly<Record<string, string>>): Look => {
  const paths = Object.keys(files).map((path) => `/ctx/${path}`)
  return {
    kind: (path) =>
      files[path.slice('/ctx/'.length)]?.startsWith('-> ') === true
        ? 'link'
        : paths.includes(path)
          ? 'file'
          : paths.some((one) => one.startsWith(`${path}/`))
            ? 'directory'
            : undefined,
    names: (folder) => [
      ...new Set(
        paths.flatMap((one) => (one.startsWith(`${folder}/`) ? [one.slice(folder.length + 1).split('/')[0]!] : [])),
      ),
    ],
    real: (path) => files[path.slice('/ctx/'.length)]?.replace('-> ', ''),
    text: (path) => files[path.slice('/ctx/'.length)],
  }
}

type Case = {
  readonly files?: Readonly<Record<string, string>>
  readonly args?: Readonly<Record<string, string>>
  readonly target?: string
  readonly contexts?: Readonly<Record<string, string | undefined>>
  readonly service?: Partial<DeriveInput['service']>
  readonly image?: DeriveInput['image']
}

const derive = (text: string, { files = {}, args = {}, target, contexts = {}, service = {}, image }: Case = {}) =>
  deriveRules({
    text,
    files: {
      context: '/ctx',
      contexts: new Map(Object.entries(contexts)),
      args,
      look: lookAt(files),
      ...(target === undefined ? {} : { target }),
    },
    service: { command: null, entrypoint: null, environment: {}, mounts: [], ...service },
    ...(image === undefined ? {} : { image }),
    except: [],
  })

/** `sync src → /app/src (2) ; *.ts ! *.test.ts`, one line a rule. */
const rulesOf = (text: string, options: Case = {}): readonly string[] => {
  const derived = derive(text, options)
  return [
    ...derived.rules.map(({ rule, origin }) =>
      [
        rule.action,
        rule.path.replace(/^\/ctx\/?/, '') || '.',
        ...(rule.target === undefined ? [] : ['→', rule.target]),
        ...(rule.include === undefined ? [] : [`; ${rule.include.join(' ')}`]),
        ...(rule.ignore === undefined ? [] : [`! ${rule.ignore.join(' ')}`]),
        `(${origin.line})`,
      ].join(' '),
    ),
    ...derived.left.map(({ path, mount }) => `left ${path.replace(/^\/ctx\/?/, '') || '.'}: ${mount}`),
  ]
}

const node = {
  'package.json': '{"scripts":{"dev":"vite --host","start":"node server.js"}}',
  'package-lock.json': '{}',
  'src/a.js': '',
  'server.js': '',
}

describe('where files go', () => {
  test.each<readonly [string, string, Case, readonly string[]]>([
    [
      'a folder, a file, a file with another name',
      'FROM x\nWORKDIR /app\nCOPY src ./src\nCOPY server.js .\nCOPY server.js main.js\nCMD node server.js',
      { files: node },
      [
        'sync+restart src → /app/src (3)',
        'sync+restart server.js → /app/server.js (4)',
        'sync+restart server.js → /app/main.js (5)',
      ],
    ],
    [
      'the whole context',
      'FROM x\nWORKDIR /app\nCOPY . .\nCMD node server.js',
      { files: node },
      ['sync+restart . → /app (3)'],
    ],
    [
      'working directories add up',
      'FROM x\nWORKDIR /a\nWORKDIR b/c\nWORKDIR ..\nCOPY src .',
      { files: node },
      ['sync+restart src → /a/b (5)'],
    ],
    [
      'variables of ENV, ARG and the build',
      'ARG V=1\nFROM x:$V\nARG V\nARG DIR=src\nENV HOME_DIR=/srv/${V:-none}\nWORKDIR $HOME_DIR\nCOPY ${DIR} "./$DIR"',
      { files: node, args: { V: '7' } },
      ['sync+restart src → /srv/7/src (7)'],
    ],
    [
      'the JSON form and flags',
      'FROM x\nCOPY --chown=node:node --link ["src", "/app/src"]',
      { files: node },
      ['sync+restart src → /app/src (2)'],
    ],
    ['a pattern', 'FROM x\nWORKDIR /app\nCOPY *.js ./', { files: node }, ['sync+restart . → /app ; *.js ! */** (3)']],
    [
      'a pattern that matches a folder copies its contents',
      'FROM x\nWORKDIR /app\nCOPY s* ./',
      { files: node },
      ['sync+restart . → /app ; s* ! */** src (3)', 'sync+restart src → /app (3)'],
    ],
    [
      'what is left out',
      'FROM x\nCOPY --exclude=*.test.js --exclude=tmp src /src',
      { files: node },
      ['sync+restart src → /src ! *.test.js tmp (2)'],
    ],
    [
      'folders that are kept',
      'FROM x\nWORKDIR /app\nCOPY --parents ./src/./a.js src/*.js /o/',
      { files: node },
      ['sync+restart src → /o ; a.js (3)', 'sync+restart . → /o ; src/*.js (3)'],
    ],
    ['paths cannot leave the context', 'FROM x\nCOPY ../../src /src', { files: node }, ['sync+restart src → /src (2)']],
    [
      'a file over a file of a folder',
      'FROM x\nCOPY . /app\nCOPY src/a.js /app/server.js',
      { files: node },
      ['sync+restart . → /app ! server.js (2)', 'sync+restart src/a.js → /app/server.js (3)'],
    ],
    [
      'what is on the web, or written in place, is no file',
      'FROM x\nADD https://example.com/a /a\nCOPY <<A <<B /d/\nx\nA\ny\nB\nCOPY src /src',
      { files: node },
      ['sync+restart src → /src (8)'],
    ],
    [
      'no WORKDIR: the image says',
      'FROM x\nCOPY src .',
      { files: node, image: { workingDirectory: '/go', command: ['app'], entrypoint: [] } },
      ['sync+restart src → /go (2)'],
    ],
    [
      'a relative WORKDIR on one of the image',
      'FROM x\nWORKDIR a\nCOPY src .\nWORKDIR b',
      { files: node, image: { workingDirectory: '/go/a/b', command: ['app'], entrypoint: [] } },
      ['sync+restart src → /go/a (3)'],
    ],
    [
      'a link is followed, and keeps its name',
      'FROM x\nCOPY a.js b /in/',
      { files: { 'a.js': '-> /ctx/src/real.js', b: '-> /ctx/src', 'src/real.js': '', out: '-> /etc' } },
      ['sync+restart src/real.js → /in/a.js (2)', 'sync+restart src → /in (2)'],
    ],
    ['a link out of the context', 'FROM x\nCOPY out /in/', { files: { out: '-> /etc' } }, ['rebuild out (2)']],
    ['no WORKDIR and no image: a build is always right', 'FROM x\nCOPY src .', { files: node }, ['rebuild src (2)']],
    [
      'continued lines, comments in them, another escape',
      '# escape=`\nFROM x\nWORKDIR /app\nCOPY `\n  # a comment\n\n  src `\n  ./src',
      { files: node },
      ['sync+restart src → /app/src (4)'],
    ],
    [
      'ONBUILD of a stage that is built upon',
      'FROM x AS base\nWORKDIR /app\nONBUILD COPY src ./src\nFROM base\nCMD nodemon src/a.js',
      { files: node },
      ['sync src → /app/src (3)'],
    ],
  ])('%s', (_name, text, options, expected) => {
    expect(rulesOf(text, options)).toEqual(expected)
  })
})

describe('what only a build can bring in', () => {
  test.each<readonly [string, string, Case, readonly string[]]>([
    [
      'manifests that are copied for an installer',
      'FROM node\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nCMD ["npm","run","dev"]',
      { files: node },
      ['rebuild . ; package*.json ! */** **/node_modules (3)', 'sync . → /app ! **/node_modules (5)'],
    ],
    [
      'manifests in the middle of the rest',
      'FROM python\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements/dev.txt\nCMD uvicorn app:app --reload',
      { files: { 'requirements/dev.txt': '', 'app.py': '' } },
      [
        'sync . → /app (3)',
        'rebuild . ; **/requirements*.txt **/constraints*.txt **/pyproject.toml **/setup.py **/setup.cfg (3)',
        'rebuild . ; requirements/dev.txt requirements/*.txt (3)',
      ],
    ],
    [
      'a compiler takes everything',
      'FROM golang AS b\nWORKDIR /src\nCOPY go.mod .\nRUN go mod download\nCOPY . .\nRUN go build -o /bin/app\nFROM scratch\nCOPY --from=b /bin/app /app\nCMD ["/app"]',
      { files: { 'go.mod': '', 'main.go': '' } },
      ['rebuild go.mod (3)', 'rebuild . (5)'],
    ],
    [
      'what is bound for a command',
      'FROM node\nWORKDIR /app\nRUN --mount=type=bind,source=package.json,target=package.json --mount=type=cache,target=/root/.npm npm ci\nCOPY src src\nCMD node src/a.js',
      { files: node },
      ['sync+restart src → /app/src (4)', 'rebuild package.json (3)'],
    ],
    [
      'archives that ADD unpacks',
      'FROM x\nADD data.tar.gz /data',
      { files: { 'data.tar.gz': '' } },
      ['rebuild data.tar.gz (2)'],
    ],
    [
      'a mode that the build sets',
      'FROM x\nCOPY --chmod=755 run.sh /run.sh\nCOPY --chmod=0644 a.txt /a.txt',
      { files: { 'run.sh': '', 'a.txt': '' } },
      ['rebuild run.sh (2)', 'sync+restart a.txt → /a.txt (3)'],
    ],
    [
      'a file that a command names',
      "FROM x\nCOPY . /app\nRUN chmod +x /app/run.sh && sed -i 's/\\r//' /app/run.sh\nCMD php-fpm",
      { files: { 'run.sh': '', 'a.php': '' } },
      ['sync . → /app (2)', 'rebuild . ; run.sh (2)'],
    ],
    [
      'commands that have nothing to do with it',
      'FROM x\nCOPY src /src\nRUN set -ex; apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/* && chown -R www /src && mkdir -p /data\nCMD php-fpm',
      { files: node },
      ['sync src → /src (2)'],
    ],
    [
      'a script that installing runs',
      'FROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD node a.js',
      { files: { 'package.json': '{"scripts":{"postinstall":"node make.js"}}' } },
      ['rebuild . ! **/node_modules (3)'],
    ],
  ])('%s', (_name, text, options, expected) => {
    expect(rulesOf(text, options)).toEqual(expected)
  })
})

test.each<readonly [string, string, readonly string[]]>([
  [
    'a file that is read for its words',
    'RUN apt-get install -y $(cat a.txt)',
    ['sync . → /app (3)', 'rebuild . ; a.txt (3)'],
  ],
  ['a name that only the build knows', 'RUN for f in *.txt; do cp $f /x; done', ['rebuild . (3)']],
  ['a name that is known', 'ENV F=a.txt\nRUN cp $F /x', ['sync . → /app (3)', 'rebuild . ; a.txt (3)']],
  ['a script in place', 'RUN <<END\nset -e\napt-get update\nmkdir -p /x\nEND', ['sync . → /app (3)']],
  ['a program with a script in place', 'RUN python3 <<END\nprint(1)\nEND', ['rebuild . (3)']],
  ['the JSON form', 'RUN ["chmod", "+x", "/app/a.txt"]', ['sync . → /app (3)', 'rebuild . ; a.txt (3)']],
  ['a choice', 'RUN if [ -f yarn.lock ]; then corepack enable; else ./build.sh; fi', ['rebuild . (3)']],
  ['a folder of the context', 'RUN cd sub && mv b.txt /x', ['sync . → /app (3)', 'rebuild . ; sub/b.txt (3)']],
  ['a question', 'RUN node --version && npm -v', ['sync . → /app (3)']],
  ['something global', 'RUN npm install -g pm2 && pip install --upgrade pip', ['sync . → /app (3)']],
  [
    'tools from elsewhere',
    'RUN go install github.com/air-verse/air@latest && npx playwright install --with-deps',
    ['sync . → /app (3)'],
  ],
  [
    'an installer from the web',
    'RUN curl -sSL https://example.com/x | python3 - && wget -qO- https://example.com/y | sh -s -- -y',
    ['sync . → /app (3)'],
  ],
  ['a script of its own', 'RUN sh ./a.sh', ['rebuild . (3)']],
  ['a schema', 'RUN npx prisma generate', ['sync . → /app (3)', 'rebuild . ; **/*.prisma (3)']],
  ['all that is bound', 'RUN --mount=type=bind,target=/in /in/make.sh', ['rebuild . (3)']],
])('a RUN takes %s', (_name, run, expected) => {
  const text = `FROM x\nWORKDIR /app\nCOPY . .\n${run}\nCMD php-fpm`
  expect(rulesOf(text, { files: { 'a.txt': '', 'sub/b.txt': '' } })).toEqual(expected)
})

test('whatever a Dockerfile holds, it is understood or it is said why not', () => {
  const random = createRandom(7)
  const pieces = [
    'FROM x AS a',
    'COPY',
    ' ',
    '\\\n',
    '\n',
    '"',
    "'",
    '$',
    '${A:-',
    '}',
    '<<E',
    'E',
    '[',
    '"]',
    '--from=a',
    '--mount=',
    'RUN ',
    '&&',
    '|',
    ';',
    '`',
    '$(',
    ')',
    '(',
    'npm ci',
    'ARG A=1',
    'ENV',
    'WORKDIR /',
    '*',
    '\f',
    '\v',
    '#',
    'ONBUILD ',
    '..',
    '=',
    ',',
  ]
  for (let round = 0; round < 3000; round += 1) {
    const text = `FROM x AS a\n${Array.from({ length: 1 + Math.floor(random() * 25) }, () => pieces[Math.floor(random() * pieces.length)]).join('')}`
    try {
      derive(text, { files: node })
    } catch (error) {
      if (!isStackError(error)) throw new Error(JSON.stringify(text), { cause: error })
    }
  }
})

describe('stages', () => {
  const text = `FROM node AS base
WORKDIR /app
FROM base AS deps
COPY package.json .
RUN npm ci
FROM base AS dev
COPY --from=deps /app/node_modules ./node_modules
COPY . .
CMD npx vite
FROM base AS build
COPY --from=deps /app/node_modules ./node_modules
COPY . .
RUN npm run build
FROM nginx
COPY nginx.conf /etc/nginx/nginx.conf
COPY --from=build /app/dist /usr/share/nginx/html`
  const files = { ...node, 'nginx.conf': '' }

  test('the one that is asked for', () => {
    expect(rulesOf(text, { files, target: 'dev' })).toEqual([
      'sync . → /app ! node_modules (8)',
      'rebuild package.json (4)',
    ])
  })
  test('the last one', () => {
    expect(rulesOf(text, { files })).toEqual([
      'sync+restart nginx.conf → /etc/nginx/nginx.conf (15)',
      'rebuild package.json (4)',
      'rebuild . ! node_modules (12)',
    ])
  })
  test('what another stage only holds is copied through it', () => {
    expect(
      rulesOf(
        'FROM x AS files\nCOPY src /in/src\nCOPY server.js /in/\nFROM x\nCOPY --from=files /in /out\nCOPY --from=0 /in/src/a.js /b.js',
        { files: node },
      ),
    ).toEqual([
      'sync+restart src → /out/src (2)',
      'sync+restart server.js → /out/server.js (3)',
      'sync+restart src/a.js → /b.js (2)',
    ])
  })
  test('a named context is a folder of its own', () => {
    expect(
      rulesOf('FROM x\nCOPY --from=shared lib /lib/shared\nCOPY --from=image /a /a', {
        contexts: { shared: '/shared', image: undefined },
        files: node,
      }),
    ).toEqual(['rebuild /shared/lib (2)'])
  })
})

describe('mounts', () => {
  const text = 'FROM node\nWORKDIR /app\nCOPY package.json .\nRUN npm ci\nCOPY . .\nCMD node server.js'
  test('a mount over all of it leaves what the build needs', () => {
    expect(rulesOf(text, { files: node, service: { mounts: [{ source: '/else', target: '/app' }] } })).toEqual([
      'rebuild package.json (3)',
      'left .: /app',
    ])
  })
  test('a mount elsewhere, in which the process begins', () => {
    const mounts = [{ source: '/ctx', target: '/code' }]
    expect(rulesOf(text, { files: node, service: { mounts, workingDirectory: '/code' } })).toEqual([
      'rebuild package.json (3)',
      'left .: /code',
    ])
    // It runs what the image holds, and sees the mount as well.
    expect(rulesOf(text, { files: node, service: { mounts } }).at(-1)).toBe(
      'sync+restart . → /app ! **/node_modules (5)',
    )
  })
  test('the command is looked up where a mount shows it', () => {
    const mounts = [{ source: '/ctx', target: '/code' }]
    const service = { mounts, command: ['npm', '--prefix', '/code', 'run', 'dev'] }
    expect(rulesOf(text, { files: node, service }).at(-1)).toBe('sync . → /app ! **/node_modules (5)')
  })
  test('a mount over a part', () => {
    expect(rulesOf(text, { files: node, service: { mounts: [{ source: '/else', target: '/app/src' }] } })).toEqual([
      'rebuild package.json (3)',
      'sync+restart . → /app ! **/node_modules src (5)',
    ])
  })
})

test('scripts that install in turn come to an end', () => {
  const files = { 'package.json': '{"scripts":{"postinstall":"cd sub && npm install && husky"}}' }
  const text = 'FROM node\nWORKDIR /app\nCOPY . .\nRUN npm install --ignore-engines\nCMD npx nodemon a.js'
  expect(rulesOf(text, { files }).map((line) => line.replace(/;.*!/, '!'))).toEqual([
    'sync . → /app ! **/node_modules sub/**/node_modules (3)',
    'rebuild . ! **/node_modules sub/**/node_modules (3)',
  ])
})

test('a process that notices changes does so in its own folder', () => {
  const text = 'FROM x\nWORKDIR /app/web\nCOPY . /app\nCOPY server.js /opt/other.js\nCMD nodemon a.js'
  expect(rulesOf(text, { files: node })).toEqual(['sync . → /app (3)', 'sync+restart server.js → /opt/other.js (4)'])
})

test('a script that the container starts with is not read again by what it starts', () => {
  const files = { 'entry.sh': '#!/bin/sh\nexec "$@"\n', 'a.js': '' }
  const text = 'FROM x\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["./entry.sh"]\nCMD ["nodemon", "a.js"]'
  expect(rulesOf(text, { files })).toEqual(['sync . → /app (3)', 'sync+restart entry.sh → /app/entry.sh (3)'])
})

test('what the stack file runs goes before the command of the image', () => {
  const text = 'FROM x\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["node"]\nCMD ["server.js"]'
  expect(rulesOf(text, { files: node })).toEqual(['sync+restart . → /app (3)'])
  expect(derive(text, { files: node, service: { command: ['--watch', 'server.js'] } }).rules).toMatchObject([
    { rule: { action: 'sync+restart' }, why: '"node --watch server.js" loses sight of a file that is replaced' },
  ])
  expect(rulesOf(text, { files: node, service: { entrypoint: ['nodemon', 'server.js'] } })).toEqual([
    'sync . → /app (3)',
  ])
})

describe('what cannot be understood', () => {
  test.each([
    ['FRON x', 'Line 1: "FRON" is no instruction that is known here'],
    ['# syntax=example/other\nFROM x', 'Line 1: it is written in the syntax of example/other, which is not known here'],
    ['FROM x\nCOPY <<EOF /a\ntext', 'Line 2: the text <<EOF has no end'],
    ['COPY a b\nFROM x', 'Line 1: COPY stands before the first FROM'],
    ['# nothing', 'Line 1: it has no FROM'],
  ])('%s', (text, expected) => {
    expect(() => derive(text)).toThrow(expected)
  })
  test('a stage that is not there', () => {
    expect(() => derive('FROM x AS a', { target: 'b' })).toThrow('it has no stage "b"')
  })
})

// Built with BuildKit, the image holds each of these files at this place.
test('many copies in several stages go where the engine puts them', () => {
  const files = {
    'src/a.txt': '',
    'src/deep/b.txt': '',
    'pkg-a/x.txt': '',
    'pkg-b/z.txt': '',
    'one.json': '',
    'with space/s.txt': '',
    'app.py': '',
  }
  const text = `ARG DIR=src
FROM x AS base
ARG DIR
ENV ROOT=/srv/app
WORKDIR $ROOT
ONBUILD COPY one.json onbuild.json
FROM base AS files
COPY \${DIR} ./code
COPY pkg-* ./packages/
FROM base
COPY *.json ./
COPY app.py /usr/share/app.py
COPY src /abs/src/
COPY src/ rel
COPY ["with space/s.txt", "spaced.txt"]
COPY src/a.txt src/deep /mixed/
COPY --from=files /srv/app/code/deep ./from-deep
COPY --from=files /srv/app/packages/x.txt ./px.txt
COPY --from=files /srv/app/code/a.txt /srv/app/packages/z.txt /two/
COPY app.py ./sub/./../dots.py`
  expect(rulesOf(text, { files }).map((line) => line.replace('sync+restart ', ''))).toEqual([
    'one.json → /srv/app/onbuild.json (6)',
    '. → /srv/app ; *.json ! */** (11)',
    'app.py → /usr/share/app.py (12)',
    'src → /abs/src (13)',
    'src → /srv/app/rel (14)',
    'with space/s.txt → /srv/app/spaced.txt (15)',
    'src/a.txt → /mixed/a.txt (16)',
    'src/deep → /mixed (16)',
    'src/deep → /srv/app/from-deep (8)',
    'pkg-a/x.txt → /srv/app/px.txt (9)',
    'src/a.txt → /two/a.txt (8)',
    'pkg-b/z.txt → /two/z.txt (9)',
    'app.py → /srv/app/dots.py (20)',
  ])
})
