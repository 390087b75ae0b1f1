import { type ShellCommand, splitCommands } from './shell-commands.ts'

/** What a `RUN` takes from files that were copied before it. */
export type RunReading = {
  /** A command of which it is not known that it reads less. */
  readonly everything?: string
  /** Names of files that an installer reads, wherever they are: `package.json`. */
  readonly manifests: ReadonlySet<string>
  /** Absolute paths in the image that a command names. `below`: what is in a folder of this name is read, too. */
  readonly files: readonly { readonly path: string; readonly below: boolean }[]
  // Folders that an installer fills, absolute; a pattern for one that may be at several places: `/app/**/node_modules`.
  readonly makes: ReadonlySet<string>
}

export type RunPlace = {
  readonly cwd: string
  /** The scripts of the `package.json` in this folder of the image. */
  readonly scripts: (folder: string) => Readonly<Record<string, string>>
}

type Installer = {
  readonly programs: readonly string[]
  /** Its first words; an empty one: none at all. */
  readonly verbs: readonly string[]
  readonly manifests: readonly string[]
  readonly makes?: readonly string[]
}

const words = (text: string): readonly string[] => text.split(' ')

const nodeManifests = words(
  'package.json package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml pnpm-workspace.yaml bun.lock bun.lockb .npmrc .yarnrc .yarnrc.yml .pnpmfile.cjs bunfig.toml',
)
const pythonManifests = words('requirements*.txt constraints*.txt pyproject.toml setup.py setup.cfg')

const installers: readonly Installer[] = [
  {
    programs: words('npm pnpm yarn bun'),
    verbs: ['ci', 'clean-install', 'install', 'i', 'add', 'fetch', 'rebuild', 'dedupe', 'prune', ''],
    manifests: nodeManifests,
    makes: ['node_modules'],
  },
  {
    programs: ['composer', 'composer.phar'],
    verbs: words('install update require dump-autoload dumpautoload'),
    manifests: ['composer.json', 'composer.lock'],
    makes: ['vendor'],
  },
  {
    programs: ['bundle', 'bundler'],
    verbs: ['install', 'check', 'lock', ''],
    manifests: ['Gemfile', 'Gemfile.lock', '*.gemspec', '.ruby-version'],
    makes: ['vendor/bundle', '.bundle'],
  },
  { programs: ['go'], verbs: ['mod', 'get', 'work'], manifests: ['go.mod', 'go.sum', 'go.work', 'go.work.sum'] },
  { programs: ['cargo'], verbs: ['fetch'], manifests: ['Cargo.toml', 'Cargo.lock'], makes: ['target'] },
  {
    programs: ['mix'],
    verbs: words('deps.get deps.compile local.hex local.rebar'),
    manifests: ['mix.exs', 'mix.lock'],
    makes: ['deps', '_build'],
  },
  {
    programs: ['dotnet'],
    verbs: ['restore'],
    manifests: words(
      '*.csproj *.fsproj *.sln *.slnx Directory.*.props NuGet.config nuget.config global.json packages.lock.json',
    ),
    makes: ['bin', 'obj'],
  },
  {
    programs: ['poetry'],
    verbs: words('install lock export sync'),
    manifests: ['pyproject.toml', 'poetry.lock'],
    makes: ['.venv'],
  },
  {
    programs: ['pipenv'],
    verbs: words('install sync lock requirements'),
    manifests: ['Pipfile', 'Pipfile.lock'],
    makes: ['.venv'],
  },
  {
    programs: ['uv', 'pdm', 'rye'],
    verbs: words('sync lock export install venv'),
    manifests: words('pyproject.toml uv.lock uv.toml pdm.lock pdm.toml requirements.lock .python-version'),
    makes: ['.venv'],
  },
  {
    programs: ['mvn', 'mvnw'],
    verbs: words('dependency:go-offline dependency:resolve'),
    manifests: ['pom.xml'],
    makes: ['target'],
  },
  {
    programs: ['gradle', 'gradlew'],
    verbs: ['dependencies'],
    manifests: words(
      'build.gradle build.gradle.kts settings.gradle settings.gradle.kts gradle.properties libs.versions.toml',
    ),
    makes: ['build', '.gradle'],
  },
  { programs: ['deno'], verbs: ['install'], manifests: words('deno.json deno.jsonc deno.lock package.json') },
]

// Commands that make nothing of what was copied.
const apart: ReadonlySet<string> = new Set(
  words(
    'apt-get apt-key add-apt-repository apt apk yum dnf microdnf tdnf zypper pacman dpkg rpm curl wget gpg mkdir touch echo printf true false : set export unset cd useradd groupadd adduser addgroup usermod groupmod deluser delgroup userdel passwd chpasswd locale-gen update-ca-certificates update-alternatives corepack a2enmod a2dismod a2ensite a2dissite docker-php-ext-install docker-php-ext-configure docker-php-ext-enable install-php-extensions pecl pear gem rustup ldconfig sleep ls pwd whoami id which command hash type test [ exit umask chown chgrp ln git compileall bootsnap install-packages date uname nproc sync lsb_release arch getconf basename dirname seq',
  ),
)
// Those that make something of the files that they name.
const naming: ReadonlySet<string> = new Set(
  words(
    'chmod cp mv sed dos2unix rm cat tar unzip gunzip install find source . setcap head tail grep awk envsubst tee',
  ),
)
const moving: ReadonlySet<string> = new Set(words('cp mv cat tar unzip gunzip install dos2unix'))
const withValue: ReadonlySet<string> = new Set(
  words('--prefix -C --cwd --filter -F --dir -w --workspace --working-dir -d --directory --project -f'),
)

/** What a script reads of what was copied into the image before. What is not known is taken to read everything. */
export const readScript = (script: string, place: RunPlace): RunReading => {
  let { cwd } = place
  const all: RunReading[] = []
  const commands = splitCommands(script)
  for (const [index, command] of commands.entries()) {
    const before = commands[index - 1]
    // A script from the web, as installers are offered: `curl … | sh`.
    const isFetched = before?.end === '|' && /^(?:curl|wget)$/.test(toName(before.words[0] ?? ''))
    if (
      isFetched &&
      /^(?:sudo )?(?:\S*\/)?(?:(?:ba|a|da|z)?sh|python[\d.]*|node|php|perl)(?: -|$)/.test(command.words.join(' '))
    )
      continue
    // Commands within: `$(cat packages.txt)`.
    for (const [, inner, old] of command.words.join(' ').matchAll(/\$\(([^()]*)\)|`([^`]*)`/g))
      all.push(readScript(inner ?? old ?? '', { ...place, cwd }))
    if (command.words[0] === 'cd') cwd = toAbsolute(cwd, command.words[1] ?? '~')
    else all.push(readCommand(command, { ...place, cwd }))
  }
  return joinReadings(all)
}

const nothing: RunReading = { manifests: new Set(), files: [], makes: new Set() }

const joinReadings = (all: readonly RunReading[]): RunReading => {
  const everything = all.find((one) => one.everything !== undefined)?.everything
  return {
    ...(everything === undefined ? {} : { everything }),
    manifests: new Set(all.flatMap((one) => [...one.manifests])),
    files: all.flatMap((one) => one.files),
    makes: new Set(all.flatMap((one) => [...one.makes])),
  }
}

// Programs of which it is known that they read little or nothing of a project.
const tools: readonly { readonly pattern: RegExp; readonly manifests: readonly string[] }[] = [
  { pattern: /^prisma generate\b/, manifests: ['*.prisma'] },
  { pattern: /^patch-package\b/, manifests: ['*.patch'] },
  { pattern: /^(?:husky|is-ci|lefthook|simple-git-hooks|only-allow|node-gyp)\b/, manifests: [] },
  { pattern: /^(?:playwright|puppeteer|cypress) install\b|^spacy download\b|^nltk\.downloader\b/, manifests: [] },
  {
    pattern: /^go install \S+@\S+$|^go (?:env|version|clean)\b|^cargo install (?!.*--path)|^dotnet tool install\b/,
    manifests: [],
  },
]

const wrappers: ReadonlySet<string> = new Set(words('sudo exec env time nice command eval'))

const readCommand = ({ words: given }: ShellCommand, place: RunPlace): RunReading => {
  let rest = given
  while (rest.length > 1 && (wrappers.has(rest[0]!) || /^[A-Za-z_]\w*=/.test(rest[0]!))) rest = rest.slice(1)
  if (rest[1] === '-m' && /^python[\d.]*$/.test(toName(rest[0]!))) rest = rest.slice(2)
  if (rest[0] === 'bundle' && rest[1] === 'exec') rest = rest.slice(2)
  if (rest[0] === 'uv' && rest[1] === 'pip') rest = rest.slice(1)
  const name = toName(rest[0] ?? '')
  const args = rest.slice(1)
  const text = rest.join(' ')
  if (/^(?:ba|a|da|z)?sh$/.test(name))
    return args[0]?.endsWith('c') === true ? readScript(args[1] ?? '', place) : { ...nothing, everything: text }
  if (/^pip[\d.]*$/.test(name)) return readPip(args, place, text)
  const tool = tools.find(({ pattern }) =>
    pattern.test(text.replace(/^(?:npx|bunx|(?:pnpm|yarn|npm) (?:exec|dlx)) (?:--?\S+ )*/, '')),
  )
  if (tool !== undefined) return { ...nothing, manifests: new Set(tool.manifests) }
  const installer = installers.find(({ programs }) => programs.includes(name))
  if (installer !== undefined) return readInstaller(installer, { name, args, text }, place)
  if (apart.has(name)) return nothing
  // A name that only the build knows.
  if (moving.has(name) && args.some((word) => word.includes('$'))) return { ...nothing, everything: text }
  if (naming.has(name))
    return {
      ...nothing,
      files: args
        // Neither options nor modes (`+x`, `755`) nor what is to be replaced (`s/a/b/`).
        .filter((word) => /^(?![-+]|s[/|,#]|0?[0-7]{3}$)[\w./*?@+~-]+$/.test(word))
        .map((word) => ({ path: toAbsolute(place.cwd, word), below: name !== 'chmod' })),
    }
  return isQuestion(args) ? nothing : { ...nothing, everything: text }
}

/** `node --version` reads nothing. */
const isQuestion = (args: readonly string[]): boolean =>
  args.length === 1 && /^(?:-v|-V|--version|version|--help)$/.test(args[0]!)

type Call = { readonly name: string; readonly args: readonly string[]; readonly text: string }

const readInstaller = (
  { verbs, manifests, makes = [] }: Installer,
  { name, args, text }: Call,
  place: RunPlace,
): RunReading => {
  const own = args.filter((word, index) => !word.startsWith('-') && !withValue.has(args[index - 1] ?? ''))
  const verb = own[0] ?? ''
  const isGlobal = args.some((word) => word === '-g' || word === '--global' || word === '--location=global')
  if (isGlobal || verb === 'config' || verb === 'cache' || verb === 'global' || (verb === '' && isQuestion(args)))
    return nothing
  // `npm` alone only says how it is used; `yarn` alone installs.
  if (!verbs.includes(verb) || (verb === '' && !['yarn', 'bundle'].includes(name)) || args.includes('--no-editable'))
    return { ...nothing, everything: text }
  const reading = {
    ...nothing,
    manifests: new Set(manifests),
    makes: new Set(makes.map((made) => toAbsolute(place.cwd, made === 'node_modules' ? `**/${made}` : made))),
  }
  return makes.includes('node_modules') && !args.includes('--ignore-scripts')
    ? joinReadings([reading, readHooks(toAbsolute(place.cwd, optionOf(args) ?? '.'), place)])
    : reading
}

const optionOf = (args: readonly string[]): string | undefined => {
  const index = args.findIndex((word) => ['--prefix', '-C', '--cwd', '--dir'].includes(word))
  return index < 0 ? undefined : args[index + 1]
}

/** Installing runs scripts of the project itself. */
const readHooks = (folder: string, place: RunPlace): RunReading => {
  const scripts = place.scripts(folder)
  return joinReadings(
    ['preinstall', 'install', 'postinstall', 'prepare'].flatMap((hook) => {
      const script = scripts[hook]
      if (script === undefined) return []
      // What these install in turn runs no scripts that are looked at: they may call each other.
      return [readScript(script, { ...place, cwd: folder, scripts: () => ({}) })]
    }),
  )
}

const readPip = (args: readonly string[], { cwd }: RunPlace, text: string): RunReading => {
  if (!['install', 'wheel', 'download', 'sync'].includes(args[0] ?? '')) return nothing
  const files: { path: string; below: boolean }[] = []
  let isProject = false
  let isCopied = false
  for (const [index, word] of args.entries()) {
    const before = args[index - 1] ?? ''
    const [, value] = /^(?:-r|-c|--requirement=|--constraint=)(.+)$/.exec(word) ?? []
    const file = /^(?:-r|-c|--requirement|--constraint)$/.test(before) ? word : value
    if (file !== undefined) {
      files.push({ path: toAbsolute(cwd, file), below: false })
      // Such a file may name others that are beside it.
      if (file.includes('/')) files.push({ path: toAbsolute(cwd, file.replace(/[^/]*$/, '*.txt')), below: false })
    } else if (/^\.{0,2}\/|^\.(?:$|\[)|^~/.test(word)) {
      isProject = true
      isCopied ||= before !== '-e' && before !== '--editable'
    }
  }
  if (isCopied) return { ...nothing, everything: text }
  const manifests = new Set(files.length > 0 || isProject ? pythonManifests : [])
  return { ...nothing, manifests, files }
}

/** The name of a program without its folder. */
export const toName = (program: string): string => program.slice(program.lastIndexOf('/') + 1)

/** A path of the image as it is without `.` and `..`. */
export const toAbsolute = (folder: string, path: string): string => {
  const kept: string[] = []
  for (const segment of `${path.startsWith('/') ? '' : folder}/${path}`.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  return `/${kept.join('/')}`
}
