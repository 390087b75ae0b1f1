import type { Refusal, Words } from './refusal.ts'

const toPlatformWords = (image: string, has: string, wants: string): Words => ({
  why: `its image "${image}" is there${has === '' ? '' : ` for ${has}`} and not for ${wants}.`,
  help: `Fetch it with "docker pull --platform ${wants} ${image}", or change "platform" of the service.`,
})

/** Why engines mount nothing, make no volume and no network, and connect nobody. Most are said when a container is made or started. */
export const objectRefusals: readonly Refusal[] = [
  [
    /image with reference (\S+) was found but its platform \((\S+?)\) does not match the specified platform \((\S+?)\)/,
    toPlatformWords,
  ],
  [
    /image with reference (\S+) was found but does not match the specified platform: (?=.*actual: (\S+))wanted (\S+?),/,
    toPlatformWords,
  ],
  [/image with reference (\S+) was found but does not provide()\s+the specified platform \((\S+?)\)/, toPlatformWords],
  [
    /invalid reference format|repository name .*must be lowercase|is not a valid repository\/tag|invalid tag format/,
    () => ({
      why: 'the name of the image is none.',
      help: 'A name is in lowercase letters, with a tag or a digest behind it: "registry.example/team/app:1.2".',
    }),
  ],
  [
    /error mounting "([^"]+)" to rootfs at "([^"]+)": .*(?:not a directory|Are you trying to mount a directory onto a file)/s,
    (source, target) => ({
      why: `${source} and ${target} in the container are not of one kind: a file can only be mounted onto a file, and a folder onto a folder.`,
      help: `Look whether ${source} is what was meant: "ls -ld ${source}".`,
    }),
  ],
  [
    /error mounting "([^"]+)" to rootfs at "([^"]+)": (?:mkdir|open|create mountpoint.*) .*read-only file system/s,
    (_source, target) => ({
      why: `nothing can be mounted at ${target}: what it would be in is read-only, and it is not there.`,
      help: `Create ${target} beforehand, or take ":ro" or "read_only" away.`,
    }),
  ],
  [
    /error mounting "tmpfs" to rootfs at "([^"]+)": .*data: ([^:]*): invalid argument/s,
    (target, options) => ({
      why: `the tmpfs at ${target} has options that are none: ${options}.`,
      help: 'Check "tmpfs".',
    }),
  ],
  [
    /failed to mount local volume: mount (\S*?):\S+?(?:, (?:flags|data): [^:]*)*: (.+?)$/s,
    (device) => ({
      why: `what its volume stands for${device === '' ? '' : `, ${device},`} cannot be mounted where the engine runs.`,
      help: 'Check "driver_opts" of the volume: "type", "o" and "device", which has to be there.',
    }),
  ],
  [
    /cannot access path \S*?\/volumes\/(\S+?)\/_data\/(\S+?): /,
    (volume, path) => ({
      why: `the volume ${volume} has no folder "${path}".`,
      help: 'Check "volume.subpath", and that something has made the folder.',
    }),
  ],
  [
    /invalid mount path: '([^']+)'|invalid mount config for type "\w+": invalid (?:specification|mount path)[^']*'?([^']*)/,
    (path, other) => ({
      why: `"${path || other}" is no path in a container.`,
      help: 'A path in a container begins with "/". Check "volumes".',
    }),
  ],
  [
    /Duplicate mount point: (\S+)/,
    (path) => ({
      why: `two things are to be mounted at ${path}.`,
      help: 'Keep one of them under "volumes" or "tmpfs".',
    }),
  ],
  [
    /(?:create|get) (.+?): "?(.*?)"? includes invalid characters for a local volume name/,
    (_name, volume) => ({
      why: `"${volume}" cannot be the name of a volume.`,
      help: 'Use letters, digits, "_", "." and "-", and begin with a letter or a digit.',
    }),
  ],
  [
    /error looking up volume plugin (\S+?): /,
    (driver) => ({
      why: `the engine has no volume driver "${driver}".`,
      help: `Check "driver" of the volume, or install it: "docker plugin install ${driver}".`,
    }),
  ],
  [
    /create (\S+): (?:invalid option(?: key)?:? "?(\w+)"?|missing required option: "?(\w+)"?)/,
    (volume, wrong, missing) => ({
      why:
        wrong === ''
          ? `the volume ${volume} lacks the option "${missing}".`
          : `the driver of the volume ${volume} has no option "${wrong}".`,
      help: 'Check "driver_opts" of the volume: "local" takes "type", "o" and "device".',
    }),
  ],
  [
    /error looking up (?:network |)(?:driver|plugin) (\S+?): |(?:could not find|could not resolve|unknown) (?:network )?(?:driver|plugin) "?(\w+)"?|^plugin "(\S+)" not found/,
    (driver, other, plugin) => ({
      why: `the engine has no network driver "${driver || other || plugin}".`,
      help: 'Check "driver" of the network; "docker info --format {{.Plugins.Network}}" lists what it has.',
    }),
  ],
  [
    /node is not a swarm manager/,
    () => ({
      why: 'that needs a swarm, and the engine is no manager of one.',
      help: 'Use the driver "bridge", or make a swarm: "docker swarm init".',
    }),
  ],
  [
    /Pool overlaps with other one on this address space|networks have overlapping IPv[46]|conflicts with network/,
    () => ({
      why: 'its subnet overlaps with that of another network.',
      help: 'Choose another one under "ipam"; "docker network ls -q | xargs docker network inspect --format \'{{.Name}} {{.IPAM.Config}}\'" lists those in use.',
    }),
  ],
  [
    /invalid subnet (\S+?):? |invalid CIDR address: (\S+)/,
    (subnet, other) => ({
      why: `"${subnet || other}" is no subnet.`,
      help: 'Write it as an address and a length under "ipam": "10.5.0.0/16".',
    }),
  ],
  [
    /invalid (gateway|ip-range|auxiliary address) (\S+?): parent subnet (\S+) doesn't contain/,
    (kind, address, subnet) => ({
      why: `the ${kind} ${address} is not in the subnet ${subnet}.`,
      help: 'Correct "ipam" of the network.',
    }),
  ],
  [
    /no matching subnet for (gateway|range|aux-address) (\S+)/,
    (kind, address) => ({
      why: `the ${kind} ${address} is not in its subnet.`,
      help: 'Correct "ipam" of the network.',
    }),
  ],
  [
    /invalid subinterface vlan name (\S+?),|the requested parent interface (\S+) was not found/,
    (parent, other) => ({
      why: `there is no network interface "${parent || other}" where the engine runs.`,
      help: 'Check "driver_opts.parent"; "ip link" lists the interfaces.',
    }),
  ],
  [
    /no configured subnet (?:or ip-range )?contains? (?:the )?IP address (\S+)|[Ii]nvalid (?:preferred )?address (\S+?): It does not belong to any of this network's subnets/,
    (address, other) => ({
      why: `its address ${address || other} is in no subnet of the network.`,
      help: 'Choose an address in the subnet, or correct "ipam" of the network.',
    }),
  ],
  [
    /user specified IP address is supported only when connecting to networks with user configured subnets/,
    () => ({
      why: 'it has an address of its own in a network without a subnet of its own.',
      help: 'Give the network a subnet: "ipam: {config: [{subnet: 10.5.0.0/16}]}".',
    }),
  ],
  [
    /networking: Address already in use$|^Address already in use$|requested address .* already (?:in use|allocated)/i,
    () => ({
      why: 'its address in the network is that of another container.',
      help: 'Choose another "ipv4_address"; "docker network inspect NAME" lists those in use.',
    }),
  ],
  [
    /network (\S+) not found|No such network: (\S+)/,
    (name, other) => ({
      why: `its network "${name || other}" is not there.`,
      help: 'Create it with "docker network create", or if it was made anew, make the container anew, too: "stack up --force-recreate".',
    }),
  ],
  [
    /endpoint with name (\S+) already exists in network (\S+)/,
    (container, network) => ({
      why: `the engine still has a container ${container} in network ${network}, which is gone.`,
      help: `Take it out: "docker network disconnect --force ${network} ${container}".`,
    }),
  ],
  [
    /operation is not permitted on predefined (\w+) network|(\w+) is a pre-defined network/,
    (name, other) => ({
      why: `the network "${name || other}" is the engine's own.`,
      help: 'Choose another name.',
    }),
  ],
  [
    /conflicting options: (?:port publishing|hostname|host type networking|dns|mac-address|custom host-to-IP|links?)\b.*/i,
    () => ({
      why: 'it shares the network of another one, which then has the ports, the host name and the name servers.',
      help: 'Take "ports", "hostname", "dns", "links" and "mac_address" out of the service, or "network_mode".',
    }),
  ],
]
