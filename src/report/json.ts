import type { StackEvent } from '../core/events/event.ts'
import type { Problem } from '../core/errors/problem.ts'

/** The first line of a stream of events: which form they have. */
export const jsonHeader = '{"stack":1}'

/** One event as one line of NDJSON. */
export const toJsonLine = (event: StackEvent): string => JSON.stringify(event)

/** A failure that ends the command, in Docker Compose's words (`error`, `message`) and ours. */
export const toJsonError = (problem: Problem): string => JSON.stringify({ error: true, ...problem })
