import * as z from 'zod'
import { mapping, textLike, unique, whole } from './zod-words.ts'
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
  stackSettings,
  volumes,
} from './service-parts.ts'

const pullPolicy = textLike(
  /always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+/,
  'always, never, missing, build, daily, weekly or every_<time>, such as every_12h',
)
const containerName = textLike(/[a-zA-Z0-9][a-zA-Z0-9_.-]+/, 'at least two letters, digits, "_", "." or "-"')
const textOrNumberList = unique(z.union([z.string(), z.number()]))

const run: Readonly<Record<string, z.ZodType>> = {
  image: z
    .string()
    .optional()
    .describe('The image that the containers are made from; when `build` is there, too, the name of what is built.'),
  build: build.optional().describe('How the image is built: the context, or a mapping with all options.'),
  command: command.optional().describe('What the containers run, instead of the image’s own command.'),
  entrypoint: command.optional().describe('What runs the command, instead of the image’s own entrypoint.'),
  environment: keyValues.optional().describe('Environment variables; one without a value is taken from the shell.'),
  env_file: envFile.optional().describe('Files with environment variables; `environment` wins over them.'),
  working_dir: z.string().optional().describe('The folder in which the command runs.'),
  user: z.string().optional().describe('The user, or `user:group`, who runs the command.'),
  container_name: containerName.optional().describe('A name of your own for the one container of this service.'),
  hostname: z.string().optional().describe('The host name inside the container.'),
  domainname: z.string().optional().describe('The domain name inside the container.'),
  init: flag.optional().describe('Runs a small init process that passes signals on and reaps processes.'),
  tty: flag.optional().describe('Gives the container a terminal.'),
  stdin_open: flag.optional().describe('Keeps the standard input open.'),
  restart: z
    .string()
    .optional()
    .describe('When a container that ends is started again: `no`, `always`, `on-failure` or `unless-stopped`.'),
  stop_grace_period: z
    .string()
    .optional()
    .describe('How long a container gets to end before it is killed, such as `10s`.'),
  stop_signal: z.string().optional().describe('The signal that asks the container to end, such as `SIGTERM`.'),
  healthcheck: healthcheck.optional().describe('How to tell whether the container works.'),
  pull_policy: pullPolicy
    .optional()
    .describe('When the image is pulled: `always`, `never`, `missing`, `build`, `daily`, …'),
  pull_refresh_after: z.string().optional().describe('After which time the image is pulled again.'),
  platform: z.string().optional().describe('The platform to run on, such as `linux/amd64`.'),
  profiles: uniqueTexts.optional().describe('The profiles that switch the service on; without any it is always on.'),
  scale: wholeOrText.optional().describe('How many containers of the service there are.'),
  extends: extendsForm.optional().describe('Another service that this one starts from.'),
  depends_on: dependsOn.optional().describe('The services that must be there first.'),
  deploy: deploy.optional().describe('How many containers there are, and what they may use.'),
  develop: develop.optional().describe('What happens to running containers when files change.'),
  provider: provider.optional().describe('A program that runs the service in the place of containers.'),
  attach: flag.optional().describe('Whether the logs of the service are shown.'),
  post_start: z.array(hook).optional().describe('Commands that run in the container after it has started.'),
  pre_start: z
    .array(startHook)
    .optional()
    .describe('Commands that run, each in a container of its own, before the service starts.'),
  pre_stop: z.array(hook).optional().describe('Commands that run in the container before it is stopped.'),
}

const files: Readonly<Record<string, z.ZodType>> = {
  volumes: volumes
    .optional()
    .describe('Folders and volumes that the container sees: `source:target[:ro]`, or mappings.'),
  volumes_from: uniqueTexts.optional().describe('Services or containers whose volumes are mounted, too.'),
  tmpfs: textOrTexts.optional().describe('Paths that are kept in memory.'),
  configs: fileReferences.optional().describe('Configs that the container can read.'),
  secrets: fileReferences.optional().describe('Secrets that the container can read.'),
  read_only: flag.optional().describe('Makes the container’s own file system read-only.'),
  shm_size: numberOrText.optional().describe('The size of `/dev/shm`, such as `64m`.'),
  storage_opt: storageOptions.optional().describe('Options of the storage driver.'),
}

const network: Readonly<Record<string, z.ZodType>> = {
  ports: ports.optional().describe('Ports that the host publishes: `[host:]container`, or mappings.'),
  expose: textOrNumberList.optional().describe('Ports that other services reach, and the host does not publish.'),
  networks: serviceNetworks.optional().describe('The networks that the service is on.'),
  network_mode: z
    .string()
    .optional()
    .describe('Another network than one’s own: `host`, `none`, `service:name` or `container:name`.'),
  links: uniqueTexts.optional().describe('Services that are also found under another name: `service:alias`.'),
  external_links: uniqueTexts.optional().describe('Containers outside of this project that are found under a name.'),
  extra_hosts: extraHosts.optional().describe('Host names that the container knows, as `host=address`.'),
  dns: textOrTexts.optional().describe('DNS servers.'),
  dns_opt: uniqueTexts.optional().describe('Options for the DNS resolver.'),
  dns_search: textOrTexts.optional().describe('Domains that short names are looked up in.'),
  mac_address: z.string().optional().describe('A fixed MAC address.'),
}

const meta: Readonly<Record<string, z.ZodType>> = {
  labels: keyValues.optional().describe('Labels for the containers.'),
  label_file: z.union([z.string(), texts]).optional().describe('Files with labels.'),
  annotations: keyValues.optional().describe('Annotations for the containers.'),
  logging: logging.optional().describe('Where logs go.'),
  models: serviceModels.optional().describe('Language models that the service uses.'),
  'x-stack': stackSettings.optional().describe('Settings of Stack that other tools ignore.'),
  'x-tier': z.string().optional().describe('The tier that the service stands in: one of the top-level `x-tiers`.'),
}

const limits: Readonly<Record<string, z.ZodType>> = {
  cpus: numberOrText.optional().describe('How many CPUs a container may use, such as `0.5`.'),
  cpu_count: countOrText.optional().describe('How many CPUs a container may use (Windows).'),
  cpu_percent: z
    .union([z.string(), whole.min(0).max(100)])
    .optional()
    .describe('The share of all CPUs that a container may use (Windows).'),
  cpu_shares: numberOrText.optional().describe('The weight against other containers when CPUs are scarce.'),
  cpu_quota: numberOrText.optional().describe('The CPU time in each period, in microseconds.'),
  cpu_period: numberOrText.optional().describe('The length of a CPU period, in microseconds.'),
  cpu_rt_period: numberOrText.optional().describe('The length of a real-time CPU period, in microseconds.'),
  cpu_rt_runtime: numberOrText.optional().describe('The real-time CPU time in each period, in microseconds.'),
  cpuset: z.string().optional().describe('The CPUs that may be used, such as `0-3` or `0,2`.'),
  mem_limit: numberOrText.optional().describe('How much memory a container may use, such as `512m`.'),
  mem_reservation: wholeOrText.optional().describe('How much memory a container is sure to get.'),
  mem_swappiness: wholeOrText.optional().describe('How readily memory is swapped out, from 0 to 100.'),
  memswap_limit: numberOrText.optional().describe('Memory and swap together; `-1` for no limit.'),
  oom_kill_disable: flag.optional().describe('Keeps the container from being killed when memory runs out.'),
  oom_score_adj: z
    .union([z.string(), whole.min(-1000).max(1000)])
    .optional()
    .describe('How readily it is killed when memory runs out, from -1000 to 1000.'),
  pids_limit: numberOrText.optional().describe('How many processes a container may have; `-1` for no limit.'),
  blkio_config: blkio.optional().describe('Limits of block I/O.'),
  ulimits: ulimits.optional().describe('Resource limits of the processes, such as `nofile`.'),
}

const isolation: Readonly<Record<string, z.ZodType>> = {
  privileged: flag.optional().describe('Gives the container all privileges.'),
  cap_add: uniqueTexts.optional().describe('Linux capabilities to add.'),
  cap_drop: uniqueTexts.optional().describe('Linux capabilities to take away.'),
  cgroup: z.enum(['host', 'private']).optional().describe('The cgroup namespace.'),
  cgroup_parent: z.string().optional().describe('The parent cgroup.'),
  credential_spec: mapping('a credential spec', {
    config: z.string().optional().describe('The config that holds it.'),
    file: z.string().optional().describe('The file that holds it.'),
    registry: z.string().optional().describe('The registry value that holds it.'),
  })
    .optional()
    .describe('Credentials of a managed service account (Windows).'),
  device_cgroup_rules: uniqueTexts.optional().describe('Rules for the devices that the container may use.'),
  devices: devices.optional().describe('Devices of the host that the container sees: `host[:container[:rwm]]`.'),
  gpus: z
    .union([z.enum(['all']), gpuRequests])
    .optional()
    .describe('GPUs that the container may use.'),
  group_add: textOrNumberList.optional().describe('More groups for the container’s user.'),
  ipc: z.string().optional().describe('The IPC namespace: `host`, `shareable`, `service:name` or `container:name`.'),
  isolation: z.string().optional().describe('How the container is isolated (Windows).'),
  pid: textOrNothing.optional().describe('The process namespace: `host`, `service:name` or `container:name`.'),
  runtime: z.string().optional().describe('The OCI runtime to use.'),
  security_opt: uniqueTexts.optional().describe('Security options, such as `no-new-privileges:true`.'),
  sysctls: keyValues.optional().describe('Kernel parameters to set.'),
  use_api_socket: z.boolean().optional().describe('Lets the container use the engine’s API.'),
  userns_mode: z.string().optional().describe('The user namespace.'),
  uts: z.string().optional().describe('The UTS namespace.'),
}

/** A service. */
export const service: z.ZodType = mapping('a service', {
  ...run,
  ...files,
  ...network,
  ...meta,
  ...limits,
  ...isolation,
}).meta({ id: 'service' })
