import type { Refusal } from '../connection/refusals/refusal.ts'

/** Why an image was neither fetched nor sent, other than that it is not there or that one is not let through. */
export const transferRefusals: readonly Refusal[] = [
  [
    /toomanyrequests|too many requests|rate limit/i,
    () => ({
      why: 'the registry has given out as much as it gives to one address for now.',
      help: 'Sign in with "docker login", or try again later.',
    }),
  ],
  [
    /no matching manifest for (\S+?)(?: in the manifest list entries|$)|does not (?:provide|match) the specified platform:? \(?(?:wanted )?([\w/]+)/,
    (platform, other) => ({
      why: `it is not there for the platform ${platform || other}.`,
      help: 'Choose one that it is there for with "platform"; "docker manifest inspect IMAGE" lists them.',
    }),
  ],
  [
    /server gave HTTP response to HTTPS client/,
    () => ({
      why: 'the registry speaks plain HTTP, and the engine wants HTTPS.',
      help: 'Name it under "insecure-registries" in the engine\'s /etc/docker/daemon.json, and restart the engine.',
    }),
  ],
  [
    /x509: (?:certificate signed by unknown authority|certificate is not trusted|certificate has expired|certificate is valid for|cannot validate certificate)/,
    () => ({
      why: 'the engine does not trust the certificate of the registry.',
      help: 'Put the certificate of who signed it into /etc/docker/certs.d/HOST:PORT/ca.crt where the engine runs.',
    }),
  ],
  [
    /dial (?:tcp|udp)\S* (\S+): (?:connect|connectex): connection refused/,
    (address) => ({
      why: `nobody answers at ${address}.`,
      help: 'Check the address, and whether the registry runs.',
    }),
  ],
  [
    /lookup (\S+?)(?: on \S+)?: (?:no such host|server misbehaving|Temporary failure in name resolution)/,
    (host) => ({
      why: `the engine does not find the host ${host}.`,
      help: "Check the name of the image, and the network and name servers of the engine's machine.",
    }),
  ],
  [
    /dial (?:tcp|udp)\S* (\S+): (?:connect: )?(?:no route to host|network is unreachable)/,
    (address) => ({
      why: `the engine does not reach ${address}.`,
      help: "Check the network of the engine's machine, and its proxy.",
    }),
  ],
  [
    /i\/o timeout|TLS handshake timeout|context deadline exceeded|Client\.Timeout exceeded|request canceled while waiting/,
    () => ({
      why: 'the registry did not answer in time.',
      help: "Check the network of the engine's machine, and try again.",
    }),
  ],
  [
    /no space left on device/,
    () => ({
      why: "the engine's disk is full.",
      help: 'Free some space; "docker system df" shows what the engine keeps.',
    }),
  ],
]
