import type { Direction } from './decide.ts'
import type { Sides } from './reconcile.ts'
import type { Side } from './side.ts'

/** Fewer files than this may all go at once without anybody being asked. */
const minFiles = 3

/**
 * The side that has lost all that both had, or its very root: more likely a mishap, or a moment in which everything is made
 * anew, than what somebody wants on the other side, too.
 */
export const findHalt = (sides: Sides, direction: Direction): 'host' | 'container' | undefined => {
  if (hasLost(sides, 'container')) return 'container'
  // What comes from the container alone comes again.
  return direction === 'both' && hasLost(sides, 'host') ? 'host' : undefined
}

const hasLost = ({ base, ...sides }: Sides, name: 'host' | 'container'): boolean => {
  const [side, other]: readonly Side[] = name === 'host' ? [sides.host, sides.container] : [sides.container, sides.host]
  if (side === undefined || other === undefined) return false
  const isExpected = (path: string): boolean => name === 'host' || base.get(path)?.isHere === true
  const files = [...base].filter(([path, { entry }]) => entry.kind !== 'directory' && isExpected(path))
  const isRootLost = base.get('')?.entry.kind === 'directory' && isExpected('') && !isFolder(side) && other.has('')
  if (isRootLost && files.length > 0) return true
  return files.length >= minFiles && files.every(([path]) => !side.has(path)) && files.some(([path]) => other.has(path))
}

const isFolder = (side: Side): boolean => side.get('')?.kind === 'directory' || side.get('')?.kind === 'unknown'
