import type { Environment } from '../../engine/ports/environment.ts'
import type { EngineAddress } from '../../engine/ports/engine-address.ts'
import { findEngine } from '../engines/find-engine.ts'
import type { Check } from './check.ts'
import { describeEngine } from './describe-engine.ts'
import { checkEngine, checkImages, checkUnreachable } from './engine-checks.ts'
import { checkDisk, checkMemory, checkNode, checkWatchLimits } from './machine-checks.ts'
import { readMachine } from './machine.ts'

export type Diagnosis = {
  readonly checks: readonly Check[]
  /** Missing when no engine answers. */
  readonly engine?: EngineAddress
}

/** Looks at everything that Stack needs of a machine. Changes nothing. */
export const runChecks = async (env: Environment, { signal }: { signal: AbortSignal }): Promise<Diagnosis> => {
  const machine = readMachine(env)
  const { found, attempts } = await findEngine(env, { signal })
  if (found === undefined) {
    const checks = [
      checkNode(),
      checkUnreachable(attempts, machine),
      checkDisk(undefined),
      checkMemory(undefined),
      ...checkWatchLimits(),
    ]
    return { checks }
  }
  const [engine, images] = await Promise.all([describeEngine(found, { signal }), checkImages(found, { env, signal })])
  const checks = [
    checkNode(),
    ...checkEngine(engine),
    images,
    checkDisk(engine.dataFolder),
    checkMemory(engine.memoryBytes),
    ...checkWatchLimits(),
  ]
  return { checks, engine: found }
}

/** 0: nothing is wrong; 1: something is; 4: no engine answers. */
export const toExitCode = ({ checks, engine }: Diagnosis): 0 | 1 | 4 => {
  if (engine === undefined) return 4
  return checks.some(({ status }) => status === 'problem') ? 1 : 0
}
