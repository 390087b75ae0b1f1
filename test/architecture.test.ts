import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

/** The shape of the house: who may import whom. What is not named here may not be imported. */
const rooms: Readonly<
  Record<string, { readonly folders: readonly string[]; readonly packages: readonly string[]; readonly node: boolean }>
> = {
  core: { folders: ['core'], packages: [], node: false },
  'core/compose': { folders: ['core'], packages: ['yaml', 'zod'], node: false },
  wire: { folders: ['core', 'engine/ports', 'wire'], packages: ['get-east-asian-width', 'zod'], node: true },
  engine: { folders: ['core', 'engine', 'wire'], packages: [], node: false },
  docker: {
    folders: ['core', 'engine/ports', 'docker', 'wire'],
    packages: ['dockerode', '@bufbuild/protobuf', 'zod'],
    node: true,
  },
  system: { folders: ['core', 'engine/ports', 'system', 'wire'], packages: ['chokidar', 'zod'], node: true },
  report: { folders: ['core', 'report', 'wire'], packages: [], node: false },
  ui: { folders: ['core', 'ui', 'wire'], packages: ['ink', 'react'], node: false },
  cli: {
    folders: ['core', 'engine', 'docker', 'system', 'report', 'ui', 'wire', 'cli', '../templates'],
    packages: ['yaml'],
    node: true,
  },
}

/** The groups of files in `core/compose`, from the one that needs no other to those that need all before them. */
const composeOrder = ['texts', 'tree', 'yaml', 'schema', 'steps', 'sources', 'model', 'check', 'print', '']

/** Only these two rooms know that there is a process, a console, a clock and chance. */
const worldly = ['cli', 'system']

const source = fileURLToPath(new URL('../src', import.meta.url))

type Import = { readonly from: string; readonly target: string; readonly lazy: boolean; readonly typeOnly: boolean }

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => file.replaceAll('\\', '/'))
  .toSorted()

const readSource = (file: string): string => readFileSync(join(source, file), 'utf8')

/** Comments and strings may speak of anything. */
const stripComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1')

const readImports = (file: string): readonly Import[] => {
  const text = stripComments(readSource(file))
  const resolve = (target: string): string =>
    target.startsWith('.') ? relative(source, join(source, dirname(file), target)) : target
  const eager = [
    ...text.matchAll(/^(?:import|export)\b(\s+type\b)?[^'"`;]*?from\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]/gm),
  ].map(([, type, named, bare]) => ({
    from: file,
    target: resolve(named ?? bare ?? ''),
    lazy: false,
    typeOnly: type !== undefined,
  }))
  const lazy = [...text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*[,)]/g)].map(([, target = '']) => ({
    from: file,
    target: resolve(target),
    lazy: true,
    typeOnly: false,
  }))
  return [...eager, ...lazy]
}

const imports = files.flatMap(readImports)

/** `core/compose/parse.ts` → `core/compose`: the longest name in the table. */
const selectRoom = (file: string): string => {
  const found = Object.keys(rooms).filter((room) => file.startsWith(`${room}/`))
  return found.toSorted((a, b) => b.length - a.length)[0] ?? ''
}

const packageOf = (target: string): string =>
  target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/')

const isAllowed = ({ from, target }: Import): boolean => {
  const room = rooms[selectRoom(from)]
  if (room === undefined) return false
  if (/\.(tsx?|json)$/.test(target))
    return room.folders.some((folder) => target === folder || target.startsWith(`${folder}/`))
  if (target.startsWith('node:') || builtinModules.includes(target)) return room.node
  return room.packages.includes(packageOf(target))
}

/** Every file that imports itself through others, be it for a type or later. */
const findCycles = (): readonly string[] => {
  const edges = new Map(
    files.map((file) => [file, imports.filter(({ from }) => from === file).map(({ target }) => target)]),
  )
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '))
    if (done.has(file) || path.includes(file)) return
    for (const next of edges.get(file) ?? []) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  return cycles
}

describe('the house keeps its shape', () => {
  test('there is something to look at', () => expect(files.length).toBeGreaterThan(10))

  test('every file is in a room', () => {
    expect(files.filter((file) => selectRoom(file) === '')).toEqual([])
  })

  test('rooms import only what the table allows', () => {
    expect(imports.filter((each) => !isAllowed(each)).map(({ from, target }) => `${from} imports ${target}`)).toEqual(
      [],
    )
  })

  test('the groups of core/compose import in one direction', () => {
    const groupOf = (file: string): number =>
      composeOrder.indexOf(/^core\/compose\/(?:([^/]+)\/)?[^/]+$/.exec(file)?.[1] ?? '')
    const inside = imports.filter(({ from, target }) =>
      [from, target].every((file) => file.startsWith('core/compose/')),
    )
    const wrong = inside.filter(({ from, target }) => groupOf(from) === -1 || groupOf(target) > groupOf(from))
    expect(wrong.map(({ from, target }) => `${from} imports ${target}`)).toEqual([])
  })

  test('relative imports name the file with its ending', () => {
    const wrong = imports.filter(
      ({ from, target }) => !/\.tsx?$/.test(target) && files.some((file) => file.startsWith(target) && from !== file),
    )
    expect(wrong.map(({ from, target }) => `${from} imports ${target}`)).toEqual([])
  })

  test('no file imports itself through others', () => {
    expect(findCycles()).toEqual([])
  })

  test('process, console, clock and chance are known in cli and system only', () => {
    const world = /(?<![\w.'"`-])(process\.\w|console\.\w|Date\.now\(|new Date\(\)|Math\.random\b)/
    const found = files
      .filter((file) => !worldly.includes(file.split('/')[0] ?? ''))
      .flatMap((file) => {
        const lines = stripComments(readSource(file)).split('\n')
        return lines.flatMap((line) => (world.test(line) ? [`${file}: ${line.trim()}`] : []))
      })
    expect(found).toEqual([])
  })

  test('what is heavy is loaded by the commands that need it', () => {
    const heavy = ['ink', 'react', 'dockerode', 'chokidar']
    expect(listEager('cli/main.ts').filter((target) => heavy.includes(packageOf(target)))).toEqual([])
    expect(listEager('docker/connect.ts').filter((target) => packageOf(target) === 'zod')).toEqual([])
  })

  test('the engine is called by the methods of dockerode, but for what one file names', () => {
    const direct = /\bmethod: '(?:GET|HEAD|POST|PUT|DELETE)'/
    const found = files.filter((file) => file.startsWith('docker/') && direct.test(stripComments(readSource(file))))
    expect(found).toEqual(['docker/connection/calls-beside-dockerode.ts', 'docker/connection/negotiate.ts'])
  })

  test('files are named in kebab-case, after what they hold', () => {
    const wrong = files.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*\.tsx?$/.test(basename(file)))
    const vague = files.filter((file) => /^(utils?|helpers?|common|misc|index|types)\.tsx?$/.test(basename(file)))
    expect([...wrong, ...vague]).toEqual([])
  })

  test('there are no classes but StackError, no enums, no default exports, no barrels', () => {
    const found = files.flatMap((file) => {
      const lines = stripComments(readSource(file)).split('\n')
      const odd = lines.filter((line) =>
        /^\s*(export\s+)?(abstract\s+)?class\s(?!StackError\b)|^\s*(export\s+)?(const\s+)?enum\s|^export\s+default\b|^export\s+\*/.test(
          line,
        ),
      )
      return odd.map((line) => `${file}: ${line.trim()}`)
    })
    expect(found).toEqual([])
  })

  test('a file has 300 lines at most, and half of them 150', () => {
    const lengths = files.map((file) => ({ file, lines: readSource(file).split('\n').length - 1 }))
    expect(lengths.filter(({ lines }) => lines > 300)).toEqual([])
    const median = lengths.map(({ lines }) => lines).toSorted((a, b) => a - b)[Math.floor(lengths.length / 2)]
    expect(median).toBeLessThanOrEqual(150)
  })
})

/** Everything that is loaded before a line of `entry` runs. */
const listEager = (entry: string): readonly string[] => {
  const seen = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    for (const { target, lazy, typeOnly } of imports.filter(({ from }) => from === file))
      if (!lazy && !typeOnly) visit(target)
  }
  visit(entry)
  return [...seen]
}

test('bin/stack.js starts on the versions of Node that package.json names', () => {
  const { engines } = JSON.parse(readFileSync(join(source, '../package.json'), 'utf8')) as { engines: { node: string } }
  expect(engines.node).toBe('^22.22.0 || ^24.11.0 || >=26')
  expect(readFileSync(join(source, '../bin/stack.js'), 'utf8')).toContain(
    '(major === 22 && minor >= 22) || (major === 24 && minor >= 11) || major >= 26',
  )
})

test('what goes to the terminal goes through a writer that makes it safe, but for what is named here', () => {
  const beside = files.filter((file) =>
    /process(?:\.stdout|\.stderr|\[(?:chunk\.)?stream)|writeRaw/.test(stripComments(readSource(file))),
  )
  expect(beside).toEqual([
    'cli/commands/config.ts', // to a program, to the byte
    'cli/commands/export.ts', // an archive
    'cli/commands/stats.ts', // clears the screen
    'cli/complete/complete.ts', // to the shell, without such names
    'cli/context.ts', // the writers
    'cli/cp/copy-files.ts', // an archive
    'cli/dashboard/pick-project.ts', // Ink draws rows, which are safe
    'cli/dashboard/show-visits.ts', // asks the terminal for its ground
    'cli/main.ts', // listens for errors
    'cli/screen/ask-yes-no.ts', // asks in safe words
    'cli/screen/join-terminal.ts', // an attached stream
    'cli/screen/live-screen.ts', // draws in safe words
    'cli/screen/print-logs.ts', // logs
    'cli/screen/progress.ts', // logs, in lines marked as raw
    'cli/screen/show-dashboard.ts', // Ink draws rows, which are safe
    'cli/screen/step-aside.ts', // hands on what our own commands have made safe
    'cli/screen/terminal.ts', // asks what they are
  ])
})

test('the guides name files that are there', () => {
  const root = join(source, '..')
  const guides = { 'src/README.md': source, 'CONTRIBUTING.md': root, 'README.md': root }
  const missing = Object.entries(guides).flatMap(([guide, base]) => {
    const named = readFileSync(join(root, guide), 'utf8').matchAll(/`((?:[\w.-]+\/)+[\w.-]*)`/g)
    const paths = [...named]
      .map(([, path = '']) => path.replace('NAME', 'up'))
      .filter((path) => /^(src|test|bin|templates|core|engine|docker|system|wire|report|ui|cli)\//.test(path))
    return paths
      .filter(
        (path) => ![join(base, path), join(root, path), `${join(base, path)}.ts`].some((file) => existsSync(file)),
      )
      .map((path) => `${guide}: ${path}`)
  })
  expect(missing).toEqual([])
})
