import * as z from 'zod'
import { entries, mapping, objectName, whole } from './zod-words.ts'
import { driverOptions, external, flag, keyValues, looseExternal, textOrTexts, texts } from './forms.ts'
import { service } from './service.ts'

const ipam = mapping('an address configuration', {
  driver: z.string().optional().describe('The driver that hands out addresses.'),
  config: z
    .array(
      mapping('a subnet', {
        subnet: z.string().optional().describe('The subnet, such as `172.28.0.0/16`.'),
        ip_range: z.string().optional().describe('The part of it from which containers get addresses.'),
        gateway: z.string().optional().describe('The address of the gateway.'),
        aux_addresses: entries('a mapping of addresses', z.string())
          .optional()
          .describe('Addresses that are taken, by host name.'),
      }),
    )
    .optional()
    .describe('The subnets of the network.'),
  options: entries('a mapping of options', z.string()).optional().describe('Options of that driver.'),
})

export const network: z.ZodType = z
  .union([
    mapping('a network', {
      name: z.string().optional().describe('The real name; otherwise the project’s name stands before the key.'),
      driver: z.string().optional().describe('The driver, such as `bridge` or `overlay`.'),
      driver_opts: driverOptions.optional().describe('Options of the driver.'),
      ipam: ipam.optional().describe('How addresses are handed out.'),
      external: external.optional().describe('It exists already and is neither made nor removed.'),
      internal: flag.optional().describe('Cuts the network off from the outside.'),
      enable_ipv4: flag.optional().describe('Whether there are IPv4 addresses.'),
      enable_ipv6: flag.optional().describe('Whether there are IPv6 addresses.'),
      attachable: flag.optional().describe('Lets other containers join the network.'),
      labels: keyValues.optional().describe('Labels for the network.'),
    }),
    z.null(),
  ])
  .meta({ id: 'network' })

export const volume: z.ZodType = z
  .union([
    mapping('a volume', {
      name: z.string().optional().describe('The real name; otherwise the project’s name stands before the key.'),
      driver: z.string().optional().describe('The driver.'),
      driver_opts: driverOptions.optional().describe('Options of the driver.'),
      external: external.optional().describe('It exists already and is neither made nor removed.'),
      labels: keyValues.optional().describe('Labels for the volume.'),
    }),
    z.null(),
  ])
  .meta({ id: 'volume' })

export const secret: z.ZodType = mapping('a secret', {
  name: z.string().optional().describe('The real name.'),
  environment: z.string().optional().describe('The environment variable that holds the secret.'),
  file: z.string().optional().describe('The file that holds the secret.'),
  external: looseExternal.optional().describe('It exists already.'),
  labels: keyValues.optional().describe('Labels for the secret.'),
  driver: z.string().optional().describe('The driver that keeps the secret.'),
  driver_opts: driverOptions.optional().describe('Options of the driver.'),
  template_driver: z.string().optional().describe('The driver that fills in the secret’s text.'),
}).meta({ id: 'secret' })

export const config: z.ZodType = mapping('a config', {
  name: z.string().optional().describe('The real name.'),
  content: z.string().optional().describe('The text of the config itself.'),
  environment: z.string().optional().describe('The environment variable that holds the config.'),
  file: z.string().optional().describe('The file that holds the config.'),
  external: looseExternal.optional().describe('It exists already.'),
  labels: keyValues.optional().describe('Labels for the config.'),
  template_driver: z.string().optional().describe('The driver that fills in the config’s text.'),
}).meta({ id: 'config' })

export const model: z.ZodType = mapping('a model', {
  name: z.string().optional().describe('The real name.'),
  model: z.string().describe('The model to run.'),
  context_size: whole.optional().describe('How many tokens its context holds.'),
  runtime_flags: texts.optional().describe('Flags for the program that runs it.'),
})

export const include: z.ZodType = z.array(
  z.union([
    z.string(),
    mapping(
      'an include',
      {
        path: textOrTexts.optional().describe('The stack file, or files that are merged in order.'),
        env_file: textOrTexts.optional().describe('Env files for the variables of what is included.'),
        project_directory: z.string().optional().describe('The folder that its relative paths start from.'),
      },
      { extensible: false },
    ),
  ]),
)

const names = { names: objectName }

/** A whole stack file, after all its layers are merged. */
export const stackFile: z.ZodType = mapping('a stack file', {
  name: z.string().optional().describe('The name of the project: lower-case letters, digits, `-` and `_`.'),
  version: z.string().optional().meta({ description: 'Means nothing any more and can be left out.', deprecated: true }),
  include: include.optional().describe('Other stack files that belong to this one.'),
  services: entries('a mapping of services', service, names).optional().describe('The services, by name.'),
  networks: entries('a mapping of networks', network, { ...names, loose: true })
    .optional()
    .describe('The networks, by name.'),
  volumes: entries('a mapping of volumes', volume, names).optional().describe('The volumes, by name.'),
  configs: entries('a mapping of configs', config, names).optional().describe('The configs, by name.'),
  secrets: entries('a mapping of secrets', secret, names).optional().describe('The secrets, by name.'),
  models: entries('a mapping of models', model, { ...names, loose: true })
    .optional()
    .describe('The language models, by name.'),
  'x-tiers': z
    .array(z.string())
    .optional()
    .describe('The tiers from front to back; each reaches only the one behind it.'),
  'x-stack': z.unknown().optional().describe('Settings of Stack that other tools ignore.'),
})
