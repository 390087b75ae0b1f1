import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { cleanUp } from '../support/cleanup.ts'
import { createEngineApi } from '../support/engine-api.ts'
import { eventually, toMessage } from '../support/eventually.ts'
import { freePorts, image } from '../support/objects.ts'
import { startCommand } from '../support/tool.ts'
import { type BenchTool, timeCommand, wordsOf } from './measure.ts'

export const engine = createEngineApi()

/** Milliseconds after which a change that has not arrived is given up. */
export const LIMIT = 60_000

/** A project of one service whose folder `www` is watched, and whose web server shows `www/page.txt`. */
export interface WatchedProject {
  readonly name: string
  readonly folder: string
  readonly port: number
}

export interface ProjectFiles {
  /** The service's only watch rule, without its path. */
  readonly rule: string
  readonly command?: string
  /** A Dockerfile; without one the service runs the base image, and holds nothing of `www` at first. */
  readonly dockerfile?: string
}

const serve = 'exec httpd -f -p 80 -h /www'

/** Writes the stack file of such a project, with a first page. */
export const writeProject = async (
  name: string,
  { root, files }: { root: string; files: ProjectFiles },
): Promise<WatchedProject> => {
  const [folder, port] = [join(root, name), await freePorts()]
  const { rule, dockerfile, command = `mkdir -p /www; ${serve}` } = files
  const stackFile = `name: ${name}
services:
  web:
    ${dockerfile === undefined ? `image: ${image}` : 'build: .'}
    init: true
    command: ["sh", "-c", ${JSON.stringify(command)}]
    ports: ["127.0.0.1:${port}:80"]
    develop: { watch: [{ path: ./www, ${rule} }] }
`
  await mkdir(join(folder, 'www'), { recursive: true })
  await writeFile(join(folder, 'compose.yaml'), stackFile)
  if (dockerfile !== undefined) await writeFile(join(folder, 'Dockerfile'), dockerfile)
  await writeFile(join(folder, 'www/page.txt'), '0')
  return { name, folder, port }
}

/** For a service whose process reads its files when it starts. */
export const serveCopy = `mkdir -p /www /app; cp -r /app/. /www; ${serve}`

/** For a service whose image holds the files. */
export const dockerfileOf = (...lines: readonly string[]) => [`FROM ${image}`, 'COPY www /www', ...lines, ''].join('\n')

/** How either tool says that it watches. */
export const watchWords = /watch(ing)?\b/i

export interface Watched extends WatchedProject {
  readonly tool: BenchTool
  readonly container: string
  /** What the tool has printed so far. */
  readonly output: () => string
}

/**
 * `up -d` and `watch` with one of the tools around `work`, which begins when a first edit has arrived. Nothing is left of
 * it. An attached `up` of the reference ends when it sees a restart between the stop and the start.
 */
export const whileWatching = async <T>(
  tool: BenchTool,
  project: WatchedProject,
  work: (watched: Watched) => Promise<T>,
): Promise<T> => {
  await cleanUp(engine, project.name)
  try {
    await timeCommand([...wordsOf(tool), 'up', '-d'], project.folder)
    return await watchAround(tool, project, work)
  } finally {
    await cleanUp(engine, project.name)
  }
}

const watchAround: typeof whileWatching = async (tool, project, work) => {
  const watch = startCommand([...wordsOf(tool), 'watch', '--no-up'], { cwd: project.folder })
  try {
    await watch.prints(watchWords, LIMIT)
    await firstEdit(project)
    const [container] = await engine.containers(project.name)
    if (!container) throw new Error('there is no container')
    return await work({ ...project, tool, container: container.Id, output: watch.output })
  } catch (error) {
    const printed = watch.output().slice(-2_000)
    throw new Error(`${project.name} with ${tool}: ${toMessage(error)}\n${printed}`, { cause: error })
  } finally {
    watch.signal('SIGINT')
    await watch.ends(20_000).catch(() => undefined)
  }
}

/** The first write may come before the watch is there, so it is repeated until it is seen; later ones never are. */
const firstEdit = (project: WatchedProject) =>
  eventually(async () => {
    await visibleAfter(project, { text: `0 first ${performance.now()}`, limit: 20_000 })
  }, LIMIT)

/** From the write of the page to the first answer of the container's own web server that shows it, in milliseconds. */
export const visibleAfter = async (
  project: WatchedProject,
  { text, limit = LIMIT }: { text: string; limit?: number },
): Promise<number> => {
  const began = performance.now()
  await writeFile(join(project.folder, 'www/page.txt'), text)
  return visibleSince(project, { text, began, limit })
}

export const visibleSince = async (
  { port }: WatchedProject,
  { text, began, limit = LIMIT }: { text: string; began: number; limit?: number },
): Promise<number> => {
  for (;;) {
    const page = await pageOf(port)
    const took = performance.now() - began
    if (page.trim() === text) return took
    if (took > limit) throw new Error(`"${text}" was not visible after ${limit} ms; the page is "${page}"`)
    await pause(4)
  }
}

/** Empty while nobody answers, or where the server ends in the middle of its answer. */
const pageOf = async (port: number): Promise<string> => {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/page.txt`, { signal: AbortSignal.timeout(5_000) })
    return await answer.text()
  } catch {
    return ''
  }
}

/** Nobody saves at once after the last save was seen, nor in step with anything: a tenth of a second up to three. */
export const restBetweenEdits = (round: number) => pause(100 + ((round * 61) % 200))
