import type { Refusal } from './refusal.ts'

/** Why engines 20.10 to 29 make or start no container. Where two generations say the same in other words, one row knows both. */
export const containerRefusals: readonly Refusal[] = [
  [
    /exec: "?([^"\n]*?)"?: executable file not found in \$PATH/,
    (command) => ({
      why: `its command "${command}" is not in the image.`,
      help: 'Check "command" and "entrypoint": a shell line has to begin with "sh", "-c".',
    }),
  ],
  [
    /exec: "?([^"\n]*?)"?: (?:stat \S+: )?no such file or directory|exec ([^\s:]+): no such file or directory/,
    (command, other) => ({
      why: `its command "${command || other}" is not in the image, or what it is to be run by is not.`,
      help: 'Check "command" and "entrypoint", and that no mount hides the file.',
    }),
  ],
  [
    /exec: "?([^"\n]*?)"?: (?:stat \S+: )?permission denied|exec ([^\s:]+): permission denied/,
    (command, other) => ({
      why: `its command "${command || other}" may not be executed.`,
      help: `Make it executable ("chmod +x"), or have it run by a shell: command: ["sh", "${command || other}"].`,
    }),
  ],
  [
    /exec(?: (\S+))?: exec format error|exec format error/,
    (command = '') => ({
      why: `its command${command === '' ? '' : ` "${command}"`} is for another processor, or is a script without a first line such as "#!/bin/sh".`,
      help: 'Check "platform" of the service, and the first line of a script.',
    }),
  ],
  [
    /unable to find (user|group) (\S+): no matching entries in (?:passwd|group) file/,
    (kind, name) => ({
      why: `its image knows no ${kind} "${name}".`,
      help: 'Write its number under "user", or add it in the Dockerfile.',
    }),
  ],
  [
    /chdir to cwd \("([^"]+)"\) set in config\.json failed: (.*?)(?:: unknown)?$|Cannot mkdir: (\S+) is not a directory/,
    (folder, _why, file) => ({
      why: file === '' ? `its folder ${folder} cannot be entered.` : `its folder ${file} is a file in the image.`,
      help: 'Check "working_dir".',
    }),
  ],
  [
    /could not select device driver "([^"]*)" with capabilities: \[\[([^\]]*)\]\]/,
    (driver, capabilities) => ({
      why: `the engine has no driver${driver === '' ? '' : ` "${driver}"`} for devices with "${capabilities}".`,
      help: 'For GPUs, install the NVIDIA Container Toolkit where the engine runs, or take "gpus" and "devices" out of the service.',
    }),
  ],
  [
    /error gathering device information while adding custom device "([^"]+)"/,
    (device) => ({
      why: `there is no device ${device} where the engine runs.`,
      help: 'Check "devices"; "ls /dev" lists what is there.',
    }),
  ],
  [
    /(?:unknown or invalid runtime name:|Unknown runtime specified) (\S+)/,
    (runtime) => ({
      why: `the engine has no runtime "${runtime}".`,
      help: 'Check "runtime"; "docker info --format {{.Runtimes}}" lists what it has.',
    }),
  ],
  [
    /(?:error looking up logging plugin|no log driver named) '?([^\s:']+)/,
    (driver) => ({
      why: `the engine has no log driver "${driver}".`,
      help: 'Check "logging.driver"; "docker info --format {{.Plugins.Log}}" lists what it has.',
    }),
  ],
  [
    /unknown log opt '([^']+)' for (\S+) log driver/,
    (option, driver) => ({
      why: `the log driver "${driver}" has no option "${option}".`,
      help: 'Check "logging.options".',
    }),
  ],
  [
    /invalid Cap(?:Add|Drop): unknown capability: "([^"]+)"|Unknown capability (?:drop|to add): "([^"]+)"/,
    (capability, other) => ({
      why: `Linux has no capability ${capability || other}.`,
      help: 'Check "cap_add" and "cap_drop"; "man 7 capabilities" lists them.',
    }),
  ],
  [
    /Minimum memory limit allowed is (\w+)/i,
    (least) => ({ why: `its memory limit is below ${least}, the least that there is.`, help: 'Raise "mem_limit".' }),
  ],
  [
    /Minimum memory limit can not be less than memory reservation limit/i,
    () => ({
      why: 'its memory limit is lower than its reservation.',
      help: 'Raise "mem_limit", or lower "mem_reservation".',
    }),
  ],
  [
    /Minimum memoryswap limit should be larger than memory limit/i,
    () => ({ why: 'its limit of memory and swap is lower than that of memory alone.', help: 'Raise "memswap_limit".' }),
  ],
  [
    /range of CPUs is from \S+ to (\S+), as there are only (\d+) CPUs/i,
    (_most, count) => ({
      why: `it is to have more processors than there are, which is ${count}.`,
      help: `Lower "cpus" to ${count} or less.`,
    }),
  ],
  [
    /Requested (CPUs|memory nodes) are not available - requested (\S+), available: ([\d,-]+)/i,
    (kind, wanted, present) => ({
      why: `it is bound to ${kind === 'CPUs' ? 'processors' : 'memory nodes'} ${wanted}, and there are ${present}.`,
      help: 'Correct "cpuset".',
    }),
  ],
  [
    /sysctl "?([\w./-]+)"? is not in a separate kernel namespace/,
    (name) => ({
      why: `the kernel's setting ${name} cannot be different in a container.`,
      help: 'Take it out of "sysctls", and set it where the engine runs with "sysctl -w".',
    }),
  ],
  [
    /open \/proc\/sys\/(\S+): no such file or directory/,
    (path) => ({
      why: `the kernel has no setting ${path.replaceAll('/', '.')}.`,
      help: 'Check "sysctls"; "sysctl -a" lists what there is.',
    }),
  ],
  [
    /wrong rlimit value: RLIMIT_(\w+)|invalid ulimit type: (\w+)/,
    (name, other) => ({ why: `there is no limit "${(name || other).toLowerCase()}".`, help: 'Check "ulimits".' }),
  ],
  [
    /invalid IP address in add-host: "([^"]*)"/,
    (text) => ({ why: `"${text}" is no address of a host.`, help: 'Check "extra_hosts": "name=address".' }),
  ],
  [
    /bad nameserver address (\S+?):? |(\S+) is not an ip address/,
    (text, other) => ({ why: `"${text || other}" is no address of a name server.`, help: 'Check "dns".' }),
  ],
  [
    /invalid MAC address:? (\S+)|(\S+) is not a valid mac address/,
    (text, other) => ({ why: `"${text || other}" is no MAC address.`, help: 'Check "mac_address".' }),
  ],
  [
    /invalid restart policy:? (?:unknown policy )?'([^']*)'/,
    (policy) => ({
      why: `there is no restart policy "${policy}".`,
      help: 'Write "no", "always", "on-failure" or "unless-stopped" under "restart".',
    }),
  ],
  [
    /(?:invalid signal|Invalid signal):? (\S+)/,
    (signal) => ({ why: `there is no signal "${signal}".`, help: 'Check "stop_signal"; "kill -l" lists them.' }),
  ],
  [
    /invalid --security-opt(?: \d+)?: "([^"]*)"/,
    (option) => ({ why: `"${option}" is no security option.`, help: 'Check "security_opt".' }),
  ],
  [
    /apparmor failed to apply profile|write (?:\/proc\/\S+|fsmount:\S+)\/attr\S*: no such file/,
    () => ({
      why: 'its AppArmor profile is not loaded where the engine runs.',
      help: 'Load it with "apparmor_parser -r FILE", or take it out of "security_opt".',
    }),
  ],
  [
    /invalid (IPC|PID|UTS|cgroup|user) (?:namespace )?mode: (\S+)/i,
    (kind, mode) => ({
      why: `there is no ${kind} namespace "${mode}".`,
      help: `Check "${kind.toLowerCase() === 'user' ? 'userns_mode' : kind.toLowerCase()}": "host", "service:NAME" or "container:NAME".`,
    }),
  ],
  [
    /(Interval|Timeout|StartPeriod|StartInterval) in Healthcheck cannot be less than (\w+)/,
    (key, least) => ({
      why: `its healthcheck has a shorter ${key.replace(/(?<=.)[A-Z]/g, '_$&').toLowerCase()} than ${least}.`,
      help: 'Correct "healthcheck".',
    }),
  ],
  [
    /joining (\w+) namespace of container: No such container: (\S+)|^No such container: (\S+)$/,
    (kind, name, other) => ({
      why: `it is to share ${kind === '' ? 'something with' : `the ${kind} of`} container "${name || other}", which is not there.`,
      help: 'Start that one first, or name a service: "service:NAME".',
    }),
  ],
  [
    /cannot join (\w+)(?: namespace)? of a non running container: (\S+)|joining (\w+) namespace of container: container "?(\S+?)"? is not running/i,
    (kind, name, other, which) => ({
      why: `it is to share the ${(kind || other).toLowerCase()} of container "${name || which}", which does not run.`,
      help: `Start that one first: "docker start ${name || which}".`,
    }),
  ],
  [
    /(?:cannot remove container|You cannot remove a running container) "?\/?([^\s":.]+)/,
    (name) => ({
      why: `container ${name} runs.`,
      help: 'Stop it first: "stack stop", or remove it with "stack rm --stop".',
    }),
  ],
  [
    /[Cc]ontainer (\S+) is paused/,
    (name) => ({ why: `container ${name} is paused.`, help: 'Let it go on first: "stack unpause".' }),
  ],
  [
    /[Cc]ontainer (\S+) is restarting/,
    (name) => ({
      why: `container ${name} has ended and is about to be started again.`,
      help: 'See why it ended: "stack logs".',
    }),
  ],
  [
    /[Cc]ontainer (\S+) is not running/,
    (name) => ({ why: `container ${name} does not run.`, help: 'Start it first: "stack start".' }),
  ],
]
