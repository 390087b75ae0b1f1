import { appendFileSync, mkdirSync } from 'node:fs'
import { artifactsFolder } from './artifacts.ts'
import type { ToolName } from './tool.ts'

interface Entry {
  readonly intent: string
  readonly reason: string
  readonly outcome: string
}

/** Remembers where the tool that runs the suite differs from stack, and says so when a file of scenarios ends. */
export const createLedger = (tool: ToolName) => {
  const entries: Entry[] = []
  return {
    note: (entry: Entry) => void entries.push(entry),
    print() {
      if (entries.length === 0) return
      const text = entries.map(
        ({ intent, reason, outcome }) => `  ○ ${intent}\n      why: ${reason}\n      ${tool}: ${outcome}\n`,
      )
      console.log(`${entries.length} scenarios where stack differs from ${tool} on purpose:\n${text.join('')}`)
      mkdirSync(artifactsFolder, { recursive: true })
      for (const entry of entries) appendFileSync(`${artifactsFolder}/differences.ndjson`, `${JSON.stringify(entry)}\n`)
    },
  }
}
