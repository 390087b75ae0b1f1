import type { CommandSpec } from './command-spec.ts'

const formatFlag = { kind: 'string', value: 'FORMAT', help: 'table, json, or a template such as {{.Name}}' } as const
const plainFormatFlag = { kind: 'string', value: 'FORMAT', choices: ['table', 'json'], help: 'table or json' } as const

export const psCommand = {
  name: 'ps',
  group: 'Look',
  summary: 'List containers',
  usage: '[SERVICE...]',
  words: { complete: 'services' },
  flags: {
    all: { kind: 'boolean', short: 'a', help: 'Stopped ones too' },
    quiet: { kind: 'boolean', short: 'q', help: 'Ids only' },
    services: { kind: 'boolean', help: 'Names of services only' },
    status: {
      kind: 'strings',
      value: 'STATE',
      choices: ['paused', 'restarting', 'removing', 'running', 'dead', 'created', 'exited'],
      help: 'Only those in this state: running, exited, created, paused, restarting, removing, dead',
    },
    filter: { kind: 'string', value: 'status=STATE', help: 'The same, as a filter' },
    format: formatFlag,
    orphans: {
      kind: 'boolean',
      default: true,
      help: 'Containers of services that the file no longer has (=false: without)',
    },
    'no-trunc': { kind: 'boolean', help: 'Cut nothing' },
  },
} as const satisfies CommandSpec

export const logsCommand = {
  name: 'logs',
  group: 'Everyday',
  summary: 'Print what containers wrote, in the order of time',
  usage: '[SERVICE...]',
  words: { complete: 'services' },
  flags: {
    follow: { kind: 'boolean', short: 'f', help: 'Go on with what comes' },
    tail: { kind: 'string', short: 'n', value: 'N', help: 'Lines from the end of each container (all)' },
    since: { kind: 'string', value: 'TIME', help: 'From a time (2013-01-02T13:23:37Z) or for a while back (42m)' },
    until: { kind: 'string', value: 'TIME', help: 'Up to a time' },
    timestamps: { kind: 'boolean', short: 't', help: 'Show the time of each line' },
    index: { kind: 'number', value: 'N', help: 'Only the Nth replica' },
    'no-color': { kind: 'boolean', help: 'Without colours' },
    'no-log-prefix': { kind: 'boolean', help: 'Without the name of the container' },
  },
  examples: [['stack logs -f --tail 20 web api', 'the last 20 lines of both, then what comes']],
} as const satisfies CommandSpec

export const topCommand = {
  name: 'top',
  group: 'Look',
  summary: 'List the processes in containers',
  usage: '[SERVICE...]',
  words: { complete: 'services' },
  flags: {},
} as const satisfies CommandSpec

export const statsCommand = {
  name: 'stats',
  group: 'Look',
  summary: 'Show what containers use of the machine',
  usage: '[SERVICE]',
  words: { max: 1, complete: 'services' },
  flags: {
    all: { kind: 'boolean', short: 'a', help: 'Stopped ones too' },
    format: formatFlag,
    'no-stream': { kind: 'boolean', help: 'Once' },
    'no-trunc': { kind: 'boolean', help: 'Cut nothing' },
  },
} as const satisfies CommandSpec

export const portCommand = {
  name: 'port',
  group: 'Look',
  summary: 'Print the address where a port is published',
  usage: 'SERVICE PORT',
  words: { min: 2, max: 2, complete: 'services' },
  flags: {
    protocol: { kind: 'string', value: 'NAME', help: 'tcp or udp' },
    index: { kind: 'number', value: 'N', help: 'The Nth replica' },
  },
} as const satisfies CommandSpec

export const imagesCommand = {
  name: 'images',
  group: 'Look',
  summary: 'List the images of the containers',
  usage: '[SERVICE...]',
  words: { complete: 'services' },
  flags: { quiet: { kind: 'boolean', short: 'q', help: 'Ids only' }, format: plainFormatFlag },
} as const satisfies CommandSpec

export const volumesCommand = {
  name: 'volumes',
  group: 'Look',
  summary: 'List volumes',
  usage: '[SERVICE...]',
  words: { complete: 'services' },
  flags: { quiet: { kind: 'boolean', short: 'q', help: 'Names only' }, format: formatFlag },
} as const satisfies CommandSpec

export const lsCommand = {
  name: 'ls',
  group: 'Look',
  summary: 'List projects that run on the engine',
  usage: '',
  words: { max: 0 },
  flags: {
    all: { kind: 'boolean', short: 'a', help: 'Stopped ones too' },
    quiet: { kind: 'boolean', short: 'q', help: 'Names only' },
    filter: { kind: 'strings', value: 'name=PATTERN', help: 'Only projects whose name matches' },
    format: plainFormatFlag,
  },
} as const satisfies CommandSpec

export const uiCommand = {
  name: 'ui',
  group: 'Everyday',
  summary: 'Open the dashboard on what runs, whoever started it',
  usage: '',
  detail:
    'Shows the project of the stack file here, the one named with -p, or the only one that runs; where several run, a list to choose from. Opening it changes nothing, and d or ctrl-c leave it with everything running.',
  words: { max: 0 },
  flags: {
    all: { kind: 'boolean', short: 'a', help: 'Begin with the list of all projects of the engine' },
    watch: {
      kind: 'boolean',
      short: 'w',
      help: 'Act on changed files, as up does; not while another up or watch does',
    },
  },
  examples: [
    ['stack ui', 'the project of this folder'],
    ['stack ui -p shop', 'another project, also one of docker compose'],
  ],
} as const satisfies CommandSpec

export const eventsCommand = {
  name: 'events',
  group: 'Look',
  summary: 'Follow what happens to containers',
  usage: '[SERVICE...]',
  words: { complete: 'services' },
  flags: {
    json: { kind: 'boolean', help: 'One JSON object a line' },
    since: { kind: 'string', value: 'TIME', help: 'From a time' },
    until: { kind: 'string', value: 'TIME', help: 'Up to a time' },
  },
} as const satisfies CommandSpec

export const configCommand = {
  name: 'config',
  aliases: ['convert'],
  group: 'Look',
  summary: 'Print the stack file, whole and resolved',
  usage: '[SERVICE...]',
  words: { complete: 'services' },
  flags: {
    format: { kind: 'string', value: 'FORMAT', choices: ['yaml', 'json'], help: 'yaml or json' },
    quiet: { kind: 'boolean', short: 'q', help: 'Only check' },
    services: { kind: 'boolean', help: 'Names of services' },
    volumes: { kind: 'boolean', help: 'Names of volumes' },
    networks: { kind: 'boolean', help: 'Names of networks' },
    models: { kind: 'boolean', help: 'Names of models' },
    profiles: { kind: 'boolean', help: 'Names of profiles' },
    images: { kind: 'boolean', help: 'Names of images' },
    hash: { kind: 'string', value: 'SERVICE', help: 'Configuration hash of a service (* for all)' },
    variables: { kind: 'boolean', help: 'Variables of the file and their defaults' },
    environment: { kind: 'boolean', help: 'What variables are filled from' },
    'no-interpolate': { kind: 'boolean', help: 'Leave variables as they are written' },
    'no-normalize': { kind: 'boolean', help: 'Leave defaults out' },
    'no-path-resolution': { kind: 'boolean', help: 'Leave paths as they are written' },
    'no-consistency': { kind: 'boolean', help: 'Do not check what belongs together' },
    'no-env-resolution': { kind: 'boolean', help: 'Do not read env files of services' },
    'resolve-image-digests': { kind: 'boolean', help: 'Images by digest' },
    'lock-image-digests': { kind: 'boolean', help: 'An override file that pins images by digest' },
    output: { kind: 'string', short: 'o', value: 'FILE', complete: 'files', help: 'Write to a file' },
    explain: { kind: 'string', value: 'PATH', help: 'Where a value comes from: services.web.image' },
    schema: { kind: 'boolean', help: 'JSON Schema of the stack file, for editors' },
  },
} as const satisfies CommandSpec
