import { expect, test } from 'vitest'
import { loadGood, problemLines } from '../../support/load-memory.ts'

const warningsOf = (files: Readonly<Record<string, string>>, request = {}): string =>
  problemLines(loadGood(files, request).warnings).join('\n')

test('a variable without a value is told once, with every place', () => {
  const { warnings } = loadGood(
    { 'stack.yaml': 'services:\n  a: {image: "x:${TGA}", hostname: "${TGA}"}\n  b: {image: "x:$TGA"}\n' },
    { environment: { TAG: '1' } },
  )
  expect(problemLines(warnings)).toMatchInlineSnapshot(`
    [
      "stack.yaml:2:17 variable/unset The variable "TGA" is not set; it is read as an empty text. | Did you mean "TAG"?",
    ]
  `)
  expect(warnings[0]?.related?.map(({ span }) => `${span.line}:${span.column}`)).toEqual(['2:37', '3:17'])
})

test('a variable that only an env_file defines, ports that are added, and numbers of base 60', () => {
  const files = {
    'stack.yaml':
      'services:\n  a:\n    image: x\n    hostname: ${HOST}\n    env_file: [a.env]\n    ports: [22:22, "8080:80"]\n',
    'stack.override.yaml': 'services:\n  a:\n    ports: ["8081:80"]\n',
    'a.env': 'HOST=h\n',
  }
  expect(warningsOf(files)).toMatchInlineSnapshot(`
    "stack.yaml:4:15 variable/only-in-env-file The variable "HOST" is not set here; it is read as an empty text. /work/shop/a.env defines it, but an env_file is for the container and not for the stack file. | Set it in .env, or pass the file with --env-file /work/shop/a.env.
    stack.yaml:6:13 ports/base-60 Older readers of YAML take 22:22 without quotes for one number of base 60. | Put it in quotes: "22:22".
    stack.override.yaml:3:13 ports/appended This adds a port to "a" and does not replace the one of the earlier file: container port 80 is published twice. | To replace the list, write "ports: !override" before it."
  `)
})

test('secrets in plain sight are told without their value, and not those that come from elsewhere', () => {
  const stack =
    'version: "3"\nservices:\n  a:\n    image: x\n    environment:\n      DB_PASSWORD: hunter2\n      API_TOKEN: ${TOKEN:-}\n      SECRET_KEY_FILE: /run/secrets/key\n      EMPTY_PASSWORD: ""\n'
  const { warnings } = loadGood({ 'stack.yaml': stack })
  expect(problemLines(warnings)).toMatchInlineSnapshot(`
    [
      "stack.yaml:1:1 file/obsolete-version The attribute "version" is obsolete and ignored. | Remove the line.",
      "stack.yaml:6:7 environment/secret a.DB_PASSWORD looks like a secret and stands in the stack file as plain text. | Take the value from the environment (\${NAME}) or from a secret: everybody who sees the file or inspects the container sees it.",
    ]
  `)
  expect(warnings.find(({ code }) => code === 'environment/secret')?.conceal).toBe(true)
  expect(JSON.stringify(warnings)).not.toContain('hunter2')
})

test('what bears the name of a secret and is none is not told', () => {
  const values = [
    'MYSQL_ALLOW_EMPTY_PASSWORD: "yes"',
    'MYSQL_RANDOM_ROOT_PASSWORD: please',
    'ASK_FOR_PASSWORD: "no"',
    'USE_TOKEN: on',
    'REMEMBER_TOKEN: 1',
    'SIGNING_SECRET: /etc/app/signing.pem',
    'DB_PASSWORD: ./secrets/db',
    'API_TOKEN: ~/.token',
    'NO_PASSWORD:',
  ]
  const stack = (environment: string): string =>
    `services:\n  a:\n    image: x\n    environment:\n      ${environment}\n`
  expect(warningsOf({ 'stack.yaml': stack(values.join('\n      ')) })).toBe('')
  expect(warningsOf({ 'stack.yaml': stack('- MYSQL_ALLOW_EMPTY_PASSWORD=yes\n      - ROOT_PASSWORD=off') })).toBe('')
  expect(warningsOf({ 'stack.yaml': stack('API_TOKEN: /9j/4AAQ+x==') })).toContain('a.API_TOKEN looks like a secret')
})

test('a dollar sign in an env file that is no variable is told, with its file and place', () => {
  const files = {
    'stack.yaml':
      'services:\n  a: {image: x, env_file: [a.env], label_file: [l.env]}\n  off: {image: x, env_file: [off.env], profiles: [off]}\n',
    'a.env':
      '# c\nR=pa$word\nQ="say \\"$hi\\" \\$no $no"\nS=\'$literal\'\nN=$$R ${R} ${X:-$NONE}${X} ${LATER}\nLATER=1\n',
    'l.env': 'L=a$b\n',
    'off.env': 'O=$nobody\n',
    '.env': 'X=pa$phrase\n',
  }
  expect(warningsOf(files)).toMatchInlineSnapshot(`
    ".env:1:5 variable/unset The variable "phrase" is not set; it is read as an empty text. | Set it, or write a default: \${phrase:-value}. For a plain dollar sign, put the value in single quotes, or write $$.
    a.env:2:5 variable/unset The variable "word" is not set; it is read as an empty text. | Set it, or write a default: \${word:-value}. For a plain dollar sign, put the value in single quotes, or write $$.
    a.env:3:10 variable/unset The variable "hi" is not set; it is read as an empty text. | Set it, or write a default: \${hi:-value}. For a plain dollar sign, put the value in single quotes, or write $$.
    a.env:3:21 variable/unset The variable "no" is not set; it is read as an empty text. | Set it, or write a default: \${no:-value}. For a plain dollar sign, put the value in single quotes, or write $$.
    a.env:5:28 variable/unset The variable "LATER" is not set; it is read as an empty text. | Set it, or write a default: \${LATER:-value}.
    l.env:1:4 variable/unset The variable "b" is not set; it is read as an empty text. | Set it, or write a default: \${b:-value}. For a plain dollar sign, put the value in single quotes, or write $$."
  `)
  expect(warningsOf({ ...files, 'a.env': 'A=${X}\n' }, { resolveEnvironment: false })).not.toContain('a.env')
})

test('beyond a handful, variables without a value are one list', () => {
  const names = Array.from({ length: 12 }, (_, index) => `VARIABLE_NUMBER_${index}`)
  const labels = names.map((name) => `      ${name.toLowerCase()}: "\${${name}} \${${name}}"\n`).join('')
  const stack = `services:\n  a:\n    image: x\n    labels:\n${labels}`
  expect(warningsOf({ 'stack.yaml': stack })).toMatchInlineSnapshot(`
    "stack.yaml:5:27 variable/unset 12 variables are not set; each is read as an empty text:
    VARIABLE_NUMBER_0, VARIABLE_NUMBER_1, VARIABLE_NUMBER_2, VARIABLE_NUMBER_3, VARIABLE_NUMBER_4,
    VARIABLE_NUMBER_5, VARIABLE_NUMBER_6, VARIABLE_NUMBER_7, VARIABLE_NUMBER_8, VARIABLE_NUMBER_9,
    VARIABLE_NUMBER_10, VARIABLE_NUMBER_11 | The first of them is used here. Set them in .env, or write defaults: \${VARIABLE_NUMBER_0:-value}."
  `)
  const own = `${stack}    env_file: [a.env]\n`
  const env = names.map((name) => `${name}=1\n`).join('')
  expect(warningsOf({ 'stack.yaml': own, 'a.env': env }).split('\n')[0]).toMatchInlineSnapshot(
    `"stack.yaml:5:27 variable/only-in-env-file 12 variables are not set here; each is read as an empty text. /work/shop/a.env defines them, but an env_file is for the container and not for the stack file:"`,
  )
  const many = Array.from({ length: 601 }, (_, index) => `      l${index}: $V${index}\n`).join('')
  const lines = warningsOf({ 'stack.yaml': `services:\n  a:\n    image: x\n    labels:\n${many}` }).split('\n')
  expect(lines.length).toBeLessThan(10)
  expect(lines.at(-1)).toContain('and 551 more')
})

test('a place that anchors bring to others is told once', () => {
  const { warnings } = loadGood({
    'stack.yaml':
      'x-a: &a {image: "x:${TAG}", environment: &e {A: $TAG}}\nservices:\n  a: *a\n  b: *a\n  c: {<<: *a, hostname: h}\n  d: {image: x, environment: {<<: *e, B: b}}\n',
  })
  expect(problemLines(warnings)).toHaveLength(1)
  expect(warnings[0]?.related?.map(({ span }) => `${span.line}:${span.column}`)).toEqual(['1:49'])
})
