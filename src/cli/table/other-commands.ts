import type { CommandSpec } from './command-spec.ts'

export const buildCommand = {
  name: 'build',
  group: 'Images',
  summary: 'Build images',
  usage: '[SERVICE...]',
  words: { complete: 'services' },
  flags: {
    yes: { kind: 'boolean', short: 'y', help: 'Agree to what a stack file from a repository takes of this machine' },
    'build-arg': { kind: 'strings', value: 'KEY=VALUE', help: 'Argument of the Dockerfile' },
    'no-cache': { kind: 'boolean', help: 'Without the cache' },
    pull: { kind: 'boolean', help: 'Look for newer base images' },
    push: { kind: 'boolean', help: 'Push what was built' },
    quiet: { kind: 'boolean', short: 'q', help: 'Without progress' },
    'with-dependencies': { kind: 'boolean', help: 'Images of dependencies too' },
    builder: { kind: 'string', value: 'NAME', hidden: true, help: 'Builder to use' },
    check: { kind: 'boolean', hidden: true, help: 'Check the Dockerfile only' },
    memory: { kind: 'string', short: 'm', value: 'BYTES', hidden: true, help: 'Memory of the build' },
    print: { kind: 'boolean', hidden: true, help: 'Print a bake file' },
    provenance: { kind: 'string', value: 'true|mode=max', help: 'Attest how images were built' },
    sbom: { kind: 'string', value: 'true|generator=IMAGE', help: 'Attest what is in images' },
    ssh: { kind: 'string', value: 'ID[=PATH]', help: 'Agent or key files for the build: default, or id=/path' },
  },
} as const satisfies CommandSpec

export const pullCommand = {
  name: 'pull',
  group: 'Images',
  summary: 'Pull images',
  usage: '[SERVICE...]',
  words: { complete: 'services' },
  flags: {
    policy: { kind: 'string', value: 'WHEN', choices: ['missing', 'always'], help: 'missing or always' },
    'include-deps': { kind: 'boolean', help: 'Images of dependencies too' },
    'ignore-buildable': { kind: 'boolean', help: 'Not those that can be built' },
    'ignore-pull-failures': { kind: 'boolean', help: 'Go on when one cannot be had' },
    quiet: { kind: 'boolean', short: 'q', help: 'Without progress' },
  },
} as const satisfies CommandSpec

export const pushCommand = {
  name: 'push',
  group: 'Images',
  summary: 'Push images',
  usage: '[SERVICE...]',
  words: { complete: 'services' },
  flags: {
    'include-deps': { kind: 'boolean', help: 'Images of dependencies too' },
    'ignore-push-failures': { kind: 'boolean', help: 'Go on when one cannot be pushed' },
    quiet: { kind: 'boolean', short: 'q', help: 'Without progress' },
  },
} as const satisfies CommandSpec

export const versionCommand = {
  name: 'version',
  group: 'Stack itself',
  summary: 'Print the version',
  usage: '',
  words: { max: 0 },
  flags: {
    short: { kind: 'boolean', help: 'The number only' },
    format: { kind: 'string', short: 'f', value: 'FORMAT', choices: ['pretty', 'json'], help: 'pretty or json' },
  },
} as const satisfies CommandSpec

export const doctorCommand = {
  name: 'doctor',
  group: 'Stack itself',
  summary: 'Say what is missing on this machine, and mend it',
  usage: '',
  words: { max: 0 },
  flags: {
    fix: { kind: 'boolean', help: 'Mend what can be mended' },
    json: { kind: 'boolean', help: 'As JSON' },
  },
  exits: [['1', 'something is missing']],
} as const satisfies CommandSpec

export const completionCommand = {
  name: 'completion',
  group: 'Stack itself',
  summary: 'Print the completion script of a shell',
  usage: 'bash|zsh|fish',
  words: { min: 1, max: 1, complete: 'shells' },
  flags: {},
  examples: [
    ['source <(stack completion bash)', 'bash, in ~/.bashrc'],
    ['source <(stack completion zsh)', 'zsh, in ~/.zshrc'],
    ['stack completion fish | source', 'fish, in config.fish'],
  ],
} as const satisfies CommandSpec
