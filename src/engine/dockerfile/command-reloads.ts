import { toAbsolute, toName } from './run-reads.ts'
import { shorten, splitCommands } from './shell-commands.ts'

/**
 * How a container's process takes a changed file: it notices by itself; it notices `once`, and loses a file that another
 * one has taken the place of; it reads its files anew for every request; it reads none; or it has to begin anew.
 */
export type Reloading = {
  readonly kind: 'itself' | 'once' | 'request' | 'idle' | 'restart'
  /** As it was found. */ readonly by: string
}

export type CommandPlace = {
  readonly cwd: string
  readonly environment: Readonly<Record<string, string>>
  /** The text of a file that is copied into the image, by its path there. */
  readonly read: (path: string) => string | undefined
  /** The arguments of an entrypoint script: `"$@"`. */
  readonly args?: readonly string[]
  /** How many scripts led here. */
  readonly depth?: number
}

const names = (text: string): string => `(?:${text.replaceAll(' ', '|')})`

// As `program words …`, the program without its folder.
const itself: readonly RegExp[] = [
  /^(?:tsx|bun|bunx|ts-node|esbuild|tsc|webpack|rollup|tsup|swc|parcel|sass|deno|vitest|jest|ava|nest|vite|c8|tailwindcss) .*--(?:watch(?:-path|-hmr|All)?|hot)(?:[ =]|$)/,
  /^(?:tsc|webpack|rollup|tsup|tailwindcss|swc|cpx) .*-w(?: |$)/,
  /^tsx watch /,
  new RegExp(
    `^${names('nodemon ts-node-dev tsnd node-dev node-supervisor denon reflex air gow wgo arelo CompileDaemon fresh realize modd watchexec entr rerun guard shotgun bacon cargo-watch watchmedo watchfiles hupper jurigged webpack-dev-server browser-sync live-server jupyter jupyter-lab jupyter-notebook streamlit')}(?: |$)`,
  ),
  /^vite(?: (?:dev|serve)\b| -|$)/,
  new RegExp(
    `^${names('next nuxt nuxi astro remix react-router svelte-kit solid-start vinxi waku umi rsbuild rspack farm wrangler fastapi vitepress vuepress storybook payload modern ice')} (?:-\\S+ )*${names('dev develop vite:dev dev-server')}(?: |$)`,
  ),
  /^(?:nuxt|nuxi|astro|next|parcel|vitepress)(?: -|$)/,
  /^(?:ng|nx|vue-cli-service|webpack|rspack|parcel|ember|hugo|jekyll|mkdocs|zola|trunk|gatsby) (?:serve|server|s|dev)\b/,
  /^nx run .*:(?:serve|dev)\b/,
  /^(?:gatsby|strapi|medusa|directus|sanity|keystone) (?:develop|dev)\b/,
  /^(?:react-scripts|craco|expo|docusaurus|react-app-rewired) start\b/,
  /^(?:start-storybook|storybook dev)\b/,
  /^(?:eleventy|@11ty\/eleventy) .*--(?:serve|watch)\b/,
  /^(?:gulp|grunt) .*watch\b/,
  /^cargo (?:watch|leptos watch)\b/,
  /^(?:uvicorn|gunicorn|hypercorn|granian|daphne|celery|litestar|sanic|quart|flask|pserve|waitress-serve|chalice) .*--(?:reload|auto-reload|autoreload|debug|dev)\b/,
  /^dotnet watch\b/,
  /(?:^| )(?:quarkus:dev|quarkusDev)\b/,
  /^quarkus dev\b/,
  /^gradlew? .*(?:-t|--continuous)\b/,
]
// Node on Linux looks at the file that was there and not at its name, and what is synced is moved into place as editors
// do it: only the first change is seen (nodejs/node#51621).
const once = /^(?:node|nodejs) (?:.* )?--watch(?:-path)?(?:[ =]|$)/
const request = new RegExp(
  `^${names('php-fpm php-fpm\\d.* apache2 apache2-foreground apache2ctl apachectl httpd httpd-foreground nginx openresty caddy lighttpd http-server serve static-web-server thttpd darkhttpd lite-server http\\.server')}(?: |$)|^php (?:.* )?-S |^php artisan serve|^php think run|^symfony (?:local:)?(?:serve|server:start)|^busybox httpd|^frankenphp (?!.*--worker)`,
)
const idle = /^(?:sleep|tail -[fF] \/dev\/null|cat$|(?:ba|a|z|da)?sh$|pause$)/

/** How the process that a container runs takes a change. What is not known has to begin anew. */
export const findReloading = (command: readonly string[], place: CommandPlace): Reloading => {
  const words = withoutWrappers(command)
  const name = toName(words[0] ?? '')
  const text = [name, ...words.slice(1)].join(' ').trim()
  const again = (script: string, args: readonly string[] = []): Reloading =>
    (place.depth ?? 0) > 6
      ? { kind: 'restart', by: text }
      : readScript(script, { ...place, args, depth: (place.depth ?? 0) + 1 })
  if (/^(?:ba|a|da|z)?sh$/.test(name) && words.length > 1) {
    const at = words.findIndex((word) => /^-[a-z]*c$/.test(word))
    if (at > 0) return again(words[at + 1] ?? '', words.slice(at + 3))
    const file = words.findIndex((word, index) => index > 0 && !word.startsWith('-'))
    const script = file < 0 ? undefined : place.read(toAbsolute(place.cwd, words[file]!))
    return script === undefined ? { kind: 'restart', by: text } : again(script, words.slice(file + 1))
  }
  const scripts = toScripts(words, place)
  if (scripts !== undefined)
    return weakest(
      scripts.map((script) => again(script)),
      text,
    )
  if (name === 'concurrently' || name === 'conc')
    return weakest(
      words
        .slice(1)
        .filter((word) => !word.startsWith('-') && /[\s:]/.test(word))
        .map((script) => again(script.replace(/^npm:(\S+)$/, 'npm run $1'))),
      text,
    )
  const known = toKnown(text, place)
  if (known !== undefined) return { kind: known, by: text }
  const own = words[0] === undefined ? undefined : place.read(toAbsolute(place.cwd, words[0]))
  if (own?.startsWith('#!') === true && /^#!.*\b(?:ba|a|da|z)?sh\b/.test(own)) return again(own, words.slice(1))
  // The scripts that come with images of databases, servers and languages end in what they are given.
  if (/^docker(?:-php)?-entrypoint(?:\.sh)?$/.test(name) && words.length > 1)
    return findReloading(words.slice(1), place)
  return { kind: 'restart', by: text }
}

/** The last command of a script stays; one in the background stays beside it. */
const readScript = (script: string, place: CommandPlace): Reloading => {
  const commands = splitCommands(script)
  const last = commands.findLast(({ end }, index) => end !== '|' && (end !== '&' || index === commands.length - 1))
  const staying = commands.filter((one) => one === last || one.end === '&')
  const found = weakest(
    staying.map(({ words }) =>
      findReloading(
        words.flatMap((word) => (word === '$@' || word === '$*' ? (place.args ?? []) : [word])),
        place,
      ),
    ),
    last?.words.join(' ') ?? script.trim(),
  )
  // One that only waits says nothing about what was done before it.
  return found.kind === 'idle' && commands.length > 1 ? { kind: 'restart', by: shorten(script) } : found
}

/** Of several processes the one that can do least decides. */
const weakest = (all: readonly Reloading[], by: string): Reloading =>
  (['restart', 'once', 'request', 'itself', 'idle'] as const)
    .map((kind) => all.find((one) => one.kind === kind))
    .find((one) => one !== undefined) ?? { kind: 'restart', by }

const isOn = (value: string | undefined): boolean => value !== undefined && !/^(?:|0|false|no|off)$/i.test(value)

type Circumstance = { readonly pattern: RegExp; readonly reloads: (place: CommandPlace, text: string) => boolean }

// Programs that notice changes when their environment or a file says so.
const circumstances: readonly Circumstance[] = [
  {
    pattern: /^(?:python[\d.]* )?(?:\S*\/)?(?:manage\.py|django-admin) runserver(?:_plus)?\b/,
    reloads: (_place, text) => !text.includes('--noreload'),
  },
  {
    pattern: /^(?:flask|quart) /,
    reloads: ({ environment: { FLASK_DEBUG, QUART_DEBUG, FLASK_ENV } }) =>
      isOn(FLASK_DEBUG ?? QUART_DEBUG) || FLASK_ENV === 'development',
  },
  {
    pattern: /^gunicorn /,
    reloads: ({ environment: { GUNICORN_CMD_ARGS = '' } }) => /--reload\b/.test(GUNICORN_CMD_ARGS),
  },
  {
    pattern: /^(?:ruby )?(?:\S*\/)?rails (?:s|server)\b|^dev$/,
    reloads: ({ environment }) => isRailsDevelopment(environment),
  },
  {
    pattern: /^(?:puma|unicorn|passenger|thrust|falcon)\b/,
    reloads: ({ environment, read, cwd }) =>
      read(toAbsolute(cwd, 'config/application.rb')) !== undefined && isRailsDevelopment(environment),
  },
  {
    pattern: /^(?:iex -S )?mix phx\.server/,
    reloads: ({ environment: { MIX_ENV = 'dev' } }) => MIX_ENV === 'dev',
  },
  {
    pattern: /^python[\d.]* (?:-u )?\S+\.py\b/,
    reloads: ({ read, cwd }, text) => {
      const source = read(toAbsolute(cwd, /\S+\.py/.exec(text)?.[0] ?? ''))
      return source !== undefined && /\.run\([^)]*\b(?:debug|reload|use_reloader)\s*=\s*True/s.test(source)
    },
  },
]

const isRailsDevelopment = ({ RAILS_ENV, RACK_ENV }: CommandPlace['environment']): boolean =>
  (RAILS_ENV ?? RACK_ENV ?? 'development') === 'development'

const onceOnly =
  /^(?:vite|next|nuxt|nuxi|astro|parcel|webpack|gatsby|ng|remix) (?:build|preview|start|export|generate)\b(?!.*--watch)/

const toKnown = (text: string, place: CommandPlace): Reloading['kind'] | undefined => {
  if (onceOnly.test(text)) return 'restart'
  if (once.test(text)) return 'once'
  if (itself.some((pattern) => pattern.test(text))) return 'itself'
  if (request.test(text)) return 'request'
  if (idle.test(text)) return 'idle'
  const known = circumstances.find(({ pattern }) => pattern.test(text))
  if (known === undefined) return undefined
  return known.reloads(place, text) ? 'itself' : 'restart'
}

const isPair = (word: string): boolean => /^[A-Za-z_]\w*=/.test(word)
// What runs another command, and how many words of its own it has.
const alone: ReadonlySet<string> = new Set(
  'exec command time nohup sudo npx bunx pnpx ddtrace-run opentelemetry-instrument xvfb-run'.split(' '),
)
const withVerb =
  /^(?:poetry|pipenv|uv|pdm|hatch|rye) run$|^bundle exec$|^(?:pnpm|yarn|npm|bun) (?:exec|dlx|x)$|^newrelic-admin run-program$/
const untilDashes =
  /^(?:tini|dumb-init|catatonit|dotenv|doppler|infisical|op|chamber|mise|wait-for-it(?:\.sh)?|wait-for(?:\.sh)?|dotenvx)$/
const withUser: ReadonlySet<string> = new Set(['gosu', 'su-exec'])

const withoutWrappers = (command: readonly string[]): readonly string[] => {
  let rest = command
  for (;;) {
    const next = unwrap(rest)
    if (next === undefined || next.length === 0) return rest
    rest = next
  }
}

const unwrap = (words: readonly string[]): readonly string[] | undefined => {
  const [first = '', second = ''] = words
  const name = toName(first)
  const skip = (from: number): readonly string[] =>
    words.slice(words.findIndex((word, index) => index >= from && !word.startsWith('-') && !isPair(word)))
  const hasCommand = words.slice(1).some((word) => !word.startsWith('-') && !isPair(word))
  if (isPair(first)) return words.slice(1)
  if (name === 'env' || name === 'cross-env' || name === 'cross-env-shell' || alone.has(name))
    return hasCommand ? skip(1) : undefined
  if (untilDashes.test(name)) {
    const at = words.indexOf('--')
    return at > 0 ? words.slice(at + 1) : hasCommand && name !== 'op' ? skip(1) : undefined
  }
  if (withUser.has(name)) return words.slice(2)
  if (withVerb.test(`${name} ${second}`))
    return hasCommand ? skip(2).filter((word, index) => !(index === 0 && word === '--')) : undefined
  if (/^python[\d.]*$/.test(name)) {
    const at = words.indexOf('-m')
    return at > 0 && words.slice(1, at).every((word) => word.startsWith('-')) ? words.slice(at + 1) : undefined
  }
  return /^node(?:js)?$/.test(name) && /\/node_modules\/\.bin\/|^node_modules\/\.bin\//.test(second)
    ? words.slice(1)
    : undefined
}

/** The scripts of a `package.json` that `npm run x` and the like stand for; none where the words are no such thing. */
const toScripts = (words: readonly string[], { cwd, read }: CommandPlace): readonly string[] | undefined => {
  const name = toName(words[0] ?? '')
  const parallel = /^(?:run-p|run-s|npm-run-all)$/.test(name)
  if (!parallel && !/^(?:npm|pnpm|yarn|bun)$/.test(name)) return undefined
  const at = words.findIndex((word) => ['--prefix', '-C', '--cwd', '--dir'].includes(word))
  const folder = at < 0 ? cwd : toAbsolute(cwd, words[at + 1] ?? '.')
  const own = words.slice(1).filter((word, index) => !word.startsWith('-') && !(at >= 0 && index === at))
  const scripts = readScripts(read(toAbsolute(folder, 'package.json')))
  if (parallel) return own.flatMap((pattern) => select(scripts, pattern))
  const asked = own[0] === 'run' || own[0] === 'run-script' ? own[1] : own[0]
  const script = asked === undefined ? undefined : scripts[asked]
  const extra = words.includes('--') ? ` ${words.slice(words.indexOf('--') + 1).join(' ')}` : ''
  return script === undefined ? undefined : [`${script}${extra}`]
}

const select = (scripts: Readonly<Record<string, string>>, pattern: string): readonly string[] =>
  Object.entries(scripts).flatMap(([name, script]) =>
    name === pattern || (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1).replace(/\*$/, '')))
      ? [script]
      : [],
  )

/** The scripts of the text of a `package.json`. */
export const readScripts = (text: string | undefined): Readonly<Record<string, string>> => {
  try {
    const parsed: unknown = JSON.parse(text ?? '{}')
    const scripts = typeof parsed === 'object' && parsed !== null && 'scripts' in parsed ? parsed.scripts : {}
    return Object.fromEntries(
      Object.entries(scripts ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    )
  } catch {
    return {}
  }
}
