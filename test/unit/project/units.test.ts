import { expect, test } from 'vitest'
import { durationToMs, formatDuration, parseBytes, parseDuration } from '../../../src/core/project/units.ts'

test('durations are read and printed as Go does it', () => {
  const texts = [
    '0',
    '0s',
    '90s',
    '1m30s',
    '1.5h',
    '1d',
    '1w2d',
    '1500ms',
    '1us',
    '1.5µs',
    '1ns',
    '.5s',
    '1.s',
    '-5s',
    '+1s',
    '1h1ms',
    '999999999ns',
    '1.1s',
    '106751d',
  ]
  const shown = texts.map((text) => `${text} = ${formatDuration(parseDuration(text) ?? Number.NaN)}`)
  expect(shown.join('\n')).toMatchInlineSnapshot(`
    "0 = 0s
    0s = 0s
    90s = 1m30s
    1m30s = 1m30s
    1.5h = 1h30m0s
    1d = 24h0m0s
    1w2d = 216h0m0s
    1500ms = 1.5s
    1us = 1µs
    1.5µs = 1.5µs
    1ns = 1ns
    .5s = 500ms
    1.s = 1s
    -5s = -5s
    +1s = 1s
    1h1ms = 1h0m0.001s
    999999999ns = 999.999999ms
    1.1s = 1.1s
    106751d = 2562024h0m0s"
  `)
})

test('what is no duration', () => {
  expect(
    ['', '10', '.s', '1h30', '1 s', '1S', '1y', '9999999h', 's', '--1s', '1e3s'].filter(
      (text) => parseDuration(text) !== undefined,
    ),
  ).toEqual([])
})

test('durations in milliseconds', () => {
  expect([durationToMs('1m30s'), durationToMs('1500us'), durationToMs(undefined), durationToMs('soon')]).toEqual([
    90_000,
    1.5,
    undefined,
    undefined,
  ])
})

test('sizes are multiples of 1024, whatever the letters', () => {
  const texts = [
    '0',
    '1024',
    '1b',
    '64k',
    '64KB',
    '10MiB',
    '1 g',
    '1.5g',
    '.5m',
    '1.k',
    '1tb',
    '2P',
    '1e3',
    '1_000',
    '1.9',
    '10 ',
  ]
  expect(texts.map((text) => `${text}=${parseBytes(text)}`).join(' ')).toMatchInlineSnapshot(
    `"0=0 1024=1024 1b=1 64k=65536 64KB=65536 10MiB=10485760 1 g=1073741824 1.5g=1610612736 .5m=524288 1.k=1024 1tb=1099511627776 2P=2251799813685248 1e3=1000 1_000=1000 1.9=1 10 =10"`,
  )
})

test('what is no size', () => {
  expect(
    ['', '-1', 'g', '1e', '1ki', '1bb', ' 1g', '1m ', '1  g', '0x10', '1.5.5g', 'big'].filter(
      (text) => parseBytes(text) !== undefined,
    ),
  ).toEqual([])
})

test('a text that is almost a duration is no work', () => {
  expect(parseDuration(`${'1h'.repeat(50_000)}!`)).toBeUndefined()
  expect(parseDuration(`${'1'.repeat(200_000)}!`)).toBeUndefined()
})
