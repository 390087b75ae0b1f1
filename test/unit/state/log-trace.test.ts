import { expect, it } from 'vitest'
import { findLogLevel } from '../../../src/core/state/log-level.ts'
import { noTrace, traceLine, type TraceState } from '../../../src/core/state/log-trace.ts'

/** The items that lines become: each the number of its lines. */
const group = (lines: readonly string[]): readonly number[] => {
  const items: number[] = []
  let state: TraceState = noTrace
  for (const text of lines) {
    const traced = traceLine(state, { text, level: findLogLevel(text) })
    state = traced.state
    if (traced.continues) items[items.length - 1]! += 1
    else items.push(1)
  }
  return items
}

const node = `TypeError: cart is undefined
    at applyCoupon (/app/src/coupon.ts:41:17)
    at async run (/app/src/queue.ts:88:5) {
  code: 'E_CART',
  [cause]: Error: no
      at find (/app/src/find.ts:1:2)
}
listening`
const python = `INFO begins
Traceback (most recent call last):
  File "/app/a.py", line 3, in <module>
    run()
    ^^^^^
  File "/app/a.py", line 2, in run
    return {}['x']
KeyError: 'x'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/a.py", line 5, in <module>
    raise ValueError("no") from None
ValueError: no
INFO goes on`
const java = `2026-01-02 ERROR c.e.App - failed
java.lang.IllegalStateException: no
\tat com.example.App.run(App.java:12)
\tat com.example.App.main(App.java:5)
\tSuppressed: java.io.IOException: closed
\t\tat com.example.App.close(App.java:20)
Caused by: java.lang.NullPointerException: null
\tat com.example.Cart.find(Cart.java:7)
\t... 12 more
2026-01-02 INFO goes on`
const go = `panic: runtime error: index out of range [3] with length 2

goroutine 1 [running]:
main.apply(...)
\t/app/main.go:12
main.(*Cart).Run(0xc000012345, {0x1, 0x2})
\t/app/main.go:30 +0x1d
created by main.main in goroutine 1
\t/app/main.go:40 +0x2f
exit status 2
listening on :3000`
const ruby = `app.rb:2:in \`foo': no such cart (RuntimeError)
\tfrom app.rb:5:in \`bar'
\tfrom app.rb:8:in \`<main>'
done`
const dotnet = `Unhandled exception. System.InvalidOperationException: no
 ---> System.Exception: inner
   at Shop.Cart.Find() in /src/Cart.cs:line 7
   --- End of inner exception stack trace ---
   at Shop.Program.Main() in /src/Program.cs:line 5
done`
const rust = `thread 'main' panicked at src/main.rs:2:5:
no such cart
note: run with \`RUST_BACKTRACE=1\` environment variable to display a backtrace
done`

it.each([
  ['node', node, [7, 1]],
  ['python, one after the other', python, [1, 14, 1]],
  ['java', java, [1, 8, 1]],
  ['go', go, [10, 1]],
  ['ruby', ruby, [3, 1]],
  ['.NET', dotnet, [5, 1]],
  ['rust', rust, [1, 1, 1, 1]],
  ['a frame without anything that names an error', 'Something broke\n    at f (a.js:1:2)\n    at g (a.js:3:4)', [3]],
  ['what is indented behind an error', 'ERROR no such table\n  detail: cart\nnext', [2, 1]],
  ['what is indented and no trace', 'services:\n  web:\n    image: x', [1, 1, 1]],
  ['a list', 'found\n  1: one\n  at noon', [1, 1, 1]],
])('%s', (_name, lines, items) => {
  expect(group(lines.split('\n'))).toEqual(items)
})

it('makes no more than some hundred lines one, whatever a program writes', () => {
  const items = group(['x', ...Array.from({ length: 5000 }, () => '    at f (a.js:1:2)')])
  expect(Math.max(...items)).toBe(501)
})
