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
