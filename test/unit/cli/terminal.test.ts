import { expect, test } from 'vitest'
import { showsUnicode } from '../../../src/cli/screen/terminal.ts'

test.each([
  [{}, true],
  [{ LC_ALL: '', LANG: 'en_US.UTF-8' }, true],
  [{ LC_ALL: '', LC_CTYPE: '', LANG: '' }, true],
  [{ LC_ALL: '', LC_CTYPE: 'C', LANG: 'en_US.UTF-8' }, false],
  [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, false],
  [{ LANG: 'C.utf8' }, true],
])('%j shows more than ASCII: %s', (env, shows) => {
  expect(showsUnicode(env)).toBe(shows)
})
