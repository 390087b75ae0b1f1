import { expect, test } from 'vitest'
import { selectErrorLine, toCrashText, toExitText } from '../../../src/core/events/crash.ts'

test('how a process has ended, in words', () => {
  expect(toExitText({ exitCode: 4 })).toBe('exit 4')
  expect(toExitText({ exitCode: 139 })).toBe('exit 139 (SIGSEGV)')
  expect(toExitText({ exitCode: 137, outOfMemory: true })).toBe('out of memory (exit 137)')
})

test('a loop in words says what is known of it', () => {
  expect(toCrashText({ exitCode: 1, crashes: 3 })).toBe('exit 1, 3 crashes so far')
  const after = { what: 'the save of src/coupon.ts', ms: 4200 }
  const line = 'TypeError: cart is undefined'
  expect(toCrashText({ exitCode: 1, crashes: 8, since: 0, last: 125_000, after, line })).toBe(
    'exit 1, 8 crashes in 2m, first 4s after the save of src/coupon.ts: TypeError: cart is undefined',
  )
})

test.each([
  [
    'Node',
    "/app/a.js:3\nthrow new TypeError('cart')\n^\n\nTypeError: cart is undefined\n    at run (/app/a.js:3:7)\n    at onError (/app/b.js:1:1)\n\nNode.js v24.1.0",
    'TypeError: cart is undefined',
  ],
  [
    'Python',
    'Traceback (most recent call last):\n  File "a.py", line 1, in <module>\nValueError: no cart',
    'ValueError: no cart',
  ],
  [
    'Go',
    'panic: runtime error: index out of range [3]\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/a.go:7 +0x1d\nexit status 2',
    'panic: runtime error: index out of range [3]',
  ],
  [
    'Java',
    'Exception in thread "main" java.lang.IllegalStateException: no cart\n\tat a.Main.main(Main.java:4)',
    'Exception in thread "main" java.lang.IllegalStateException: no cart',
  ],
  [
    'a shell',
    'starting\n/start.sh: line 3: /data/x: Permission denied\nbye',
    '/start.sh: line 3: /data/x: Permission denied',
  ],
  ['nothing of an error', 'one\ntwo\n', 'two'],
])('of what %s wrote last the line is told that says why it ended', (_what, text, line) => {
  expect(selectErrorLine(text.split('\n'))).toBe(line)
})

test('without output there is no such line', () => {
  expect(selectErrorLine([''])).toBeUndefined()
})
