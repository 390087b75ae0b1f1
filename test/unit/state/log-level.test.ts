import fc from 'fast-check'
import { expect, it } from 'vitest'
import { findLogLevel, logLevels, toLogLevel } from '../../../src/core/state/log-level.ts'

const { none, trace, debug, info, warn, error, fatal } = logLevels

it.each([
  ['ERROR no such cart', error],
  ['2026-01-02 12:00:00,123 ERROR [main] c.e.App - failed', error],
  ['2026-01-02T12:00:00Z WARN slow query', warn],
  ['[error] 12#12: *1 open() failed', error],
  ['2026/01/02 12:00:00 [warn] 7#7: conflicting server name', warn],
  ['[Fri Jan 02 12:00:00 2026] [core:error] [pid 7] AH00037', error],
  ['error: cannot find module', error],
  ['Warning: deprecated', warn],
  ['npm ERR! code ELIFECYCLE', error],
  ['fail: Microsoft.Hosting.Lifetime[0]', error],
  ['info: Microsoft.Hosting.Lifetime[14]', info],
  ['dbug: Cart[1]', debug],
  ['LOG:  database system is ready', info],
  ['2026-01-02 12:00:00.000 UTC [1] FATAL:  role "x" does not exist', fatal],
  ['time="2026-01-02T12:00:00Z" level=warning msg="low disk"', warn],
  ['ts=2026 caller=main.go:1 level=error err="x"', error],
  ['E0102 15:04:05.000000       1 reflector.go:138] failed', error],
  ['W0102 15:04:05.000000       1 reflector.go:138] slow', warn],
  ['<11>Jan  2 12:00:00 host app: failed', error],
  ['<14>Jan  2 12:00:00 host app: hello', info],
  ['{"level":30,"time":1,"msg":"hi"}', info],
  ['{"level":50,"msg":"no"}', error],
  ['{"level":"warn","msg":"no"}', warn],
  ['{"msg":"x","severity":"CRITICAL"}', fatal],
  ['{"@t":"2026","@l":"Error"}', error],
  ['{"time":1,"lvl":"dbg"}', debug],
  ['\u001b[31mERROR\u001b[0m cart', error],
  ['\u001b[90m12:00\u001b[0m \u001b[32mINFO\u001b[39m listening', info],
  ['TypeError: cart is undefined', error],
  ['java.lang.IllegalStateException: no', error],
  ['Exception in thread "main" java.lang.RuntimeException: no', error],
  ['System.InvalidOperationException: no', error],
  ['Unhandled exception. System.Exception: no', error],
  ['Traceback (most recent call last):', error],
  ['panic: runtime error: index out of range', fatal],
  ["thread 'main' panicked at src/main.rs:2:5:", error],
  ["app.rb:2:in `foo': no (RuntimeError)", error],
  ['E, [2026-01-02T12:00:00 #1] ERROR -- : no', error],
  ['ERROR:root:no', error],
  ['12:00:00.000 TRACE enter', trace],
  ['[12:00:00 INF] hi', none],
  ['GET /error 500', none],
  ['no error was found', none],
  ['errors: 0', none],
  ['the ERROR_COUNT is 0', none],
  ['set LOG_LEVEL to DEBUG=1', none],
  ['0 errors, 0 warnings', none],
  ['Error handling is documented', none],
  ['{"msg":"nothing"}', none],
  ['', none],
])('%s', (line, level) => {
  expect(findLogLevel(line)).toBe(level)
})

it.each([
  ['WARNING', warn],
  ['3', error],
  [6, info],
  [60, fatal],
  [10, trace],
  ['loud', none],
])('%s is level %i', (word, level) => {
  expect(toLogLevel(word)).toBe(level)
})

it('takes any line, and no longer for a long one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (line) => {
      expect(findLogLevel(line)).toBeGreaterThanOrEqual(0)
    }),
  )
  const evil = ['{"', 'a.', 'Aa', '\u001b[', ' ', '=', '9', 'level=', '"level":'].map((part) => part.repeat(500_000))
  // Looking at the whole of each would take minutes.
  for (const line of evil) for (let time = 0; time < 500; time += 1) findLogLevel(line)
})
