type Reason = {
  /** A sentence of ours. */
  readonly why?: string
  /** What the engine said, where nobody has words for it. */
  readonly said?: string
  /** The command or the change that helps. */
  readonly help?: string
}

const toReason = ({ why, said }: Reason): string =>
  why === undefined ? (said === undefined ? '.' : `. It said: "${said}"`) : `: ${why}`

/** The part of the catalogue that is about the engine. Its sentences are quoted, and never made part of ours. */
export const engineFailures = {
  'engine/unreachable': {
    exit: 4,
    message: (d: { attempts: string }) => `No container engine answers. Tried:\n${d.attempts}`,
    hint: () => 'Run "stack doctor" to see what is missing, or "stack doctor --fix" to mend it.',
  },
  'engine/refused': {
    exit: 1,
    message: (d: { what: string } & Reason) => `The engine refused to ${d.what}${toReason(d)}`,
    hint: (d: { what: string } & Reason) => d.help,
  },
  'engine/not-found': {
    exit: 1,
    message: (d: { what: string; said?: string }) =>
      d.said === undefined
        ? `The engine has no ${d.what}.`
        : `What the engine needs to ${d.what} is not there. It said: "${d.said}"`,
  },
  'engine/unsupported': {
    exit: 1,
    message: (d: { what: string; needs: string; has: string }) =>
      `${d.what} needs ${d.needs}; this engine has ${d.has}.`,
  },
  'engine/connection-lost': {
    exit: 1,
    message: (d: { what: string }) => `The connection to the engine was lost while it was asked to ${d.what}.`,
    hint: () => 'Run the same command again: it goes on from what is there.',
  },
  'engine/address-pool-exhausted': {
    exit: 1,
    message: (d: { network: string }) => `The engine has no free addresses left for ${d.network}.`,
    hint: () =>
      'Remove networks that nobody uses ("docker network prune"), or give this one a subnet of its own under ipam.',
  },
  'engine/bind-source-missing': {
    exit: 1,
    message: (d: { path: string; what: string }) =>
      `${d.path} does not exist on the engine's machine, and so the engine did not ${d.what}.`,
    hint: () => 'Create it, or let the engine create a folder with bind.create_host_path: true.',
  },
  'engine/object-file-missing': {
    exit: 1,
    message: (d: { kind: 'config' | 'secret'; name: string; path: string }) =>
      `The file ${d.path} of the ${d.kind} "${d.name}" does not exist on the engine's machine.`,
    hint: (d: { kind: 'config' | 'secret'; name: string; path: string }) =>
      `Make the file, or correct ${d.kind}s.${d.name}.file.`,
  },
  'engine/build-failed': {
    exit: 1,
    message: (d: { what: string; step?: string; why: string; output: string }) =>
      `Building ${d.what} failed${d.step === undefined ? '' : ` at step ${d.step}`}: ${d.why}${d.output === '' ? '' : `\n${d.output}`}`,
  },
  'engine/digest-unknown': {
    exit: 1,
    message: (d: { image: string; registry: string } & Reason) =>
      `The digest of "${d.image}" could not be asked of the registry ${d.registry}${toReason(d)}`,
    hint: () => 'A digest is always asked of the registry, as Docker Compose does. Check that the engine can reach it.',
  },
  'engine/busy': {
    exit: 1,
    message: (d: { what: string } & Reason) => `The engine could not ${d.what} just now${toReason(d)}`,
    hint: () => 'Try again in a moment.',
  },
  'engine/image-missing': {
    exit: 1,
    message: (d: { image: string; looked: string }) => `There is no image "${d.image}". Looked ${d.looked}.`,
    hint: () => 'Check its name and tag, or say how to build it with "build".',
  },
  'engine/in-use': {
    exit: 1,
    message: (d: { what: string; by: string }) => `${d.what} is still in use${d.by === '' ? '' : ` by ${d.by}`}.`,
    hint: () => 'Remove or disconnect what uses it, and run the same command again.',
  },
  'engine/name-in-use': {
    exit: 1,
    message: (d: { what: string; name: string; holder: string }) =>
      `The ${d.what} name "${d.name}" is already taken${d.holder === '' ? '' : ` by ${d.holder}`}.`,
    hint: () => 'Remove or rename the other one, or choose another name.',
  },
  'engine/no-space': {
    exit: 1,
    message: (d: { what: string }) => `The engine's disk is full: it could not ${d.what}.`,
    hint: () => 'Free some space; "docker system df" shows what the engine keeps.',
  },
  'engine/port-in-use': {
    exit: 1,
    message: (d: { address: string; port: number; holder: string; help?: string }) =>
      `Port ${d.port}${d.address === '' ? '' : ` of ${d.address}`} is already in use${d.holder === '' ? ' by another program on this machine' : ` by ${d.holder}`}.`,
    hint: (d: { address: string; port: number; holder: string; help?: string }) =>
      d.help ?? 'Stop what uses it, or publish another port.',
  },
  'engine/pull-failed': {
    exit: 1,
    message: (d: { image: string } & Reason) => `The image "${d.image}" could not be pulled${toReason(d)}`,
    hint: (d: { image: string } & Reason) => d.help,
  },
  'engine/push-failed': {
    exit: 1,
    message: (d: { image: string } & Reason) => `The image "${d.image}" could not be pushed${toReason(d)}`,
    hint: (d: { image: string } & Reason) => d.help,
  },
  'engine/registry-denied': {
    exit: 1,
    message: (d: { image: string; registry: string; said: string }) =>
      `The registry ${d.registry} did not let "${d.image}" through. It said: "${d.said}"`,
    hint: (d: { image: string; registry: string; said: string }) =>
      `Sign in with "docker login${d.registry === 'docker.io' ? '' : ` ${d.registry}`}", or check the image's name.`,
  },
} as const
