import { describe, test } from 'vitest'
import { notRun } from './failure-list.ts'

/**
 * A group of tests that not every machine can run. Where `why` says that this one cannot, one test of that name stands in
 * their place: it is skipped, which the run says at its very end, and it fails where `CI` is set, for nobody looks there.
 */
export const describeWhere = (title: string, why: string | undefined, tell: () => void): void => {
  if (why === undefined) return void describe(title, tell)
  test(`${notRun}${title}, because ${why}`, ({ skip }) => {
    if (process.env['CI']) throw new Error(`CI must run it, and cannot: ${why}`)
    skip(why)
  })
}
