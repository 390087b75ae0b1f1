import * as z from 'zod'
import { entries, mapping, objectName, textLike, unique, whole } from './zod-words.ts'
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

/** The larger values of a service, one by one. */

export const dependsOn: z.ZodType = z.union([
  uniqueTexts,
  entries(
    'a mapping of services',
    mapping('a dependency', {
      restart: flag.optional().describe('Restarts this service, too, when that one is restarted.'),
      required: z.boolean().optional().describe('Whether it is an error when that service is not there.'),
      condition: z
        .enum(['service_started', 'service_healthy', 'service_completed_successfully'])
        .describe('What to wait for: that it runs, that it is healthy, or that it has ended well.'),
    }),
    { names: objectName },
  ),
])

export const devices: z.ZodType = z.array(
  z.union([
    z.string(),
    mapping('a device', {
      source: z.string().describe('The device on the host, or the name of a CDI device.'),
      target: z.string().optional().describe('Where the container finds it.'),
      permissions: z.string().optional().describe('What the container may do: any of `r`, `w` and `m`.'),
    }),
  ]),
)

const limits = (what: string): z.ZodType =>
  z.array(
    mapping(
      'a device limit',
      {
        path: z.string().optional().describe('The device, such as `/dev/sda`.'),
        rate: wholeOrText.optional().describe(what),
      },
      { extensible: false },
    ),
  )

export const blkio: z.ZodType = mapping(
  'a block I/O configuration',
  {
    device_read_bps: limits('Bytes a second.')
      .optional()
      .describe('How many bytes a second may be read from a device.'),
    device_read_iops: limits('Operations a second.').optional().describe('How many reads a second a device may see.'),
    device_write_bps: limits('Bytes a second.')
      .optional()
      .describe('How many bytes a second may be written to a device.'),
    device_write_iops: limits('Operations a second.').optional().describe('How many writes a second a device may see.'),
    weight: wholeOrText.optional().describe('The share of block I/O against other containers, from 10 to 1000.'),
    weight_device: z
      .array(
        mapping(
          'a device weight',
          {
            path: z.string().optional().describe('The device, such as `/dev/sda`.'),
            weight: wholeOrText.optional().describe('Its share, from 10 to 1000.'),
          },
          { extensible: false },
        ),
      )
      .optional()
      .describe('The share of block I/O of single devices.'),
  },
  { extensible: false },
)

export const envFile: z.ZodType = z.union([
  z.string(),
  z.array(
    z.union([
      z.string(),
      mapping(
        'an env file',
        {
          path: z.string().describe('The file.'),
          format: z.string().optional().describe('`raw` takes lines literally, without quotes and variables.'),
          required: flag.optional().describe('Whether it is an error when the file is not there.'),
        },
        { extensible: false },
      ),
    ]),
  ),
])

export const extendsForm: z.ZodType = z.union([
  z.string(),
  mapping(
    'an extension',
    {
      service: z.string().describe('The service to start from.'),
      file: z.string().optional().describe('The file in which that service is; this one when left out.'),
    },
    { extensible: false },
  ),
])

const plain: z.ZodType = z.union([z.string(), z.number(), z.boolean()])
export const provider: z.ZodType = mapping('a provider', {
  type: z.string().describe('The program that manages the service.'),
  options: entries('a mapping of options', z.union([z.string(), z.number(), z.boolean(), z.array(plain)]), {
    loose: true,
  })
    .optional()
    .describe('Options for that program.'),
})

export const healthcheck: z.ZodType = mapping('a healthcheck', {
  disable: flag.optional().describe('Switches the image’s own check off.'),
  interval: z.string().optional().describe('The time between two checks, such as `10s`.'),
  retries: numberOrText.optional().describe('How many failures in a row make the container unhealthy.'),
  test: z
    .union([z.string(), texts])
    .optional()
    .describe('The check: text is run by a shell; a list starts with `CMD`, `CMD-SHELL` or `NONE`.'),
  timeout: z.string().optional().describe('How long one check may take.'),
  start_period: z.string().optional().describe('How long failures do not count after the start.'),
  start_interval: z.string().optional().describe('The time between two checks during the start period.'),
})

export const logging: z.ZodType = mapping('a logging configuration', {
  driver: z.string().optional().describe('The log driver, such as `json-file` or `journald`.'),
  options: entries('a mapping of options', z.union([z.string(), z.number(), z.null()]), { loose: true })
    .optional()
    .describe('Options of the driver, such as `max-size`.'),
})

export const serviceModels: z.ZodType = z.union([
  uniqueTexts,
  entries(
    'a mapping of models',
    z.union([
      mapping('a model of a service', {
        endpoint_var: z.string().optional().describe('The variable that gets the address of the model.'),
        model_var: z.string().optional().describe('The variable that gets the name of the model.'),
      }),
      z.null(),
    ]),
    { names: objectName, loose: true },
  ),
])

export const serviceNetworks: z.ZodType = z.union([
  uniqueTexts,
  entries(
    'a mapping of networks',
    z.union([
      mapping('a network of a service', {
        aliases: uniqueTexts.optional().describe('More names under which the service is found on this network.'),
        interface_name: z.string().optional().describe('The name of the network interface in the container.'),
        ipv4_address: z.string().optional().describe('A fixed IPv4 address.'),
        ipv6_address: z.string().optional().describe('A fixed IPv6 address.'),
        link_local_ips: uniqueTexts.optional().describe('Link-local addresses.'),
        mac_address: z.string().optional().describe('A fixed MAC address.'),
        driver_opts: driverOptions.optional().describe('Options for the network’s driver.'),
        priority: z.number().optional().describe('The network with the highest one is connected first.'),
        gw_priority: z.number().optional().describe('The network with the highest one is the default gateway.'),
      }),
      z.null(),
    ]),
    { names: objectName },
  ),
])

export const ports: z.ZodType = unique(
  z.union([
    z.number(),
    z.string(),
    mapping('a port', {
      name: z.string().optional().describe('A name for people.'),
      mode: z.string().optional().describe('`host` publishes on each node, `ingress` balances over all.'),
      host_ip: z.string().optional().describe('The address of the host to listen on; all when left out.'),
      target: wholeOrText.optional().describe('The port in the container.'),
      published: z
        .union([z.string(), whole])
        .optional()
        .describe('The port on the host, or a range to choose from; a free one when left out.'),
      protocol: z.string().optional().describe('`tcp` or `udp`.'),
      app_protocol: z.string().optional().describe('What is spoken on the port, such as `http`.'),
    }),
  ]),
)

export const volumes: z.ZodType = unique(
  z.union([
    z.string(),
    mapping('a volume of a service', {
      type: z.enum(['bind', 'volume', 'tmpfs', 'cluster', 'npipe', 'image']).describe('What is mounted.'),
      source: z.string().optional().describe('The folder on the host, the name of the volume, or the image.'),
      target: z.string().optional().describe('Where the container finds it.'),
      read_only: flag.optional().describe('Keeps the container from writing to it.'),
      consistency: z.string().optional().describe('How soon both sides see changes; depends on the platform.'),
      bind: mapping('bind options', {
        propagation: z.string().optional().describe('How mounts made below it spread, such as `rshared`.'),
        create_host_path: flag.optional().describe('Makes the folder on the host when it is missing.'),
        recursive: z
          .enum(['enabled', 'disabled', 'writable', 'readonly'])
          .optional()
          .describe('What happens to mounts below it.'),
        selinux: z.enum(['z', 'Z']).optional().describe('The SELinux label: `z` shared, `Z` private.'),
      })
        .optional()
        .describe('Options of a bind mount.'),
      volume: mapping('volume options', {
        labels: keyValues.optional().describe('Labels for a volume that is made for this mount.'),
        nocopy: flag.optional().describe('Does not copy what the image has at the target.'),
        subpath: z.string().optional().describe('The folder in the volume that is mounted.'),
      })
        .optional()
        .describe('Options of a volume.'),
      tmpfs: mapping('tmpfs options', {
        size: z
          .union([whole.min(0), z.string()])
          .optional()
          .describe('How large it may grow, such as `64m`.'),
        mode: numberOrText.optional().describe('The permissions in octal.'),
      })
        .optional()
        .describe('Options of a file system in memory.'),
      image: mapping('image options', {
        subpath: z.string().optional().describe('The folder in the image that is mounted.'),
      })
        .optional()
        .describe('Options of an image mount.'),
    }),
  ]),
)

/** `watch` of a service's `x-stack`: off, or what comes back from the container. */
export const stackSettings: z.ZodType = z.union([
  mapping('settings of Stack', {
    watch: z
      .union([
        flag,
        z.array(
          mapping('a rule for files that come back', {
            path: textLike(/./, 'a path').describe('The folder or file of the project that they are brought to.'),
            target: textLike(/^\/./, 'an absolute path').describe('The folder or file in the container.'),
            direction: z
              .enum(['from', 'both'])
              .describe('`from` the container alone, or `both` ways; to the container is what `develop.watch` is for.'),
            include: textOrTexts.optional().describe('Patterns of files that count; all others do not.'),
            ignore: textOrTexts.optional().describe('Patterns of files that do not count.'),
          }),
        ),
      ])
      .optional()
      .describe('`false` turns watching off; a list says what is brought back from the container.'),
  }),
  z.null(),
])

export const develop: z.ZodType = z.union([
  mapping('a development configuration', {
    watch: z
      .array(
        mapping('a watch rule', {
          path: textLike(/./, 'a path').describe('The file or folder to watch.'),
          action: z
            .enum(['rebuild', 'sync', 'restart', 'sync+restart', 'sync+exec'])
            .describe('What to do on a change: build anew, copy, restart, or copy and then restart or run a command.'),
          ignore: textOrTexts.optional().describe('Patterns of files that do not count.'),
          include: textOrTexts.optional().describe('Patterns of files that count; all others do not.'),
          target: z.string().optional().describe('Where the files are copied to in the container.'),
          exec: hook.optional().describe('The command to run after copying, with `sync+exec`.'),
          initial_sync: z.boolean().optional().describe('Copies once when watching starts.'),
        }),
      )
      .optional()
      .describe('What happens when files change.'),
  }),
  z.null(),
])
