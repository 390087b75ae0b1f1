import { expect, test } from 'vitest'
import type { BuildProgress } from '../../../src/engine/ports/image-runtime.ts'
import { createArgumentMask, maskProgress } from '../../../src/docker/image-build/mask-arguments.ts'

const mask = createArgumentMask({
  NPM_TOKEN: 'npm_abc123',
  'my-secret': 'a.b*c(d',
  PIN_PASSWORD: 'abc',
  VERSION: '24.1.0',
  USE_TOKEN: 'true',
  EMPTY_TOKEN: '',
})

test.for<readonly [string, string]>([
  ['[2/3] RUN curl -H npm_abc123 x', '[2/3] RUN curl -H **** x'],
  ['[2/3] ADD https://me:npm_abc123@host/x', '[2/3] ADD https://me:****@host/x'],
  ['COPY a.b*c(d /app', 'COPY **** /app'],
  ['RUN |1 API_KEY=zzz /bin/sh -c make', 'RUN |1 API_KEY=*** /bin/sh -c make'],
  ['ARG DB_PASSWORD=hunter2', 'ARG DB_PASSWORD=*******'],
  [`RUN API_KEY="a b" TOKEN='c d' make`, `RUN API_KEY="* *" TOKEN='* *' make`],
  ['RUN abcdef abc', 'RUN abcdef ****'],
  ['FROM node:24.1.0 true', 'FROM node:24.1.0 true'],
])('%s', ([name, shown]) => {
  expect(mask(name)).toBe(shown)
})

test('names and errors of steps are masked, of the old builder its announcements, and never what a program wrote', () => {
  const told: BuildProgress[] = []
  const tell = maskProgress(mask, (progress) => told.push(progress))
  tell({ kind: 'step', id: '1', name: 'RUN npm_abc123', state: 'failed', error: 'process "npm_abc123" failed' })
  tell({ kind: 'log', text: 'Step 2/3 : RUN npm_abc123' })
  tell({ kind: 'log', text: 'it said npm_abc123' })
  expect(told).toEqual([
    { kind: 'step', id: '1', name: 'RUN ****', state: 'failed', error: 'process "****" failed' },
    { kind: 'log', text: 'Step 2/3 : RUN ****' },
    { kind: 'log', text: 'it said npm_abc123' },
  ])
})
