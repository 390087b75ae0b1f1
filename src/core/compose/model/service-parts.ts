import {
  choice,
  field,
  flag,
  itemText,
  listOf,
  mapOf,
  single,
  struct,
  text,
  unsigned,
  whole,
  wholeOrZero,
} from './codec.ts'
import {
  bytes,
  command,
  deviceCount,
  duration,
  durationOrNothing,
  environment,
  extraHosts,
  fileMode,
  healthTest,
  labels,
  mountTarget,
  multiOptions,
  options,
  sshKeys,
  textList,
  ulimit,
} from './texts.ts'

const texts = listOf(itemText)

export const fileReferences = listOf(
  struct([
    field('source', text),
    field('target', text),
    field('uid', text),
    field('gid', text),
    field('mode', fileMode),
  ]),
)

export const ulimits = mapOf(ulimit)

export const build = struct([
  field('context', text),
  field('dockerfile', text),
  field('dockerfile_inline', text),
  field('entitlements', texts),
  field('args', environment),
  field('provenance', text),
  field('sbom', text),
  field('ssh', sshKeys),
  field('labels', labels),
  field('cache_from', textList),
  field('cache_to', textList),
  field('no_cache', flag),
  field('no_cache_filter', textList),
  field('additional_contexts', labels),
  field('pull', flag),
  field('extra_hosts', extraHosts),
  field('isolation', text),
  field('network', text),
  field('target', text),
  field('secrets', fileReferences),
  field('shm_size', bytes),
  field('tags', textList),
  field('ulimits', ulimits),
  field('platforms', textList),
  field('privileged', flag),
])

const hookFields = [
  field('command', command, { jsonEmpty: null }),
  field('user', text),
  field('privileged', flag),
  field('working_dir', text),
  field('environment', environment),
]
export const hooks = listOf(struct(hookFields))
export const startHooks = listOf(struct([...hookFields, field('image', text), field('per_replica', flag)]))

export const develop = struct([
  field(
    'watch',
    listOf(
      struct([
        field('path', text),
        field('action', text),
        field('target', text),
        field('exec', struct(hookFields, { keepEmpty: false }), { jsonEmpty: { command: null } }),
        field('include', textList),
        field('ignore', textList),
        field('initial_sync', flag),
      ]),
    ),
  ),
])

const throttle = listOf(
  struct([
    field('path', text, { jsonName: 'Path', jsonEmpty: '' }),
    field('rate', bytes, { jsonName: 'Rate', jsonEmpty: '0' }),
  ]),
)
export const blkio = struct([
  field('weight', unsigned(16)),
  field(
    'weight_device',
    listOf(
      struct([
        field('path', text, { jsonName: 'Path', jsonEmpty: '' }),
        field('weight', unsigned(16), { jsonName: 'Weight', jsonEmpty: 0 }),
      ]),
    ),
  ),
  field('device_read_bps', throttle),
  field('device_read_iops', throttle),
  field('device_write_bps', throttle),
  field('device_write_iops', throttle),
])

export const deviceRequests = listOf(
  struct([
    field('capabilities', texts),
    field('driver', text),
    field('count', deviceCount),
    field('device_ids', texts),
    field('options', labels),
  ]),
)

const resource = struct([
  field('cpus', single),
  field('memory', bytes),
  field('pids', whole),
  field('devices', deviceRequests),
  field(
    'generic_resources',
    listOf(
      struct([
        field(
          'discrete_resource_spec',
          struct([field('kind', text, { jsonEmpty: '' }), field('value', whole, { jsonEmpty: 0 })]),
        ),
      ]),
    ),
  ),
])

const updateConfig = struct([
  field('parallelism', unsigned(64, { zero: true })),
  field('delay', durationOrNothing),
  field('failure_action', text),
  field('monitor', durationOrNothing),
  field('max_failure_ratio', single),
  field('order', text),
])

export const deploy = struct([
  field('mode', text),
  field('replicas', wholeOrZero),
  field('labels', labels),
  field('update_config', updateConfig),
  field('rollback_config', updateConfig),
  field('resources', struct([field('limits', resource), field('reservations', resource)], { keepEmpty: false }), {
    jsonEmpty: {},
  }),
  field(
    'restart_policy',
    struct([
      field('condition', text),
      field('delay', duration),
      field('max_attempts', unsigned(64, { zero: true })),
      field('window', duration),
    ]),
  ),
  field(
    'placement',
    struct(
      [
        field('constraints', texts),
        field('preferences', listOf(struct([field('spread', text)]))),
        field('max_replicas_per_node', unsigned(64)),
      ],
      { keepEmpty: false },
    ),
    { jsonEmpty: {} },
  ),
  field('endpoint_mode', text),
])

export const healthcheck = struct([
  field('test', healthTest),
  field('timeout', duration),
  field('interval', duration),
  field('retries', unsigned(64, { zero: true })),
  field('start_period', duration),
  field('start_interval', duration),
  field('disable', flag),
])

export const ports = listOf(
  struct([
    field('name', text),
    field('mode', text),
    field('host_ip', text),
    field('target', unsigned(32)),
    field('published', text),
    field('protocol', text),
    field('app_protocol', text),
  ]),
)

export const volumes = listOf(
  struct([
    field('type', text),
    field('source', text),
    field('target', mountTarget),
    field('read_only', flag),
    field('consistency', text),
    field(
      'bind',
      struct([
        field('selinux', text),
        field('propagation', text),
        field('create_host_path', flag),
        field('recursive', text),
      ]),
    ),
    field('volume', struct([field('labels', labels), field('nocopy', flag), field('subpath', text)])),
    field('tmpfs', struct([field('size', bytes), field('mode', unsigned(32))])),
    field('image', struct([field('subpath', text)])),
  ]),
)

export const networks = mapOf(
  struct([
    field('aliases', texts),
    field('driver_opts', options),
    field('gw_priority', whole),
    field('interface_name', text),
    field('ipv4_address', text),
    field('ipv6_address', text),
    field('link_local_ips', texts),
    field('mac_address', text),
    field('priority', whole),
  ]),
)

export const dependsOn = mapOf(
  struct([field('condition', text), field('restart', flag), field('required', choice, { jsonEmpty: false })]),
)
export const devices = listOf(struct([field('source', text), field('target', text), field('permissions', text)]))
export const envFiles = listOf(
  struct([field('path', text), field('required', choice, { jsonEmpty: false }), field('format', text)]),
)
export const credentialSpec = struct([field('config', text), field('file', text), field('registry', text)])
export const logging = struct([field('driver', text), field('options', options)])
export const provider = struct([field('type', text), field('options', multiOptions)])
export const models = mapOf(struct([field('endpoint_var', text), field('model_var', text)]))
