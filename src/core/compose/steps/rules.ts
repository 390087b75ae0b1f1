/** What becomes of an interpolated text at a place that wants a number or a boolean. */
export type Cast = 'int' | 'float' | 'bool'
/** How an override's value meets the one before; without a rule mappings merge, lists append, scalars are replaced. */
export type MergeRule =
  | 'replace'
  | 'sequence'
  | 'build'
  | 'dependsOn'
  | 'networks'
  | 'models'
  | 'extraHosts'
  | 'logging'
  | 'ulimit'
  | 'ipam'
/** By what two items of a list are the same one. */
export type UniqueRule = 'keyValue' | 'mount' | 'expose' | 'port' | 'envFile' | 'config' | 'secret' | 'device'
/** How a path in a value is made absolute. */
export type PathRule = 'path' | 'context' | 'extends' | 'watch' | 'back' | 'mount' | 'file' | 'driverOpts'
/** The short form that a value may have. */
export type FormRule =
  | 'build'
  | 'dependsOn'
  | 'envFile'
  | 'list'
  | 'extends'
  | 'gpus'
  | 'networks'
  | 'models'
  | 'mount'
  | 'device'
  | 'fileReference'
  | 'ports'
  | 'ssh'
  | 'ulimit'
  | 'keyValue'
  | 'external'
  | 'include'
  | 'watch'
export type DefaultRule = 'build' | 'secret' | 'port' | 'deviceRequest'

/** Everything that the loading rules say about one place of a stack file, and about the places below it. */
export type Rule = {
  readonly below: ReadonlyMap<string, Rule>
  readonly any: Rule | undefined
  readonly cast?: Cast
  readonly merge?: MergeRule
  readonly unique?: UniqueRule
  readonly path?: PathRule
  readonly form?: FormRule
  readonly default?: DefaultRule
  /** Whether this place or one below has such a rule: the steps that look for one skip everything else. */
  readonly has: ReadonlySet<'cast' | 'merge' | 'unique' | 'path' | 'form' | 'default'>
}

type Facet = 'cast' | 'merge' | 'unique' | 'path' | 'form' | 'default'

// Patterns as the Compose implementation has them; `*` is any key or any item of a list.
const casts: Readonly<Record<Cast, readonly string[]>> = {
  int: [
    'services.*.cpu_count',
    'services.*.cpu_period',
    'services.*.cpu_quota',
    'services.*.cpu_rt_period',
    'services.*.cpu_rt_runtime',
    'services.*.cpu_shares',
    'services.*.deploy.replicas',
    'services.*.deploy.update_config.parallelism',
    'services.*.deploy.rollback_config.parallelism',
    'services.*.deploy.restart_policy.max_attempts',
    'services.*.deploy.placement.max_replicas_per_node',
    'services.*.healthcheck.retries',
    'services.*.oom_score_adj',
    'services.*.pids_limit',
    'services.*.ports.*.target',
    'services.*.scale',
    'services.*.ulimits.*',
    'services.*.ulimits.*.hard',
    'services.*.ulimits.*.soft',
  ],
  float: [
    'services.*.cpu_percent',
    'services.*.cpus',
    'services.*.deploy.update_config.max_failure_ratio',
    'services.*.deploy.rollback_config.max_failure_ratio',
  ],
  bool: [
    'services.*.init',
    'services.*.depends_on.*.restart',
    'services.*.healthcheck.disable',
    'services.*.oom_kill_disable',
    'services.*.privileged',
    'services.*.read_only',
    'services.*.stdin_open',
    'services.*.tty',
    'services.*.volumes.*.read_only',
    'services.*.volumes.*.volume.nocopy',
    'networks.*.external',
    'networks.*.internal',
    'networks.*.attachable',
    'networks.*.enable_ipv4',
    'networks.*.enable_ipv6',
    'volumes.*.external',
    'secrets.*.external',
    'configs.*.external',
  ],
}

const merges: Readonly<Record<MergeRule, readonly string[]>> = {
  replace: ['services.*.command', 'services.*.entrypoint', 'services.*.healthcheck.test'],
  sequence: [
    'networks.*.labels',
    'volumes.*.labels',
    'services.*.annotations',
    'services.*.build.args',
    'services.*.build.additional_contexts',
    'services.*.build.labels',
    'services.*.deploy.labels',
    'services.*.dns',
    'services.*.dns_opt',
    'services.*.dns_search',
    'services.*.env_file',
    'services.*.label_file',
    'services.*.environment',
    'services.*.labels',
    'services.*.sysctls',
    'services.*.tmpfs',
    'services.*.volumes.*.volume.labels',
  ],
  build: ['services.*.build'],
  dependsOn: ['services.*.depends_on'],
  networks: ['services.*.networks'],
  models: ['services.*.models'],
  extraHosts: ['services.*.extra_hosts', 'services.*.build.extra_hosts'],
  logging: ['services.*.logging'],
  ulimit: ['services.*.ulimits.*'],
  ipam: ['networks.*.ipam.config'],
}

const uniques: Readonly<Record<UniqueRule, readonly string[]>> = {
  keyValue: [
    'networks.*.labels',
    'networks.*.ipam.options',
    'services.*.annotations',
    'services.*.build.args',
    'services.*.build.additional_contexts',
    'services.*.build.platform',
    'services.*.build.tags',
    'services.*.build.labels',
    'services.*.cap_add',
    'services.*.cap_drop',
    'services.*.deploy.labels',
    'services.*.dns',
    'services.*.dns_opt',
    'services.*.dns_search',
    'services.*.environment',
    'services.*.labels',
    'services.*.links',
    'services.*.networks.*.aliases',
    'services.*.networks.*.link_local_ips',
    'services.*.profiles',
    'services.*.sysctls',
    'services.*.tmpfs',
  ],
  mount: ['services.*.volumes'],
  device: ['services.*.devices'],
  config: ['services.*.configs'],
  secret: ['services.*.secrets'],
  envFile: ['services.*.env_file'],
  expose: ['services.*.expose'],
  port: ['services.*.ports'],
}

const pathRules: Readonly<Record<PathRule, readonly string[]>> = {
  context: ['services.*.build.context', 'services.*.build.additional_contexts.*'],
  path: ['services.*.build.ssh.*', 'services.*.env_file.*.path', 'services.*.label_file.*'],
  extends: ['services.*.extends.file'],
  watch: ['services.*.develop.watch.*.path'],
  back: ['services.*.x-stack.watch.*.path'],
  mount: ['services.*.volumes.*'],
  file: ['configs.*.file', 'secrets.*.file'],
  driverOpts: ['volumes.*'],
}

const forms: Readonly<Record<FormRule, readonly string[]>> = {
  build: ['services.*.build'],
  fileReference: ['services.*.build.secrets.*', 'services.*.secrets.*', 'services.*.configs.*'],
  keyValue: ['services.*.build.additional_contexts'],
  dependsOn: ['services.*.depends_on'],
  envFile: ['services.*.env_file'],
  list: ['services.*.label_file', 'services.*.dns'],
  extends: ['services.*.extends'],
  gpus: ['services.*.gpus'],
  networks: ['services.*.networks'],
  models: ['services.*.models'],
  mount: ['services.*.volumes.*'],
  watch: ['services.*.develop.watch'],
  device: ['services.*.devices.*'],
  ports: ['services.*.ports'],
  ssh: ['services.*.build.ssh'],
  ulimit: ['services.*.ulimits.*', 'services.*.build.ulimits.*'],
  external: ['volumes.*', 'networks.*', 'secrets.*', 'configs.*'],
  include: ['include.*'],
}

const defaults: Readonly<Record<DefaultRule, readonly string[]>> = {
  build: ['services.*.build'],
  secret: ['services.*.secrets.*'],
  port: ['services.*.ports.*'],
  deviceRequest: ['services.*.deploy.resources.reservations.devices.*', 'services.*.gpus.*'],
}

type Draft = { readonly below: Map<string, Draft>; any: Draft | undefined; readonly has: Set<Facet> } & Partial<
  Record<Facet, string>
>

const newDraft = (): Draft => ({ below: new Map(), any: undefined, has: new Set() })

const plant = (root: Draft, facet: Facet, table: Readonly<Record<string, readonly string[]>>): void => {
  for (const [value, patterns] of Object.entries(table)) {
    for (const pattern of patterns) {
      let draft = root
      draft.has.add(facet)
      for (const part of pattern.split('.')) {
        draft = step(draft, part)
        draft.has.add(facet)
      }
      draft[facet] = value
    }
  }
}

const step = (draft: Draft, part: string): Draft => {
  const known = part === '*' ? draft.any : draft.below.get(part)
  if (known !== undefined) return known
  const next = newDraft()
  if (part === '*') draft.any = next
  else draft.below.set(part, next)
  return next
}

const build = (): Rule => {
  const root = newDraft()
  plant(root, 'cast', casts)
  plant(root, 'merge', merges)
  plant(root, 'unique', uniques)
  plant(root, 'path', pathRules)
  plant(root, 'form', forms)
  plant(root, 'default', defaults)
  return root as Rule
}

/** The rules of a whole stack file. */
export const documentRule: Rule = build()
/** The rules of one service. */
export const serviceRule: Rule = documentRule.below.get('services')!.any!

/** The rules of what is below a place. */
export const ruleBelow = (rule: Rule | undefined, key: string): Rule | undefined => rule?.below.get(key) ?? rule?.any
