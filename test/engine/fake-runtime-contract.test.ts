import { setTimeout as pause } from 'node:timers/promises'
import { describeRuntime } from '../contract/runtime-contract.ts'
import { createFakeRuntime } from '../support/fake-runtime.ts'

describeRuntime(async () => {
  const clock = {
    now: () => Date.now(),
    sleep: (ms: number, options: { readonly signal?: AbortSignal } = {}): Promise<void> =>
      pause(ms, undefined, options),
  }
  const runtime = createFakeRuntime({ clock })
  return {
    runtime,
    image: 'busybox',
    project: 'contract',
    toCommand: (service, { writes, exitCode }) => {
      runtime.behaviours[service] = {
        ...(writes === undefined ? {} : { writes }),
        ...(exitCode === undefined ? {} : { exitCode, exitAfterMs: 0 }),
      }
      return null
    },
    cleanUp: async () => undefined,
  }
})
