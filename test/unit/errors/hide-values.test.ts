import { describe, expect, test } from 'vitest'
import { createHide } from '../../../src/core/errors/hide-values.ts'

describe('createHide', () => {
  const hide = createHide(
    [
      ['DB_PASSWORD', 'hunter22'],
      ['SHORT_TOKEN', 'abc'],
      ['MODE', 'production'],
    ],
    ['from-a-secret\n'],
  )

  test.each([
    ['DB_PASSWORD', 'hunter22', '******'],
    ['API_TOKEN', 'x1y2', '******'],
    ['AWS_SECRET_ACCESS_KEY_ID', 'AKIA', '******'],
    ['SIGNING_KEY', 'k', '******'],
    ['traefik.http.middlewares.a.basicauth.users', 'me:$$apr1$$x', '******'],
    // Neither flags nor paths give anything away.
    ['DB_PASSWORD_FILE', '/run/secrets/db', '/run/secrets/db'],
    ['USE_TOKEN', 'true', 'true'],
    ['API_TOKEN', '', ''],
    ['MODE', 'production', 'production'],
    ['KEYBOARD', 'de', 'de'],
    ['PWD', '/app', '/app'],
    // The value of a secret, under whatever name.
    ['PLAIN', 'from-a-secret', '******'],
    // A hidden value inside of another one.
    ['DATABASE_URL', 'postgres://app:hunter22@db/app', 'postgres://app:******@db/app'],
    ['OTHER_URL', 'postgres://app:unknown@db/app', 'postgres://app:*******@db/app'],
    // Too short to be looked for elsewhere.
    ['ALPHABET', 'abcdef', 'abcdef'],
  ])('%s=%s is shown as %s', (name, value, shown) => expect(hide.value(name, value)).toBe(shown))

  test('hides them in a command and in what a probe writes', () => {
    expect(hide.text('psql -h db --password=secret1 # hunter22\nTOKEN=abcd')).toBe(
      'psql -h db --password=******* # ******\nTOKEN=****',
    )
  })
})
