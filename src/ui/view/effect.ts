import type { Command } from '../../core/events/event.ts'
import type { Program } from './program.ts'

/** What a key asks of the world outside the screen. */
export type Effect =
  | { readonly kind: 'send'; readonly command: Command }
  | { readonly kind: 'open' | 'copy'; readonly text: string }
  /** Into a file, of which the person is told the place. */
  | { readonly kind: 'save'; readonly name: string; readonly lines: () => readonly string[] }
  | { readonly kind: 'suspend' }
  /** Step aside for a program that has the terminal for itself. */
  | { readonly kind: 'aside'; readonly program: Program }
  /** Leave this project for the list of all. */
  | { readonly kind: 'projects' }
