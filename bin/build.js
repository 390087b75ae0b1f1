// Bundles src/cli/main.ts into dist/: one chunk for each command, so that a short command reads little.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { collectLicences } from './third-party-licences.js'
import { writeSchema } from './write-schema.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

const unused = (what) => {
  const fail = `() => { throw new Error(${JSON.stringify(`${what} is not part of this build`)}) }`
  return `module.exports = new Proxy(${fail}, { get: (_, name) => name === 'then' ? undefined : ${fail} })`
}

/**
 * What the engine library loads at once and we never call: BuildKit sessions over gRPC and connections by ssh (ours are
 * in docker/), packing of folders, a debug logger, a copy of Node's own streams. Nine tenths of its size and time.
 */
const replaced = [
  {
    from: /dockerode[\\/]lib[\\/]/,
    wanted: /^\.\/(session|buildkit)$/,
    code: unused('a BuildKit session of dockerode'),
  },
  {
    from: /dockerode[\\/]lib[\\/]/,
    wanted: /^(docker-modem|tar-fs|@balena\/dockerignore)$/,
    code: unused('what dockerode connects and packs with'),
  },
  // As an ES module Node's own http makes all of its exports at once, WebSocket and with it undici among them (40 ms); crypto its web API.
  { from: /[\\/]src[\\/]/, wanted: /^node:http$/, code: 'module.exports = require("node:http")' },
  { from: /[\\/]src[\\/]/, wanted: /^node:crypto$/, code: 'module.exports = require("node:crypto")' },
  { from: /[\\/]ink[\\/]/, wanted: /^react-devtools-core$/, code: 'module.exports = {}' },
  // Rows are measured by our own function: Ink then counts as they do, and its table of all emoji (30 ms) is not compiled.
  {
    from: /[\\/]ink[\\/]/,
    wanted: /^string-width$/,
    code: `import { stripVTControlCharacters } from 'node:util'
import { textWidth } from './src/wire/cell-width.ts'
export default (text) => textWidth(text.includes('\\u001b') ? stripVTControlCharacters(text) : text)`,
  },
]

const replaceUnused = {
  name: 'replace-unused',
  setup(build) {
    build.onResolve(
      { filter: new RegExp(replaced.map(({ wanted }) => wanted.source).join('|')) },
      ({ path, importer }) => {
        const at = replaced.findIndex(({ from, wanted }) => from.test(importer) && wanted.test(path))
        return at === -1 ? undefined : { path: String(at), namespace: 'replaced' }
      },
    )
    build.onLoad({ filter: /.*/, namespace: 'replaced' }, ({ path }) => ({
      contents: replaced[path].code,
      loader: 'js',
      resolveDir: root,
    }))
    // Its own bytes, which it holds as text, are fetched from there where there is a `fetch`: Node then loads all of undici (40 ms).
    build.onLoad({ filter: /yoga-layout[\\/]dist[\\/]binaries[\\/]/ }, ({ path }) => ({
      contents: `const fetch = undefined\n${readFileSync(path, 'utf8')}`,
      loader: 'js',
    }))
  },
}

/**
 * Bundles `entry` into `outdir`. Chunks are named by their content, and old ones go last, so that a command which runs
 * meanwhile finds what it needs.
 * @returns the sizes of what was written, by file
 */
export const buildBundle = async ({ entry, outdir, log = 'warning' }) => {
  const { build } = await import('esbuild')
  const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { main: entry },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    minifyWhitespace: true,
    minifySyntax: true, // names stay: a stack trace in a report of a bug must tell something
    lineLimit: 160,
    legalComments: 'none',
    metafile: true,
    logLevel: log,
    define: {
      'process.env.NODE_ENV': '"production"',
      'process.env.DEV': '"false"',
      'process.env.STACK_VERSION': JSON.stringify(version),
    },
    // CommonJS libraries in the bundle ask for Node's own modules with `require`, which an ES module has not.
    banner: {
      js: 'const require = (id) => process.getBuiltinModule(id) ?? (() => { throw new Error(`Cannot find module ${id}`) })();',
    },
    plugins: [replaceUnused],
  })
  const licences = 'THIRD-PARTY-LICENSES.txt'
  writeFileSync(join(outdir, licences), collectLicences(metafile, root))
  const written = new Set([licences, ...Object.keys(metafile.outputs).map((file) => basename(file))])
  for (const file of readdirSync(outdir)) if (!written.has(file)) rmSync(join(outdir, file), { recursive: true })
  return Object.fromEntries(Object.entries(metafile.outputs).map(([file, { bytes }]) => [file, bytes]))
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const began = performance.now()
  try {
    writeSchema()
    const outputs = await buildBundle({ entry: 'src/cli/main.ts', outdir: `${root}/dist` })
    const bytes = Object.values(outputs).reduce((sum, size) => sum + size, 0)
    console.log(
      `dist: ${Object.keys(outputs).length} files, ${Math.round(bytes / 1024)} KB, ${Math.round(performance.now() - began)} ms`,
    )
  } catch (error) {
    if (error.errors === undefined) throw error
    process.exitCode = 1 // esbuild has shown what is wrong
  }
}
