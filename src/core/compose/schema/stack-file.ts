import { driverOptions, external, flag, keyValues, looseExternal, textOrTexts, texts } from './forms.ts'
import { service } from './service.ts'
import {
  anything,
  deprecatedKey,
  entries,
  key,
  list,
  mapping,
  nothing,
  objectName,
  oneOf,
  requiredKey,
  text,
  whole,
  type Mapping,
  type Shape,
} from './shape.ts'

const ipam = mapping('an address configuration', {
  driver: key(text, 'The driver that hands out addresses.'),
  config: key(
    list(
      mapping('a subnet', {
        subnet: key(text, 'The subnet, such as `172.28.0.0/16`.'),
        ip_range: key(text, 'The part of it from which containers get addresses.'),
        gateway: key(text, 'The address of the gateway.'),
        aux_addresses: key(entries('a mapping of addresses', text), 'Addresses that are taken, by host name.'),
      }),
    ),
    'The subnets of the network.',
  ),
  options: key(entries('a mapping of options', text), 'Options of that driver.'),
})

export const network: Shape = oneOf(
  mapping('a network', {
    name: key(text, 'The real name; otherwise the project’s name stands before the key.'),
    driver: key(text, 'The driver, such as `bridge` or `overlay`.'),
    driver_opts: key(driverOptions, 'Options of the driver.'),
    ipam: key(ipam, 'How addresses are handed out.'),
    external: key(external, 'It exists already and is neither made nor removed.'),
    internal: key(flag, 'Cuts the network off from the outside.'),
    enable_ipv4: key(flag, 'Whether there are IPv4 addresses.'),
    enable_ipv6: key(flag, 'Whether there are IPv6 addresses.'),
    attachable: key(flag, 'Lets other containers join the network.'),
    labels: key(keyValues, 'Labels for the network.'),
  }),
  nothing,
)

export const volume: Shape = oneOf(
  mapping('a volume', {
    name: key(text, 'The real name; otherwise the project’s name stands before the key.'),
    driver: key(text, 'The driver.'),
    driver_opts: key(driverOptions, 'Options of the driver.'),
    external: key(external, 'It exists already and is neither made nor removed.'),
    labels: key(keyValues, 'Labels for the volume.'),
  }),
  nothing,
)

export const secret: Shape = mapping('a secret', {
  name: key(text, 'The real name.'),
  environment: key(text, 'The environment variable that holds the secret.'),
  file: key(text, 'The file that holds the secret.'),
  external: key(looseExternal, 'It exists already.'),
  labels: key(keyValues, 'Labels for the secret.'),
  driver: key(text, 'The driver that keeps the secret.'),
  driver_opts: key(driverOptions, 'Options of the driver.'),
  template_driver: key(text, 'The driver that fills in the secret’s text.'),
})

export const config: Shape = mapping('a config', {
  name: key(text, 'The real name.'),
  content: key(text, 'The text of the config itself.'),
  environment: key(text, 'The environment variable that holds the config.'),
  file: key(text, 'The file that holds the config.'),
  external: key(looseExternal, 'It exists already.'),
  labels: key(keyValues, 'Labels for the config.'),
  template_driver: key(text, 'The driver that fills in the config’s text.'),
})

export const model: Shape = mapping('a model', {
  name: key(text, 'The real name.'),
  model: requiredKey(text, 'The model to run.'),
  context_size: key(whole, 'How many tokens its context holds.'),
  runtime_flags: key(texts, 'Flags for the program that runs it.'),
})

export const include: Shape = list(
  oneOf(
    text,
    mapping(
      'an include',
      {
        path: key(textOrTexts, 'The stack file, or files that are merged in order.'),
        env_file: key(textOrTexts, 'Env files for the variables of what is included.'),
        project_directory: key(text, 'The folder that its relative paths start from.'),
      },
      { extensible: false },
    ),
  ),
)

const names = { names: objectName }

/** A whole stack file, after all its layers are merged. */
export const stackFile: Mapping = mapping('a stack file', {
  name: key(text, 'The name of the project: lower-case letters, digits, `-` and `_`.'),
  version: deprecatedKey(text, 'Means nothing any more and can be left out.'),
  include: key(include, 'Other stack files that belong to this one.'),
  services: key(entries('a mapping of services', service, names), 'The services, by name.'),
  networks: key(entries('a mapping of networks', network, { ...names, loose: true }), 'The networks, by name.'),
  volumes: key(entries('a mapping of volumes', volume, names), 'The volumes, by name.'),
  configs: key(entries('a mapping of configs', config, names), 'The configs, by name.'),
  secrets: key(entries('a mapping of secrets', secret, names), 'The secrets, by name.'),
  models: key(entries('a mapping of models', model, { ...names, loose: true }), 'The language models, by name.'),
  'x-tiers': key(list(text), 'The tiers from front to back; each reaches only the one behind it.'),
  'x-stack': key(anything, 'Settings of Stack that other tools ignore.'),
})
