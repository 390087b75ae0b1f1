import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { cleanUp } from '../support/cleanup.ts'
import { createEngineApi } from '../support/engine-api.ts'
import { freePorts, image } from '../support/objects.ts'
import { startCommand } from '../support/tool.ts'
import { type BenchTool, createTimes, type Row, wordsOf } from './measure.ts'
import type { StackOptions } from './stacks.ts'

const engine = createEngineApi()
const project = 'bench-edit'

const stackFile = (port: number) => `services:
  web:
    image: ${image}
    init: true
    command: ["sh", "-c", "mkdir -p /www; exec httpd -f -p 80 -h /www"]
    ports: ["127.0.0.1:${port}:80"]
    develop: { watch: [{ path: ./www, target: /www, action: sync }] }
`

/** From the write of a file to the first answer of the container's own web server that shows it. */
export const measureEdit = async ({ root, repeats, tools, say }: StackOptions): Promise<readonly Row[]> => {
  const times = createTimes()
  const folder = join(root, project)
  for (const tool of tools.filter((one) => one !== 'bare')) {
    await cleanUp(engine, project)
    for (const milliseconds of await editsOf(tool, { folder, repeats })) times.add('edit', tool, milliseconds)
    await cleanUp(engine, project)
    say(`edit: ${tool}`)
  }
  return [{ case: 'edit', command: 'edit to visible (sync)', times: times.of('edit') }]
}

const editsOf = async (tool: BenchTool, { folder, repeats }: { folder: string; repeats: number }) => {
  const port = await freePorts()
  await mkdir(join(folder, 'www'), { recursive: true })
  await writeFile(join(folder, 'compose.yaml'), stackFile(port))
  await writeFile(join(folder, 'www/page.txt'), 'before')
  const up = startCommand([...wordsOf(tool), 'up', '--watch'], { cwd: folder })
  const taken: number[] = []
  try {
    await up.prints(/watch(ing)?\b/i, 30_000)
    for (let round = 0; round <= repeats; round += 1) {
      const took = await visibleAfter({
        file: join(folder, 'www/page.txt'),
        text: `${tool} ${round}`,
        url: `http://127.0.0.1:${port}/page.txt`,
      })
      if (round > 0) taken.push(took)
    }
  } finally {
    up.signal('SIGINT')
    await up.ends(20_000).catch(() => undefined)
  }
  return taken
}

/** The first write may come before the watch is there, so it is repeated until it is seen; later ones never are. */
const visibleAfter = async ({ file, text, url }: { file: string; text: string; url: string }): Promise<number> => {
  const began = performance.now()
  await writeFile(file, text)
  for (let turn = 1; ; turn += 1) {
    const page = await fetch(url).then(
      (answer) => answer.text(),
      () => '',
    )
    const took = performance.now() - began
    if (page.trim() === text) return took
    if (took > 20_000) throw new Error(`"${text}" was not visible after 20 s; the page is "${page}"`)
    if (text.endsWith(' 0') && turn % 200 === 0) await writeFile(file, text)
    await pause(4)
  }
}
