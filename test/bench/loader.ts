import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { image } from '../support/objects.ts'
import { createTimes, type Row, timeCommand, wordsOf } from './measure.ts'
import type { StackOptions } from './stacks.ts'

export const loaderSizes = [100, 500, 2000] as const

/** A project of many services that uses what costs a loader time: anchors, merge keys, extends and three merged files. */
const toFiles = (count: number): Readonly<Record<string, string>> => {
  const services = Array.from({ length: count }, (_, n) => n)
  const base = `services:
  base: { image: ${image}, init: true, environment: { LEVEL: "\${LEVEL:-info}", BASE: "1" }, labels: { team: core } }
  job: { extends: base, restart: "no" }
`
  const main = services.map(
    (n) => `  s${n}:
    <<: *shared
    extends: { file: base.yaml, service: ${n % 5 === 0 ? 'job' : 'base'} }
    command: ["sleep", "600"]
    environment: { <<: *vars, NAME: s${n}, PEER: "\${PEER_${n}:-s${(n + 1) % count}}" }
    ports: ["${10000 + n}:80"]
    volumes: ["data${n % 20}:/data", "./src:/src:ro"]${n % 10 === 0 ? '' : `\n    depends_on: [s${n - (n % 10)}]`}
`,
  )
  const over = services.map((n) => `  s${n}: { environment: { OVER: "${n}" }, labels: ["over=${n}"] }`)
  const last = services.filter((n) => n % 3 === 0).map((n) => `  s${n}: { mem_limit: 64m, environment: ["LAST=${n}"] }`)
  const volumes = Array.from({ length: 20 }, (_, n) => `  data${n}: {}`)
  return {
    'base.yaml': base,
    'one.yaml': `x-shared: &shared\n  stop_grace_period: 2s\n  logging: { driver: json-file, options: { max-size: 1m } }\nx-vars: &vars { A: "1", B: "\${B:-two}" }\nservices:\n${main.join('')}volumes:\n${volumes.join('\n')}\n`,
    'two.yaml': `services:\n${over.join('\n')}\n`,
    'three.yaml': `services:\n${last.join('\n')}\n`,
  }
}

/** `config -q` on projects of growing size. */
export const measureLoader = async ({ root, repeats, tools, say }: StackOptions): Promise<readonly Row[]> => {
  const rows: Row[] = []
  for (const size of loaderSizes) {
    const folder = join(root, `bench-loader-${size}`)
    await mkdir(folder, { recursive: true })
    for (const [name, text] of Object.entries(toFiles(size))) await writeFile(join(folder, name), text)
    const times = createTimes()
    const words = ['-f', 'one.yaml', '-f', 'two.yaml', '-f', 'three.yaml', 'config', '-q']
    const all = tools.filter((tool) => tool !== 'bare')
    for (let round = 0; round <= repeats; round += 1) {
      for (const tool of round % 2 === 0 ? all : [...all].reverse()) {
        const { milliseconds } = await timeCommand([...wordsOf(tool), ...words], folder)
        if (round > 0) times.add('config', tool, milliseconds)
      }
    }
    say(`loader: ${size} services`)
    rows.push({ case: 'loader', command: `config -q, ${size} services`, times: times.of('config') })
  }
  return rows
}
