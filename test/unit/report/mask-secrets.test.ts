import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maskSecrets } from '../../../src/core/errors/mask-secrets.ts'
import { toProblemLines } from '../../../src/report/problems.ts'

test('credentials are masked in every form in which a file has them, and nothing else is', () => {
  const lines = [
    '      PASSWORD: hunter2',
    '      POSTGRES_PASSWORD: "a, b # c"  # the old one',
    "      API_TOKEN: 'it''s'",
    '      - API_TOKEN=abc def',
    '      - "DB_PASSWORD=a]b,c"',
    '    environment: {DB_PASSWORD: hunter2, LEVEL: info, "API_KEY": "k"}',
    '    environment: [DB_PASSWORD=hunter2, LEVEL=info]',
    'export AWS_SECRET_ACCESS_KEY=AKIA/1+2',
    '    command: mysql --password=hunter2 -u root',
    '      DATABASE_URL: postgres://app:s3cr:et@db:5432/app',
    '      - URL=redis://:pw@cache:6379',
    '      PASSWORD: ${PASSWORD:?say which}',
    '      PASSWORD: ${PASSWORD:-hunter2}',
    '    environment: {PASSWORD: ${PW:-a,b}, A: b}',
    '      URL: postgres://app:${PW}@db/app',
    '      TOKEN: pre$NAME-post',
    '      PASSWORD_FILE: /run/secrets/password',
    '      DB_PASSWORD: /run/secrets/password',
    '      USE_TOKEN: true',
    '    secrets: [db_password]',
    '  db_password: {file: ./password.txt}',
    '    environment: {API_TOKEN: {a: hunter2}, B: c}',
    '  db_password:',
    '    image: http://registry:5000/app@sha256:0123',
    '      NAME: web',
  ]
  expect(lines.map((line) => maskSecrets(line)).join('\n')).toMatchInlineSnapshot(`
    "      PASSWORD: *******
          POSTGRES_PASSWORD: "** * * *"  # the old one
          API_TOKEN: '*****'
          - API_TOKEN=*** ***
          - "DB_PASSWORD=*****"
        environment: {DB_PASSWORD: *******, LEVEL: info, "API_KEY": "*"}
        environment: [DB_PASSWORD=*******, LEVEL=info]
    export AWS_SECRET_ACCESS_KEY=********
        command: mysql --password=******* ** ****
          DATABASE_URL: postgres://app:*******@db:5432/app
          - URL=redis://:**@cache:6379
          PASSWORD: \${PASSWORD:?say which}
          PASSWORD: \${PASSWORD:-*******}
        environment: {PASSWORD: \${PW:-***}, A: b}
          URL: postgres://app:\${PW}@db/app
          TOKEN: ***$NAME*****
          PASSWORD_FILE: /run/secrets/password
          DB_PASSWORD: /run/secrets/password
          USE_TOKEN: true
        secrets: [db_password]
      db_password: {file: ./password.txt}
        environment: {API_TOKEN: {** ********* ** *}
      db_password:
        image: http://registry:5000/app@sha256:0123
          NAME: web"
  `)
})

test('a text that goes on over lines is masked to its end', () => {
  const text = [
    'PRIVATE_KEY: |',
    '  -----BEGIN KEY-----',
    '  abc',
    'PASSWORD:',
    '  hunter2',
    'db_password:',
    '  file: ./a.txt',
    'NAME: x',
  ].map((line) => `  ${line}`)
  expect(text.map((line, index) => maskSecrets(line, text.slice(0, index))).join('\n')).toMatchInlineSnapshot(`
    "  PRIVATE_KEY: |
        ********** ********
        ***
      PASSWORD:
        *******
      db_password:
        file: ./a.txt
      NAME: x"
  `)
})

test('masking keeps the length of every line', () => {
  const piece = fc.constantFrom(
    'PASSWORD',
    ': ',
    '=',
    '"',
    "'",
    '${',
    '}',
    ':-',
    '$',
    '{',
    '[',
    ',',
    ']',
    ' #',
    '://',
    'u',
    ':',
    '@',
    'TOKEN',
    'ä',
    '|',
    ' ',
  )
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 25 }),
      (pieces) => maskSecrets(pieces.join('')).length === pieces.join('').length,
    ),
  )
})

test('a frame shows no credential, on the marked line or beside it, and its mark stands where it did', () => {
  const source = 'services:\n  web:\n    environment:\n      DB_PASSWORD: hunter2\n      API_TOKEN: [abc]\n'
  const lines = toProblemLines(
    [
      {
        severity: 'error',
        code: 'file/wrong-type',
        message: 'Wrong.',
        span: { file: 'stack.yaml', line: 4, column: 20, length: 7 },
      },
      {
        severity: 'error',
        code: 'file/wrong-type',
        message: 'Wrong.',
        span: { file: 'stack.yaml', line: 5, column: 18, length: 5 },
      },
    ],
    { readSource: () => source },
  )
  expect(lines.join('\n')).not.toContain('hunter2')
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "error[file/wrong-type]: Wrong.
      ╭─ stack.yaml:4:20
    3 │     environment:
    4 │       DB_PASSWORD: *******
      │                    ^^^^^^^

    error[file/wrong-type]: Wrong.
      ╭─ stack.yaml:5:18
    4 │       DB_PASSWORD: *******
    5 │       API_TOKEN: [***]
      │                  ^^^^^"
  `)
})
