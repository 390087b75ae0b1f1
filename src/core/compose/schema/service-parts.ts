import {
  driverOptions,
  flag,
  hook,
  keyValues,
  numberOrText,
  textOrTexts,
  texts,
  uniqueTexts,
  wholeOrText,
} from './forms.ts'
import {
  boolean,
  entries,
  key,
  list,
  mapping,
  nothing,
  number,
  objectName,
  oneOf,
  requiredKey,
  text,
  textLike,
  uniqueList,
  whole,
  wholeBetween,
  word,
  type Shape,
} from './shape.ts'

/** The larger values of a service, one by one. */

export const dependsOn: Shape = oneOf(
  uniqueTexts,
  entries(
    'a mapping of services',
    mapping('a dependency', {
      restart: key(flag, 'Restarts this service, too, when that one is restarted.'),
      required: key(boolean, 'Whether it is an error when that service is not there.'),
      condition: requiredKey(
        word('service_started', 'service_healthy', 'service_completed_successfully'),
        'What to wait for: that it runs, that it is healthy, or that it has ended well.',
      ),
    }),
    { names: objectName },
  ),
)

export const devices: Shape = list(
  oneOf(
    text,
    mapping('a device', {
      source: requiredKey(text, 'The device on the host, or the name of a CDI device.'),
      target: key(text, 'Where the container finds it.'),
      permissions: key(text, 'What the container may do: any of `r`, `w` and `m`.'),
    }),
  ),
)

const limits = (what: string): Shape =>
  list(
    mapping(
      'a device limit',
      { path: key(text, 'The device, such as `/dev/sda`.'), rate: key(wholeOrText, what) },
      { extensible: false },
    ),
  )

export const blkio: Shape = mapping(
  'a block I/O configuration',
  {
    device_read_bps: key(limits('Bytes a second.'), 'How many bytes a second may be read from a device.'),
    device_read_iops: key(limits('Operations a second.'), 'How many reads a second a device may see.'),
    device_write_bps: key(limits('Bytes a second.'), 'How many bytes a second may be written to a device.'),
    device_write_iops: key(limits('Operations a second.'), 'How many writes a second a device may see.'),
    weight: key(wholeOrText, 'The share of block I/O against other containers, from 10 to 1000.'),
    weight_device: key(
      list(
        mapping(
          'a device weight',
          {
            path: key(text, 'The device, such as `/dev/sda`.'),
            weight: key(wholeOrText, 'Its share, from 10 to 1000.'),
          },
          { extensible: false },
        ),
      ),
      'The share of block I/O of single devices.',
    ),
  },
  { extensible: false },
)

export const envFile: Shape = oneOf(
  text,
  list(
    oneOf(
      text,
      mapping(
        'an env file',
        {
          path: requiredKey(text, 'The file.'),
          format: key(text, '`raw` takes lines literally, without quotes and variables.'),
          required: key(flag, 'Whether it is an error when the file is not there.'),
        },
        { extensible: false },
      ),
    ),
  ),
)

export const extendsForm: Shape = oneOf(
  text,
  mapping(
    'an extension',
    {
      service: requiredKey(text, 'The service to start from.'),
      file: key(text, 'The file in which that service is; this one when left out.'),
    },
    { extensible: false },
  ),
)

const plain: Shape = oneOf(text, number, boolean)
export const provider: Shape = mapping('a provider', {
  type: requiredKey(text, 'The program that manages the service.'),
  options: key(
    entries('a mapping of options', oneOf(text, number, boolean, list(plain)), { loose: true }),
    'Options for that program.',
  ),
})

export const healthcheck: Shape = mapping('a healthcheck', {
  disable: key(flag, 'Switches the image’s own check off.'),
  interval: key(text, 'The time between two checks, such as `10s`.'),
  retries: key(numberOrText, 'How many failures in a row make the container unhealthy.'),
  test: key(oneOf(text, texts), 'The check: text is run by a shell; a list starts with `CMD`, `CMD-SHELL` or `NONE`.'),
  timeout: key(text, 'How long one check may take.'),
  start_period: key(text, 'How long failures do not count after the start.'),
  start_interval: key(text, 'The time between two checks during the start period.'),
})

export const logging: Shape = mapping('a logging configuration', {
  driver: key(text, 'The log driver, such as `json-file` or `journald`.'),
  options: key(
    entries('a mapping of options', oneOf(text, number, nothing), { loose: true }),
    'Options of the driver, such as `max-size`.',
  ),
})

export const serviceModels: Shape = oneOf(
  uniqueTexts,
  entries(
    'a mapping of models',
    oneOf(
      mapping('a model of a service', {
        endpoint_var: key(text, 'The variable that gets the address of the model.'),
        model_var: key(text, 'The variable that gets the name of the model.'),
      }),
      nothing,
    ),
    { names: objectName, loose: true },
  ),
)

export const serviceNetworks: Shape = oneOf(
  uniqueTexts,
  entries(
    'a mapping of networks',
    oneOf(
      mapping('a network of a service', {
        aliases: key(uniqueTexts, 'More names under which the service is found on this network.'),
        interface_name: key(text, 'The name of the network interface in the container.'),
        ipv4_address: key(text, 'A fixed IPv4 address.'),
        ipv6_address: key(text, 'A fixed IPv6 address.'),
        link_local_ips: key(uniqueTexts, 'Link-local addresses.'),
        mac_address: key(text, 'A fixed MAC address.'),
        driver_opts: key(driverOptions, 'Options for the network’s driver.'),
        priority: key(number, 'The network with the highest one is connected first.'),
        gw_priority: key(number, 'The network with the highest one is the default gateway.'),
      }),
      nothing,
    ),
    { names: objectName },
  ),
)

export const ports: Shape = uniqueList(
  oneOf(
    number,
    text,
    mapping('a port', {
      name: key(text, 'A name for people.'),
      mode: key(text, '`host` publishes on each node, `ingress` balances over all.'),
      host_ip: key(text, 'The address of the host to listen on; all when left out.'),
      target: key(wholeOrText, 'The port in the container.'),
      published: key(oneOf(text, whole), 'The port on the host, or a range to choose from; a free one when left out.'),
      protocol: key(text, '`tcp` or `udp`.'),
      app_protocol: key(text, 'What is spoken on the port, such as `http`.'),
    }),
  ),
)

export const volumes: Shape = uniqueList(
  oneOf(
    text,
    mapping('a volume of a service', {
      type: requiredKey(word('bind', 'volume', 'tmpfs', 'cluster', 'npipe', 'image'), 'What is mounted.'),
      source: key(text, 'The folder on the host, the name of the volume, or the image.'),
      target: key(text, 'Where the container finds it.'),
      read_only: key(flag, 'Keeps the container from writing to it.'),
      consistency: key(text, 'How soon both sides see changes; depends on the platform.'),
      bind: key(
        mapping('bind options', {
          propagation: key(text, 'How mounts made below it spread, such as `rshared`.'),
          create_host_path: key(flag, 'Makes the folder on the host when it is missing.'),
          recursive: key(word('enabled', 'disabled', 'writable', 'readonly'), 'What happens to mounts below it.'),
          selinux: key(word('z', 'Z'), 'The SELinux label: `z` shared, `Z` private.'),
        }),
        'Options of a bind mount.',
      ),
      volume: key(
        mapping('volume options', {
          labels: key(keyValues, 'Labels for a volume that is made for this mount.'),
          nocopy: key(flag, 'Does not copy what the image has at the target.'),
          subpath: key(text, 'The folder in the volume that is mounted.'),
        }),
        'Options of a volume.',
      ),
      tmpfs: key(
        mapping('tmpfs options', {
          size: key(oneOf(wholeBetween(0), text), 'How large it may grow, such as `64m`.'),
          mode: key(numberOrText, 'The permissions in octal.'),
        }),
        'Options of a file system in memory.',
      ),
      image: key(
        mapping('image options', { subpath: key(text, 'The folder in the image that is mounted.') }),
        'Options of an image mount.',
      ),
    }),
  ),
)

export const develop: Shape = oneOf(
  mapping('a development configuration', {
    watch: key(
      list(
        mapping('a watch rule', {
          path: requiredKey(textLike(/./, 'a path'), 'The file or folder to watch.'),
          action: requiredKey(
            word('rebuild', 'sync', 'restart', 'sync+restart', 'sync+exec'),
            'What to do on a change: build anew, copy, restart, or copy and then restart or run a command.',
          ),
          ignore: key(textOrTexts, 'Patterns of files that do not count.'),
          include: key(textOrTexts, 'Patterns of files that count; all others do not.'),
          target: key(text, 'Where the files are copied to in the container.'),
          exec: key(hook, 'The command to run after copying, with `sync+exec`.'),
          initial_sync: key(boolean, 'Copies once when watching starts.'),
        }),
      ),
      'What happens when files change.',
    ),
  }),
  nothing,
)
