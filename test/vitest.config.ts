import { defineConfig } from 'vitest/config'
import { createFailureList } from './support/failure-list.ts'

/**
 * Six projects, from quick to slow. `unit`, `engine` and `ui` need nothing but Node; `thorough` holds what takes seconds: random
 * input, git repositories, thousands of files; `docker` and `e2e` need a Docker engine and share it, so their files run one
 * after another.
 */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    retry: 0,
    reporters: ['default', createFailureList(process.env['STACK_TEST_FAILURES'])],
    // A test that hangs ends; one that is slow because others have the processors does not.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 15_000 } },
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      // These leave nothing behind, so their files share the modules of one worker: half the time.
      {
        extends: true,
        test: { name: 'unit', include: ['test/unit/**/*.test.ts', 'test/*.test.ts'], isolate: false },
      },
      { extends: true, test: { name: 'engine', include: ['test/engine/**/*.test.ts'] } },
      { extends: true, test: { name: 'ui', include: ['test/ui/**/*.test.{ts,tsx}'] } },
      { extends: true, test: { name: 'thorough', include: ['test/thorough/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'docker',
          include: ['test/docker/**/*.test.ts'],
          globalSetup: ['test/support/engine-setup.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/support/engine-setup.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
