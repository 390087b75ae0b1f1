import { expect, test } from 'vitest'
import { createObjectNames } from '../../../src/docker/connection/object-names.ts'
import { translateError } from '../../../src/docker/connection/translate-error.ts'
import { toTransferReason } from '../../../src/docker/registry/transfer.ts'
import { engineFailures } from '../../../src/core/errors/engine-failures.ts'

const address = { kind: 'unix', host: 'unix:///x', source: 'default' } as const
const names = createObjectNames()
names.learn('c'.repeat(64), 'shop-web-1')

const toLine = (sentence: string, statusCode = 500): string => {
  const { code, message, hint } = translateError(Object.assign(new Error(sentence), { statusCode }), {
    what: 'start container cccccccccccc',
    address,
    names,
  })
  return `${code} ${message}${hint === undefined ? '' : ` | ${hint}`}`
}

/** Runs before what a process says of itself, in engines of every age. */
const runc = [
  'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ',
  'OCI runtime create failed: container_linux.go:380: starting container process caused: ',
]

/** What engines 20.10 to 29 say: with each sentence, a piece of what is told, which no other row tells. */
const sentences: readonly (readonly [sentence: string, piece: string])[] = [
  ...runc.flatMap((start) => [
    [
      `${start}exec: "nosuch": executable file not found in $PATH: unknown`,
      'command "nosuch" is not in the image',
    ] as const,
    [
      `${start}exec: "/x.sh": stat /x.sh: no such file or directory: unknown`,
      'command "/x.sh" is not in the image, or',
    ] as const,
    [`${start}exec: "/x.sh": permission denied: unknown`, 'command "/x.sh" may not be executed'] as const,
    [`${start}exec /x.sh: exec format error`, 'is for another processor'] as const,
  ]),
  ['unable to find user nosuch: no matching entries in passwd file', 'knows no user "nosuch"'],
  ['unable to find group nosuch: no matching entries in group file', 'knows no group "nosuch"'],
  ['Cannot mkdir: /etc/passwd is not a directory', 'folder /etc/passwd is a file'],
  ['could not select device driver "" with capabilities: [[gpu]]', 'no driver for devices with "gpu"'],
  ['could not select device driver "nvidia" with capabilities: [[gpu]]', 'no driver "nvidia" for devices'],
  [
    'error gathering device information while adding custom device "/dev/x": no such file or directory',
    'there is no device /dev/x',
  ],
  ['unknown or invalid runtime name: kata', 'no runtime "kata"'],
  ['Unknown runtime specified kata', 'no runtime "kata"'],
  ['error looking up logging plugin x: plugin "x" not found', 'no log driver "x"'],
  ["logger: no log driver named 'x' is registered", 'no log driver "x"'],
  ["unknown log opt 'x' for json-file log driver", 'driver "json-file" has no option "x"'],
  ['invalid CapAdd: unknown capability: "CAP_X"', 'no capability CAP_X'],
  ['Minimum memory limit allowed is 6MB', 'below 6MB'],
  ['Minimum memory limit can not be less than memory reservation limit, see usage', 'lower than its reservation'],
  ['Minimum memoryswap limit should be larger than memory limit, see usage', 'memory and swap is lower'],
  [
    'Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available',
    'more processors than there are, which is 2',
  ],
  [
    'range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available',
    'more processors than there are, which is 2',
  ],
  ['Requested CPUs are not available - requested 9, available: 0-1', 'processors 9, and there are 0-1'],
  ['sysctl "kernel.x" is not in a separate kernel namespace', 'setting kernel.x cannot be different'],
  [`${runc[0]}error during container init: open /proc/sys/net/x: no such file or directory`, 'no setting net.x'],
  ['wrong rlimit value: RLIMIT_X', 'no limit "x"'],
  ['invalid IP address in add-host: "b c"', '"b c" is no address of a host'],
  ['bad nameserver address nope: ParseAddr("nope"): unable to parse IP', '"nope" is no address of a name server'],
  ['invalid config for network n: invalid MAC address zz', '"zz" is no MAC address'],
  ["invalid restart policy 'x'", 'no restart policy "x"'],
  ["invalid restart policy: unknown policy 'x'; use one of 'no', 'always'", 'no restart policy "x"'],
  ['invalid signal: SIGX', 'no signal "SIGX"'],
  ['Invalid signal: SIGX', 'no signal "SIGX"'],
  ['invalid --security-opt 2: "x:y"', '"x:y" is no security option'],
  ['invalid IPC mode: x', 'no IPC namespace "x"'],
  ['Interval in Healthcheck cannot be less than 1ms', 'shorter interval than 1ms'],
  ['StartPeriod in Healthcheck cannot be less than 1ms', 'shorter start_period than 1ms'],
  [
    'joining network namespace of container: No such container: x',
    'share the network of container "x", which is not there',
  ],
  [
    `cannot join network of a non running container: ${'c'.repeat(64)}`,
    'the network of container "shop-web-1", which does not run',
  ],
  [`Container ${'c'.repeat(64)} is restarting, wait until the container is running`, 'container shop-web-1 has ended'],
  [`Container ${'c'.repeat(64)} is not running`, 'container shop-web-1 does not run'],
  [`container ${'d'.repeat(64)} is not running`, 'container dddddddddddd does not run'],
  [
    'image with reference x was found but its platform (linux/amd64) does not match the specified platform (linux/arm64)',
    'there for linux/amd64 and not for linux/arm64',
  ],
  [
    'image with reference x was found but does not match the specified platform: wanted linux/arm64, actual: linux/amd64',
    'there for linux/amd64 and not for linux/arm64',
  ],
  [
    'image with reference x was found but does not provide the specified platform (linux/arm64)',
    'is there and not for linux/arm64',
  ],
  ['invalid reference format: repository name (library/X) must be lowercase', 'the name of the image is none'],
  [
    `${runc[0]}error during container init: error mounting "/a" to rootfs at "/etc": mount /a:/etc (via /proc/self/fd/6), flags: 0x5000: not a directory: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type: unknown`,
    '/a and /etc in the container are not of one kind',
  ],
  [
    `${runc[1]}process_linux.go:545: container init caused: rootfs_linux.go:76: error mounting "/a" to rootfs at "/r/s": mkdir /var/lib/docker/overlay2/x/merged/r/s: read-only file system: unknown`,
    'nothing can be mounted at /r/s',
  ],
  [
    `error while mounting volume '/var/lib/docker/volumes/v/_data': failed to mount local volume: mount /no:/var/lib/docker/volumes/v/_data, flags: 0x1000: no such file or directory`,
    'what its volume stands for, /no, cannot be mounted',
  ],
  [
    'invalid mount config for type "volume": invalid mount path: \'x\' mount path must be absolute',
    '"x" is no path in a container',
  ],
  ['Duplicate mount point: /x', 'two things are to be mounted at /x'],
  [
    'create a b: "a b" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed',
    '"a b" cannot be the name of a volume',
  ],
  ['create v: error looking up volume plugin x: plugin "x" not found', 'no volume driver "x"'],
  ['create v: invalid option: "x"', 'volume v has no option "x"'],
  ['create v: missing required option: "device"', 'volume v lacks the option "device"'],
  ['error looking up network plugin x: plugin "x" not found', 'no network driver "x"'],
  ['plugin "x" not found', 'no network driver "x"'],
  [
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
    'that needs a swarm',
  ],
  ['invalid pool request: Pool overlaps with other one on this address space', 'its subnet overlaps'],
  ['Pool overlaps with other one on this address space', 'its subnet overlaps'],
  [
    'invalid network config:\ninvalid subnet 10.300.0.0/24: invalid CIDR block notation',
    '"10.300.0.0/24" is no subnet',
  ],
  ['invalid CIDR address: 10.300.0.0/24', '"10.300.0.0/24" is no subnet'],
  [
    "invalid network config:\ninvalid gateway 10.8.0.1: parent subnet 10.7.0.0/24 doesn't contain this address",
    'gateway 10.8.0.1 is not in the subnet 10.7.0.0/24',
  ],
  ['no matching subnet for gateway 10.8.0.1', 'gateway 10.8.0.1 is not in its subnet'],
  ['invalid subinterface vlan name x0, example formatting is eth0.10', 'no network interface "x0"'],
  [
    'invalid config for network n: invalid endpoint settings:\nno configured subnet or ip-range contain the IP address 10.9.0.9',
    'address 10.9.0.9 is in no subnet',
  ],
  ["Invalid address 10.9.0.9: It does not belong to any of this network's subnets", 'address 10.9.0.9 is in no subnet'],
  [
    'user specified IP address is supported only when connecting to networks with user configured subnets',
    'a network without a subnet of its own',
  ],
  ['failed to set up container networking: Address already in use', 'that of another container'],
  ['Address already in use', 'that of another container'],
  ['failed to set up container networking: network n not found', 'its network "n" is not there'],
  [
    'network-scoped alias: endpoint with name shop-web-1 already exists in network n',
    'still has a container shop-web-1 in network n',
  ],
  ['operation is not permitted on predefined bridge network', 'network "bridge" is the engine'],
  ['conflicting options: port publishing and the container type network mode', 'shares the network of another one'],
  [
    'driver failed programming external connectivity on endpoint x (abc): Error starting userland proxy: listen tcp4 10.9.9.9:80: bind: cannot assign requested address',
    'no address 10.9.9.9, at which port 80',
  ],
  [
    'failed to set up container networking: driver failed programming external connectivity on endpoint x (abc): failed to bind host port 10.9.9.9:80/tcp: cannot assign requested address',
    'no address 10.9.9.9, at which port 80',
  ],
  [
    "driver failed programming external connectivity on endpoint x (abc): Error starting userland proxy: error while calling PortManager.AddPort(): cannot expose privileged port 80, you can add 'net.ipv4.ip_unprivileged_port_start=80'",
    'may not publish port 80',
  ],
]

test.each(sentences)('%s', (sentence, piece) => {
  const line = toLine(sentence)
  expect(line).toMatch(/^engine\/refused The engine refused to start container shop-web-1: .*\. \| .*[.:]$/)
  expect(line).toContain(piece)
  expect(line).not.toContain(sentence)
})

test('what is in use, taken or not there is told by name', () => {
  const lines = [
    toLine(`remove v: volume is in use - [${'c'.repeat(64)}]`, 409),
    toLine(
      `error while removing network: network n id ${'e'.repeat(64)} has active endpoints (name:"shop-web-1" id:"abc")`,
    ),
    toLine(`error while removing network: network n id ${'e'.repeat(64)} has active endpoints`),
    toLine(
      `Conflict. The container name "/x" is already in use by container "${'c'.repeat(64)}". You have to remove`,
      409,
    ),
    toLine(
      'conflict: unable to delete 0fa77b16378d (cannot be forced) - image is being used by running container cccccccccccc',
      409,
    ),
    toLine(
      `conflict: unable to remove repository reference "x" (must force) - container ${'d'.repeat(12)} is using its referenced image abc`,
      409,
    ),
    toLine(`No such container: ${'c'.repeat(64)}`, 404),
    toLine('get v: no such volume', 404),
    toLine('network n not found', 404),
    toLine(`Could not find the file /x in container ${'c'.repeat(64)}`, 404),
  ]
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "engine/in-use The object is still in use by container shop-web-1. | Remove or disconnect what uses it, and run the same command again.
    engine/in-use The object is still in use by container shop-web-1. | Remove or disconnect what uses it, and run the same command again.
    engine/in-use The object is still in use. | Remove or disconnect what uses it, and run the same command again.
    engine/name-in-use The container name "x" is already taken by container shop-web-1. | Remove or rename the other one, or choose another name.
    engine/in-use The image is still in use by container shop-web-1. | Remove or disconnect what uses it, and run the same command again.
    engine/in-use The image is still in use by container dddddddddddd. | Remove or disconnect what uses it, and run the same command again.
    engine/not-found The engine has no container shop-web-1.
    engine/not-found The engine has no volume v.
    engine/not-found The engine has no network n.
    engine/not-found The engine has no file /x in container shop-web-1."
  `)
})

test('a sentence that nobody knows is a quotation, on one line and with names', () => {
  expect(toLine(`something "odd"\n happened to ${'c'.repeat(64)}`)).toMatchInlineSnapshot(
    `"engine/refused The engine refused to start container shop-web-1. It said: "something 'odd' happened to shop-web-1""`,
  )
  expect(toLine('something is not here', 404)).toMatchInlineSnapshot(
    `"engine/not-found What the engine needs to start container shop-web-1 is not there. It said: "something is not here""`,
  )
  expect(toLine('device or resource busy')).toMatchInlineSnapshot(
    `"engine/busy The engine could not start container shop-web-1 just now. It said: "device or resource busy" | Try again in a moment."`,
  )
})

test('a file of this machine is no socket, whatever its error is called', () => {
  const missing = Object.assign(new Error("ENOENT: no such file or directory, open '/s.json'"), {
    code: 'ENOENT',
    syscall: 'open',
    path: '/s.json',
  })
  expect(translateError(missing, { what: 'create container web', address }).message).toMatchInlineSnapshot(
    `"The engine refused to create container web: /s.json, a file of this machine, cannot be read: it is not there."`,
  )
  const socket = Object.assign(new Error('connect ENOENT /x'), { code: 'ENOENT', syscall: 'connect', address: '/x' })
  expect(translateError(socket, { what: 'list containers', address }).code).toBe('engine/unreachable')
})

test('why an image does not come', () => {
  const lines = [
    'toomanyrequests: You have reached your unauthenticated pull rate limit.',
    'no matching manifest for linux/arm64/v8 in the manifest list entries',
    'Get "https://h:5000/v2/": http: server gave HTTP response to HTTPS client',
    'Get "https://h/v2/": x509: certificate signed by unknown authority',
    'Get "http://localhost:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
    'Get "https://nosuch.example/v2/": dial tcp: lookup nosuch.example on 1.1.1.1:53: no such host',
    'Get "https://h/v2/": dial tcp 10.0.0.1:443: connect: no route to host',
    'Get "https://h/v2/": net/http: TLS handshake timeout',
    'write /var/lib/docker/tmp/x: no space left on device',
    'something "else"',
  ].map((why) => {
    const reason = { image: 'x', ...toTransferReason(why) }
    return `${engineFailures['engine/pull-failed'].message(reason)} | ${engineFailures['engine/pull-failed'].hint(reason) ?? ''}`
  })
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "The image "x" could not be pulled: the registry has given out as much as it gives to one address for now. | Sign in with "docker login", or try again later.
    The image "x" could not be pulled: it is not there for the platform linux/arm64/v8. | Choose one that it is there for with "platform"; "docker manifest inspect IMAGE" lists them.
    The image "x" could not be pulled: the registry speaks plain HTTP, and the engine wants HTTPS. | Name it under "insecure-registries" in the engine's /etc/docker/daemon.json, and restart the engine.
    The image "x" could not be pulled: the engine does not trust the certificate of the registry. | Put the certificate of who signed it into /etc/docker/certs.d/HOST:PORT/ca.crt where the engine runs.
    The image "x" could not be pulled: nobody answers at 127.0.0.1:1. | Check the address, and whether the registry runs.
    The image "x" could not be pulled: the engine does not find the host nosuch.example. | Check the name of the image, and the network and name servers of the engine's machine.
    The image "x" could not be pulled: the engine does not reach 10.0.0.1:443. | Check the network of the engine's machine, and its proxy.
    The image "x" could not be pulled: the registry did not answer in time. | Check the network of the engine's machine, and try again.
    The image "x" could not be pulled: the engine's disk is full. | Free some space; "docker system df" shows what the engine keeps.
    The image "x" could not be pulled. It said: "something 'else'" | "
  `)
})
