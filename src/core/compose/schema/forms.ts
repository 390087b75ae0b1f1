import {
  boolean,
  entries,
  key,
  list,
  mapping,
  nothing,
  number,
  oneOf,
  requiredKey,
  text,
  uniqueList,
  whole,
  wholeBetween,
  type Shape,
} from './shape.ts'

/** Value forms that many keys share. */

export const flag: Shape = oneOf(boolean, text)
export const wholeOrText: Shape = oneOf(whole, text)
export const numberOrText: Shape = oneOf(number, text)
export const countOrText: Shape = oneOf(text, wholeBetween(0))
export const texts: Shape = list(text)
export const uniqueTexts: Shape = uniqueList(text)
export const textOrTexts: Shape = oneOf(text, uniqueTexts)
export const textOrNothing: Shape = oneOf(text, nothing)

/** `KEY: value` or `- KEY=value`. */
export const keyValues: Shape = oneOf(
  entries('a mapping of names to values', oneOf(text, number, boolean, nothing)),
  uniqueTexts,
)

/** Options that a driver understands; not looked into any further. */
export const driverOptions: Shape = entries('a mapping of driver options', oneOf(text, number), { loose: true })

export const extraHosts: Shape = oneOf(entries('a mapping of host names to addresses', oneOf(text, texts)), uniqueTexts)

/** Nothing, a command line, or a list of words. */
export const command: Shape = oneOf(nothing, text, texts)

const limitPair = mapping('a limit', {
  hard: requiredKey(wholeOrText, 'The ceiling up to which the soft limit may be raised.'),
  soft: requiredKey(wholeOrText, 'The limit that is enforced.'),
})
const limitNames = { names: /^[a-z]+$/, loose: true }

export const ulimits: Shape = entries('a mapping of limits', oneOf(wholeOrText, limitPair), limitNames)
/** In a build, a single limit is a number only. */
export const buildUlimits: Shape = entries('a mapping of limits', oneOf(whole, limitPair), limitNames)

export const fileReferences: Shape = list(
  oneOf(
    text,
    mapping('a file reference', {
      source: key(text, 'The name under the top-level `configs` or `secrets`.'),
      target: key(
        text,
        'Where the file lies in the container; a config goes to `/<source>`, a secret to `/run/secrets/<source>`.',
      ),
      uid: key(text, 'The user id that owns the file.'),
      gid: key(text, 'The group id that owns the file.'),
      mode: key(numberOrText, 'The permissions in octal, such as `0440`.'),
    }),
  ),
)

export const hook: Shape = mapping('a hook', {
  command: requiredKey(command, 'What is run in the container.'),
  user: key(text, 'The user who runs it; the service’s own user when left out.'),
  privileged: key(flag, 'Runs it with all privileges.'),
  working_dir: key(text, 'The folder in which it runs.'),
  environment: key(keyValues, 'Variables for this command, added to those of the service.'),
})

export const startHook: Shape = mapping('a hook', {
  command: key(command, 'What is run before the service starts.'),
  image: key(text, 'The image to run it in; the service’s own when left out.'),
  user: key(text, 'The user who runs it.'),
  privileged: key(flag, 'Runs it with all privileges.'),
  working_dir: key(text, 'The folder in which it runs.'),
  environment: key(keyValues, 'Variables for this command, added to those of the service.'),
  per_replica: key(flag, 'Runs it once for each replica instead of once for the service.'),
})

const deviceKeys = {
  count: key(oneOf(text, whole), 'How many devices to reserve, or `all`.'),
  device_ids: key(uniqueTexts, 'Which devices to reserve, by id; instead of `count`.'),
  driver: key(text, 'The driver that provides the devices, such as `nvidia`.'),
  options: key(keyValues, 'Options of the driver.'),
}

export const deviceRequests: Shape = list(
  mapping('a device reservation', {
    capabilities: requiredKey(uniqueTexts, 'What the device must be able to do, such as `gpu`.'),
    ...deviceKeys,
  }),
)

export const gpuRequests: Shape = list(
  mapping(
    'a GPU request',
    { capabilities: key(uniqueTexts, 'What the GPU must be able to do.'), ...deviceKeys },
    { loose: true },
  ),
)

const externalName = key(text, 'The real name. Write it in `name` beside `external: true` instead.')

/** `external` of networks and volumes, which may hold the old `{name}`. */
export const external: Shape = oneOf(boolean, text, mapping('external', { name: externalName }))
/** `external` of configs and secrets, where more is let through. */
export const looseExternal: Shape = oneOf(boolean, text, mapping('external', { name: externalName }, { loose: true }))

export const storageOptions: Shape = entries('a mapping of options', oneOf(text, whole, nothing), {
  names: /^(?!x-)./s,
})
