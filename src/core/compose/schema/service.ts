import { build } from './build.ts'
import { deploy } from './deploy.ts'
import {
  storageOptions,
  command,
  countOrText,
  extraHosts,
  fileReferences,
  flag,
  gpuRequests,
  hook,
  keyValues,
  numberOrText,
  startHook,
  textOrNothing,
  textOrTexts,
  texts,
  ulimits,
  uniqueTexts,
  wholeOrText,
} from './forms.ts'
import {
  blkio,
  dependsOn,
  develop,
  devices,
  envFile,
  extendsForm,
  healthcheck,
  logging,
  ports,
  provider,
  serviceModels,
  serviceNetworks,
  volumes,
} from './service-parts.ts'
import {
  boolean,
  key,
  list,
  mapping,
  number,
  oneOf,
  text,
  textLike,
  uniqueList,
  wholeBetween,
  word,
  type Key,
  type Shape,
} from './shape.ts'

const pullPolicy = textLike(
  /always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+/,
  'always, never, missing, build, daily, weekly or every_<time>, such as every_12h',
)
const containerName = textLike(/[a-zA-Z0-9][a-zA-Z0-9_.-]+/, 'at least two letters, digits, "_", "." or "-"')
const textOrNumberList = uniqueList(oneOf(text, number))

const run: Readonly<Record<string, Key>> = {
  image: key(
    text,
    'The image that the containers are made from; when `build` is there, too, the name of what is built.',
  ),
  build: key(build, 'How the image is built: the context, or a mapping with all options.'),
  command: key(command, 'What the containers run, instead of the image’s own command.'),
  entrypoint: key(command, 'What runs the command, instead of the image’s own entrypoint.'),
  environment: key(keyValues, 'Environment variables; one without a value is taken from the shell.'),
  env_file: key(envFile, 'Files with environment variables; `environment` wins over them.'),
  working_dir: key(text, 'The folder in which the command runs.'),
  user: key(text, 'The user, or `user:group`, who runs the command.'),
  container_name: key(containerName, 'A name of your own for the one container of this service.'),
  hostname: key(text, 'The host name inside the container.'),
  domainname: key(text, 'The domain name inside the container.'),
  init: key(flag, 'Runs a small init process that passes signals on and reaps processes.'),
  tty: key(flag, 'Gives the container a terminal.'),
  stdin_open: key(flag, 'Keeps the standard input open.'),
  restart: key(text, 'When a container that ends is started again: `no`, `always`, `on-failure` or `unless-stopped`.'),
  stop_grace_period: key(text, 'How long a container gets to end before it is killed, such as `10s`.'),
  stop_signal: key(text, 'The signal that asks the container to end, such as `SIGTERM`.'),
  healthcheck: key(healthcheck, 'How to tell whether the container works.'),
  pull_policy: key(pullPolicy, 'When the image is pulled: `always`, `never`, `missing`, `build`, `daily`, …'),
  pull_refresh_after: key(text, 'After which time the image is pulled again.'),
  platform: key(text, 'The platform to run on, such as `linux/amd64`.'),
  profiles: key(uniqueTexts, 'The profiles that switch the service on; without any it is always on.'),
  scale: key(wholeOrText, 'How many containers of the service there are.'),
  extends: key(extendsForm, 'Another service that this one starts from.'),
  depends_on: key(dependsOn, 'The services that must be there first.'),
  deploy: key(deploy, 'How many containers there are, and what they may use.'),
  develop: key(develop, 'What happens to running containers when files change.'),
  provider: key(provider, 'A program that runs the service in the place of containers.'),
  attach: key(flag, 'Whether the logs of the service are shown.'),
  post_start: key(list(hook), 'Commands that run in the container after it has started.'),
  pre_start: key(list(startHook), 'Commands that run, each in a container of its own, before the service starts.'),
  pre_stop: key(list(hook), 'Commands that run in the container before it is stopped.'),
}

const files: Readonly<Record<string, Key>> = {
  volumes: key(volumes, 'Folders and volumes that the container sees: `source:target[:ro]`, or mappings.'),
  volumes_from: key(uniqueTexts, 'Services or containers whose volumes are mounted, too.'),
  tmpfs: key(textOrTexts, 'Paths that are kept in memory.'),
  configs: key(fileReferences, 'Configs that the container can read.'),
  secrets: key(fileReferences, 'Secrets that the container can read.'),
  read_only: key(flag, 'Makes the container’s own file system read-only.'),
  shm_size: key(numberOrText, 'The size of `/dev/shm`, such as `64m`.'),
  storage_opt: key(storageOptions, 'Options of the storage driver.'),
}

const network: Readonly<Record<string, Key>> = {
  ports: key(ports, 'Ports that the host publishes: `[host:]container`, or mappings.'),
  expose: key(textOrNumberList, 'Ports that other services reach, and the host does not publish.'),
  networks: key(serviceNetworks, 'The networks that the service is on.'),
  network_mode: key(text, 'Another network than one’s own: `host`, `none`, `service:name` or `container:name`.'),
  links: key(uniqueTexts, 'Services that are also found under another name: `service:alias`.'),
  external_links: key(uniqueTexts, 'Containers outside of this project that are found under a name.'),
  extra_hosts: key(extraHosts, 'Host names that the container knows, as `host=address`.'),
  dns: key(textOrTexts, 'DNS servers.'),
  dns_opt: key(uniqueTexts, 'Options for the DNS resolver.'),
  dns_search: key(textOrTexts, 'Domains that short names are looked up in.'),
  mac_address: key(text, 'A fixed MAC address.'),
}

const meta: Readonly<Record<string, Key>> = {
  labels: key(keyValues, 'Labels for the containers.'),
  label_file: key(oneOf(text, texts), 'Files with labels.'),
  annotations: key(keyValues, 'Annotations for the containers.'),
  logging: key(logging, 'Where logs go.'),
  models: key(serviceModels, 'Language models that the service uses.'),
  'x-tier': key(text, 'The tier that the service stands in: one of the top-level `x-tiers`.'),
}

const limits: Readonly<Record<string, Key>> = {
  cpus: key(numberOrText, 'How many CPUs a container may use, such as `0.5`.'),
  cpu_count: key(countOrText, 'How many CPUs a container may use (Windows).'),
  cpu_percent: key(oneOf(text, wholeBetween(0, 100)), 'The share of all CPUs that a container may use (Windows).'),
  cpu_shares: key(numberOrText, 'The weight against other containers when CPUs are scarce.'),
  cpu_quota: key(numberOrText, 'The CPU time in each period, in microseconds.'),
  cpu_period: key(numberOrText, 'The length of a CPU period, in microseconds.'),
  cpu_rt_period: key(numberOrText, 'The length of a real-time CPU period, in microseconds.'),
  cpu_rt_runtime: key(numberOrText, 'The real-time CPU time in each period, in microseconds.'),
  cpuset: key(text, 'The CPUs that may be used, such as `0-3` or `0,2`.'),
  mem_limit: key(numberOrText, 'How much memory a container may use, such as `512m`.'),
  mem_reservation: key(wholeOrText, 'How much memory a container is sure to get.'),
  mem_swappiness: key(wholeOrText, 'How readily memory is swapped out, from 0 to 100.'),
  memswap_limit: key(numberOrText, 'Memory and swap together; `-1` for no limit.'),
  oom_kill_disable: key(flag, 'Keeps the container from being killed when memory runs out.'),
  oom_score_adj: key(
    oneOf(text, wholeBetween(-1000, 1000)),
    'How readily it is killed when memory runs out, from -1000 to 1000.',
  ),
  pids_limit: key(numberOrText, 'How many processes a container may have; `-1` for no limit.'),
  blkio_config: key(blkio, 'Limits of block I/O.'),
  ulimits: key(ulimits, 'Resource limits of the processes, such as `nofile`.'),
}

const isolation: Readonly<Record<string, Key>> = {
  privileged: key(flag, 'Gives the container all privileges.'),
  cap_add: key(uniqueTexts, 'Linux capabilities to add.'),
  cap_drop: key(uniqueTexts, 'Linux capabilities to take away.'),
  cgroup: key(word('host', 'private'), 'The cgroup namespace.'),
  cgroup_parent: key(text, 'The parent cgroup.'),
  credential_spec: key(
    mapping('a credential spec', {
      config: key(text, 'The config that holds it.'),
      file: key(text, 'The file that holds it.'),
      registry: key(text, 'The registry value that holds it.'),
    }),
    'Credentials of a managed service account (Windows).',
  ),
  device_cgroup_rules: key(uniqueTexts, 'Rules for the devices that the container may use.'),
  devices: key(devices, 'Devices of the host that the container sees: `host[:container[:rwm]]`.'),
  gpus: key(oneOf(word('all'), gpuRequests), 'GPUs that the container may use.'),
  group_add: key(textOrNumberList, 'More groups for the container’s user.'),
  ipc: key(text, 'The IPC namespace: `host`, `shareable`, `service:name` or `container:name`.'),
  isolation: key(text, 'How the container is isolated (Windows).'),
  pid: key(textOrNothing, 'The process namespace: `host`, `service:name` or `container:name`.'),
  runtime: key(text, 'The OCI runtime to use.'),
  security_opt: key(uniqueTexts, 'Security options, such as `no-new-privileges:true`.'),
  sysctls: key(keyValues, 'Kernel parameters to set.'),
  use_api_socket: key(boolean, 'Lets the container use the engine’s API.'),
  userns_mode: key(text, 'The user namespace.'),
  uts: key(text, 'The UTS namespace.'),
}

/** A service. */
export const service: Shape = mapping('a service', { ...run, ...files, ...network, ...meta, ...limits, ...isolation })
