import { dashboardFailures } from './dashboard-failures.ts'
import { engineFailures } from './engine-failures.ts'
import { fileFailures } from './file-failures.ts'
import { serviceFailures } from './service-failures.ts'
import { watchFailures } from './watch-failures.ts'

/**
 * Every failure that a person can meet: its permanent code, what it says, what to do, and the exit code of a command
 * that ends with it (0 done · 1 failed · 2 wrong usage · 3 the stack file is wrong · 4 engine unreachable ·
 * 5 locked · 70 a bug of ours). Say what happened and why, then what to do; full sentences.
 */
export type CatalogEntry = {
  readonly exit: 1 | 2 | 3 | 4 | 5 | 70
  readonly message: (data: never) => string
  readonly hint?: (data: never) => string | undefined
}

export const catalog = {
  ...dashboardFailures,
  ...engineFailures,
  ...fileFailures,
  ...serviceFailures,
  ...watchFailures,
  'build/ssh-unusable': {
    exit: 1,
    message: (d: { service: string; id: string; why: string }) =>
      `build.ssh "${d.id}" of service "${d.service}" cannot be used: ${d.why}.`,
    hint: () =>
      'Name a key without a passphrase, or load the key into an ssh agent with "ssh-add" and name the agent: "ssh: [default]".',
  },
  'cli/bad-usage': {
    exit: 2,
    message: (d: { detail: string }) => d.detail,
    hint: (d: { command?: string }) =>
      `Run "stack ${d.command === undefined ? '' : `${d.command} `}--help" to see what it takes.`,
  },
  'cli/no-container': {
    exit: 1,
    message: (d: { which: string; wants: string; others: string }) => `The ${d.which} is not ${d.wants}.`,
    hint: (d: { which: string; wants: string; others: string }) =>
      d.others === '' ? 'Nothing of the project is there: "stack up" starts it.' : undefined,
  },
  'cli/no-debug-image': {
    exit: 1,
    message: (d: { image: string }) => `The image ${d.image}, whose shell would be used, is not there.`,
    hint: (d: { image: string }) =>
      `Nothing is pulled unasked: "docker pull ${d.image}" does it. Or name one that is there with --image or STACK_DEBUG_IMAGE.`,
  },
  'cli/no-port': {
    exit: 1,
    message: (d: { port: string; container: string; published: string }) =>
      `Container ${d.container} does not publish port ${d.port}.`,
    hint: (d: { port: string; container: string; published: string }) =>
      d.published === '' ? 'It publishes none.' : `It publishes ${d.published}.`,
  },
  'cli/not-built': {
    exit: 1,
    message: (d: { what: string; instead?: string }) => `${d.what} is not built.`,
    hint: (d: { what: string; instead?: string }) => d.instead,
  },
  'cli/nothing-to-watch': {
    exit: 1,
    message: (d: { project: string }) => `There is nothing to watch for "${d.project}".`,
    hint: () =>
      '"stack watch --explain" says why for each service. develop.watch rules say what to do when files change.',
  },
  'cli/declined': {
    exit: 1,
    message: (d: { what: string }) => `Nothing was done: ${d.what} was declined.`,
  },
  'cli/needs-confirmation': {
    exit: 1,
    message: (d: { what: string }) => `${d.what} and nobody is here to confirm it.`,
    hint: () => 'Run it in a terminal, or say yes beforehand with the flag that means just this.',
  },
  'plan/unknown-service': {
    exit: 1,
    message: (d: { service: string; near?: string; profiles?: readonly string[] }) =>
      d.profiles === undefined
        ? `There is no service "${d.service}" in the stack file.`
        : `The service "${d.service}" is switched off by its profiles.`,
    hint: (d: { service: string; near?: string; profiles?: readonly string[] }) =>
      d.profiles === undefined
        ? d.near === undefined
          ? undefined
          : `Did you mean "${d.near}"?`
        : `Switch one of its profiles on: ${d.profiles.map((profile) => `--profile ${profile}`).join(', ')}.`,
  },
  'plan/external-missing': {
    exit: 1,
    message: (d: { kind: 'network' | 'volume'; key: string; name: string }) =>
      `External ${d.kind} "${d.name}" does not exist.`,
    hint: (d: { kind: 'network' | 'volume'; key: string; name: string }) =>
      `Create it with "docker ${d.kind} create ${d.name}", or take "external: true" off ${d.kind} "${d.key}".`,
  },
  'plan/impossible': {
    exit: 1,
    message: (d: { problems: readonly string[] }) => d.problems.join('\n'),
  },
  'plan/image-missing': {
    exit: 1,
    message: (d: { service: string; image: string; why: string; platform?: string }) =>
      `The engine has no image "${d.image}"${d.platform === undefined ? '' : ` for ${d.platform}`} for service "${d.service}", and ${d.why}.`,
    hint: () => 'Pull or build it first, or change the policy.',
  },
  'plan/nothing-to-start': {
    exit: 1,
    message: (d: { service: string }) => `Service "${d.service}" has no container to start.`,
    hint: () => 'Create it with "stack up" or "stack create".',
  },
  'git/not-installed': {
    exit: 1,
    message: (d: { url: string }) => `The repository ${d.url} cannot be fetched: git is not installed here.`,
    hint: () => 'Install git and try again.',
  },
  'git/unreadable': {
    exit: 1,
    message: (d: { url: string; why: string }) => `The repository ${d.url} could not be fetched: ${d.why}.`,
    hint: (d: { url: string; why: string }) =>
      `Check the address, and with "git ls-remote ${d.url}" whether git may read it.`,
  },
  'git/no-ref': {
    exit: 1,
    message: (d: { url: string; ref: string; near?: string }) =>
      `The repository ${d.url} has no branch, tag or commit "${d.ref}".`,
    hint: (d: { url: string; ref: string; near?: string }) =>
      d.near === undefined ? `"git ls-remote ${d.url}" lists what it has.` : `Did you mean "${d.near}"?`,
  },
  'git/no-folder': {
    exit: 1,
    message: (d: { url: string; folder: string }) => `The repository ${d.url} has no folder "${d.folder}".`,
    hint: () => 'After "#" stand a branch, tag or commit and, behind a colon, a folder of the repository: "#main:web".',
  },
  'git/outside': {
    exit: 1,
    message: (d: { url: string; folder: string }) => `"${d.folder}" leads out of the repository ${d.url}.`,
    hint: () => 'Name a folder that is in it.',
  },
  'hook/failed': {
    exit: 1,
    message: (d: {
      service: string
      phase: string
      command: string
      exitCode: number
      output: string
      /** Its container, where it has one of its own. */ kept?: string
    }) =>
      `The ${d.phase} hook "${d.command}" of service "${d.service}" ended with code ${d.exitCode}${
        d.output === ''
          ? '.'
          : `:
${d.output}`
      }`,
    hint: (d: { kept?: string }) =>
      d.kept === undefined
        ? undefined
        : `Its container is kept for a look: "docker logs ${d.kept}". "stack down" removes it, and so does the next "stack up".`,
  },
  'lock/held': {
    exit: 5,
    message: (d: { project: string; command: string; pid: number; since: string }) =>
      `Project "${d.project}" is being changed by "${d.command}" (process ${d.pid}, since ${d.since}).`,
    hint: () => 'Wait until it has ended, or stop it.',
  },
  'project/elsewhere': {
    exit: 1,
    message: (d: { project: string; folder: string; containers: readonly string[]; name: string; command: string }) => {
      const [first = '', ...others] = d.containers
      const more = others.length === 0 ? '' : ` and ${others.length} more`
      return `Project "${d.project}" was brought up from another folder: ${first}${more} belong${others.length === 0 ? 's' : ''} to ${d.folder}.`
    },
    hint: (d: { name: string; command: string }) =>
      `Give this folder a project name of its own, such as COMPOSE_PROJECT_NAME=${d.name} in its .env; or take the containers over with "${d.command} --adopt".`,
  },
  'object/unset-variable': {
    exit: 1,
    message: (d: { kind: 'config' | 'secret'; name: string; variable: string }) =>
      `The ${d.kind} "${d.name}" takes its content from the variable "${d.variable}", which is not set.`,
    hint: (d: { kind: 'config' | 'secret'; name: string; variable: string }) =>
      `Set ${d.variable} in the environment or in the .env file.`,
  },
  'object/read-only-service': {
    exit: 1,
    message: (d: { kind: 'config' | 'secret'; name: string; service: string }) =>
      `The ${d.kind} "${d.name}" cannot be copied into service "${d.service}", whose file system is read-only.`,
    hint: () => 'Take its content from a file, which is mounted and not copied.',
  },
  'internal/bug': {
    exit: 70,
    message: (d: { detail: string }) => `This is a bug in Stack: ${d.detail}`,
  },
} as const satisfies Record<`${string}/${string}`, CatalogEntry>

export type ErrorCode = keyof typeof catalog
export type ErrorData<C extends ErrorCode> = Parameters<(typeof catalog)[C]['message']>[0]
