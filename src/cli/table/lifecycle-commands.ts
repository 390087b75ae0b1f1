import type { CallOf, CommandSpec } from './command-spec.ts'
import type { FlagSet } from '../arguments/flag.ts'

const pullChoices = ['always', 'missing', 'never', 'build', 'if_not_present', 'policy'] as const

/** Flags of `up` and `create` alike: what is made, and how. */
const makeFlags = {
  build: { kind: 'boolean', help: 'Build images before containers are made' },
  'no-build': { kind: 'boolean', help: 'Build nothing, even where an image is missing' },
  pull: { kind: 'string', value: 'WHEN', choices: pullChoices, help: 'Pull images: always, missing or never' },
  'quiet-pull': { kind: 'boolean', help: 'Pull without progress' },
  'force-recreate': { kind: 'boolean', help: 'Replace containers even if nothing changed' },
  'no-recreate': { kind: 'boolean', help: 'Keep containers even if something changed' },
  'remove-orphans': { kind: 'boolean', help: 'Remove containers of services that the file no longer has' },
  scale: { kind: 'strings', value: 'SERVICE=N', help: 'Number of replicas of a service' },
  'renew-volumes-of': {
    kind: 'strings',
    value: 'SERVICE',
    complete: 'services',
    help: 'Make volumes of the service again whose definition changed; their data is lost',
  },
  yes: {
    kind: 'boolean',
    short: 'y',
    help: 'Say yes to every question but those about the loss of data: that is kept',
  },
} as const satisfies FlagSet

const timeoutFlag = { kind: 'number', short: 't', value: 'SECONDS', help: 'Time that containers get to stop' } as const

export const upCommand = {
  name: 'up',
  group: 'Everyday',
  summary: 'Make what the file says, start it, and show it',
  usage: '[SERVICE...]',
  detail:
    'In a terminal the dashboard opens; without one the logs are printed line by line. Nothing that is as it should be is touched.',
  words: { complete: 'services' },
  flags: {
    detach: { kind: 'boolean', short: 'd', help: 'Leave the containers running and come back at once' },
    wait: { kind: 'boolean', help: 'Come back when every service is running or healthy (implies -d)' },
    'wait-timeout': { kind: 'number', value: 'SECONDS', help: 'How long --wait waits at most' },
    watch: { kind: 'boolean', short: 'w', help: 'Act on changed files (always on at a terminal)' },
    'no-watch': { kind: 'boolean', help: 'Leave changed files alone' },
    'auto-apply': { kind: 'boolean', help: 'Apply edits of the stack file at once, without showing them first' },
    ...makeFlags,
    'quiet-build': { kind: 'boolean', help: 'Build without progress' },
    'always-recreate-deps': { kind: 'boolean', help: 'Replace the containers of dependencies too' },
    'renew-anon-volumes': { kind: 'boolean', short: 'V', help: 'New anonymous volumes in place of the old data' },
    'rerun-tasks': { kind: 'boolean', help: 'Run one-shot services again that have already succeeded' },
    'no-deps': { kind: 'boolean', help: 'Leave dependencies alone' },
    'no-start': { kind: 'boolean', help: 'Make everything, start nothing' },
    attach: { kind: 'strings', value: 'SERVICE', complete: 'services', help: 'Show the logs of these services only' },
    'no-attach': {
      kind: 'strings',
      value: 'SERVICE',
      complete: 'services',
      help: 'Do not show the logs of these services',
    },
    'attach-dependencies': { kind: 'boolean', help: 'Show the logs of dependencies too' },
    'abort-on-container-exit': { kind: 'boolean', help: 'Stop everything when one container exits' },
    'abort-on-container-failure': { kind: 'boolean', help: 'Stop everything when one container fails' },
    'exit-code-from': {
      kind: 'string',
      value: 'SERVICE',
      complete: 'services',
      help: "Exit with this service's code when it ends, or another one but for jobs that others need",
    },
    'with-dependencies': { kind: 'boolean', help: 'Stop what the named services depend on with them, at the end' },
    timeout: timeoutFlag,
    timestamps: { kind: 'boolean', help: 'Show the time of each log line' },
    'no-color': { kind: 'boolean', help: 'Log lines without colours' },
    'no-log-prefix': { kind: 'boolean', help: 'Log lines without the name of their container' },
    menu: { kind: 'boolean', hidden: true, default: true, help: 'The dashboard takes the place of the menu' },
    tui: { kind: 'boolean', hidden: true, default: true, help: 'The dashboard' },
    'no-tui': { kind: 'boolean', help: 'Log lines in place of the dashboard' },
  },
  examples: [
    ['stack up', 'everything, in the dashboard'],
    ['stack up -d --wait', 'everything, in the background, ready when it comes back'],
    ['stack up --build api', 'api and what it needs, built anew'],
  ],
  exits: [['N', 'the code of the container that ended it, with --exit-code-from and --abort-on-container-exit']],
} as const satisfies CommandSpec

/** A run of `stack up`. */
export type UpCall = CallOf<typeof upCommand>

export const downCommand = {
  name: 'down',
  group: 'Everyday',
  summary: 'Stop and remove containers and networks',
  usage: '[SERVICE...]',
  words: { complete: 'services' },
  flags: {
    volumes: { kind: 'boolean', short: 'v', help: "Remove the file's named volumes and anonymous ones too" },
    rmi: {
      kind: 'string',
      value: 'WHICH',
      choices: ['local', 'all'],
      help: 'Remove images too: local (without a name of their own) or all',
    },
    'remove-orphans': { kind: 'boolean', help: 'Remove containers of services that the file no longer has' },
    timeout: timeoutFlag,
  },
  examples: [['stack down -v', 'everything, and the data']],
} as const satisfies CommandSpec

export const createCommand = {
  name: 'create',
  group: 'Containers',
  summary: 'Make containers and start none',
  usage: '[SERVICE...]',
  words: { complete: 'services' },
  flags: makeFlags,
} as const satisfies CommandSpec

export const startCommand = {
  name: 'start',
  group: 'Everyday',
  summary: 'Start containers that exist',
  usage: '[SERVICE...]',
  words: { complete: 'services' },
  flags: {
    wait: { kind: 'boolean', help: 'Come back when every service is running or healthy' },
    'wait-timeout': { kind: 'number', value: 'SECONDS', help: 'How long --wait waits at most' },
  },
} as const satisfies CommandSpec

export const stopCommand = {
  name: 'stop',
  group: 'Everyday',
  summary: 'Stop containers and keep them',
  usage: '[SERVICE...]',
  words: { complete: 'services' },
  flags: { timeout: timeoutFlag },
} as const satisfies CommandSpec

export const restartCommand = {
  name: 'restart',
  group: 'Everyday',
  summary: 'Stop containers and start them again, as they are',
  usage: '[SERVICE...]',
  detail:
    'A change of the stack file or of an env file is told and not applied: that is what --apply and "stack up" are for.',
  words: { complete: 'services' },
  flags: {
    timeout: timeoutFlag,
    'no-deps': { kind: 'boolean', help: 'Leave dependent services alone' },
    apply: { kind: 'boolean', help: 'Make containers anew whose configuration has changed' },
  },
} as const satisfies CommandSpec

export const killCommand = {
  name: 'kill',
  group: 'Containers',
  summary: 'Send a signal to containers',
  usage: '[SERVICE...]',
  words: { complete: 'services' },
  flags: {
    signal: { kind: 'string', short: 's', value: 'SIGNAL', help: 'Which one (SIGKILL)' },
    'remove-orphans': { kind: 'boolean', help: 'Remove containers of services that the file no longer has' },
  },
} as const satisfies CommandSpec

export const rmCommand = {
  name: 'rm',
  group: 'Containers',
  summary: 'Remove stopped containers',
  usage: '[SERVICE...]',
  words: { complete: 'services' },
  flags: {
    force: { kind: 'boolean', short: 'f', help: 'Do not ask' },
    stop: { kind: 'boolean', short: 's', help: 'Stop them first' },
    volumes: { kind: 'boolean', short: 'v', help: 'Remove their anonymous volumes too' },
  },
} as const satisfies CommandSpec

export const scaleCommand = {
  name: 'scale',
  group: 'Containers',
  summary: 'Change the number of replicas',
  usage: 'SERVICE=N...',
  words: { min: 1, complete: 'scale' },
  flags: { 'no-deps': { kind: 'boolean', help: 'Leave dependencies alone' } },
} as const satisfies CommandSpec

export const planCommand = {
  name: 'plan',
  group: 'Everyday',
  summary: 'Say what "up" would do, and why',
  usage: '[SERVICE...]',
  words: { complete: 'services' },
  flags: {
    json: { kind: 'boolean', help: 'The plan as JSON' },
    'detailed-exitcode': { kind: 'boolean', help: 'Exit with 2 when something would change' },
    ...makeFlags,
    'always-recreate-deps': { kind: 'boolean', help: 'Replace the containers of dependencies too' },
    'renew-anon-volumes': { kind: 'boolean', short: 'V', help: 'New anonymous volumes in place of the old data' },
    'rerun-tasks': { kind: 'boolean', help: 'Run one-shot services again that have already succeeded' },
    'no-deps': { kind: 'boolean', help: 'Leave dependencies alone' },
  },
  examples: [['stack plan --detailed-exitcode', 'a check for drift, in a pipeline']],
  exits: [['2', 'with --detailed-exitcode: something would change']],
} as const satisfies CommandSpec

export const watchCommand = {
  name: 'watch',
  group: 'Everyday',
  summary: 'Start everything and act on changed files, without the dashboard',
  usage: '[SERVICE...] | --explain [SERVICE|PATH...]',
  detail:
    'A service that is built from a folder and has no "develop" section is watched as its Dockerfile says. "x-stack: { watch: false }" turns that off, for one service or for all.',
  words: { complete: 'services' },
  flags: {
    'no-up': { kind: 'boolean', help: 'Start nothing first' },
    explain: { kind: 'boolean', help: 'Say what is watched and why, or what would happen to a path; does nothing' },
    prune: {
      kind: 'boolean',
      default: true,
      help: 'Remove images that a rebuild of this watch has replaced; --prune=false keeps them',
    },
    quiet: { kind: 'boolean', help: 'No output of builds' },
  },
  examples: [
    ['stack watch --explain', 'what is watched, and which line says so'],
    ['stack watch --explain src/app.ts', 'what a change of this file would do'],
  ],
} as const satisfies CommandSpec
