import * as z from 'zod'
import { entries, mapping, unique, whole } from './zod-words.ts'

/** Value forms that many keys share. */

export const flag: z.ZodType = z.union([z.boolean(), z.string()])
export const wholeOrText: z.ZodType = z.union([whole, z.string()])
export const numberOrText: z.ZodType = z.union([z.number(), z.string()])
export const countOrText: z.ZodType = z.union([z.string(), whole.min(0)])
export const texts: z.ZodType = z.array(z.string())
export const uniqueTexts: z.ZodType = unique(z.string())
export const textOrTexts: z.ZodType = z.union([z.string(), uniqueTexts])
export const textOrNothing: z.ZodType = z.union([z.string(), z.null()])

/** `KEY: value` or `- KEY=value`. */
export const keyValues: z.ZodType = z.union([
  entries('a mapping of names to values', z.union([z.string(), z.number(), z.boolean(), z.null()])),
  uniqueTexts,
])

/** Options that a driver understands; not looked into any further. */
export const driverOptions: z.ZodType = entries('a mapping of driver options', z.union([z.string(), z.number()]), {
  loose: true,
})

export const extraHosts: z.ZodType = z.union([
  entries('a mapping of host names to addresses', z.union([z.string(), texts])),
  uniqueTexts,
])

/** Nothing, a command line, or a list of words. */
export const command: z.ZodType = z.union([z.null(), z.string(), texts])

const limitPair = mapping('a limit', {
  hard: wholeOrText.describe('The ceiling up to which the soft limit may be raised.'),
  soft: wholeOrText.describe('The limit that is enforced.'),
})
const limitNames = { names: /^[a-z]+$/, loose: true }

export const ulimits: z.ZodType = entries('a mapping of limits', z.union([wholeOrText, limitPair]), limitNames)
/** In a build, a single limit is a number only. */
export const buildUlimits: z.ZodType = entries('a mapping of limits', z.union([whole, limitPair]), limitNames)

export const fileReferences: z.ZodType = z
  .array(
    z.union([
      z.string(),
      mapping('a file reference', {
        source: z.string().optional().describe('The name under the top-level `configs` or `secrets`.'),
        target: z
          .string()
          .optional()
          .describe(
            'Where the file lies in the container; a config goes to `/<source>`, a secret to `/run/secrets/<source>`.',
          ),
        uid: z.string().optional().describe('The user id that owns the file.'),
        gid: z.string().optional().describe('The group id that owns the file.'),
        mode: numberOrText.optional().describe('The permissions in octal, such as `0440`.'),
      }),
    ]),
  )
  .meta({ id: 'file_references' })

export const hook: z.ZodType = mapping('a hook', {
  command: command.describe('What is run in the container.'),
  user: z.string().optional().describe('The user who runs it; the service’s own user when left out.'),
  privileged: flag.optional().describe('Runs it with all privileges.'),
  working_dir: z.string().optional().describe('The folder in which it runs.'),
  environment: keyValues.optional().describe('Variables for this command, added to those of the service.'),
}).meta({ id: 'hook' })

export const startHook: z.ZodType = mapping('a hook', {
  command: command.optional().describe('What is run before the service starts.'),
  image: z.string().optional().describe('The image to run it in; the service’s own when left out.'),
  user: z.string().optional().describe('The user who runs it.'),
  privileged: flag.optional().describe('Runs it with all privileges.'),
  working_dir: z.string().optional().describe('The folder in which it runs.'),
  environment: keyValues.optional().describe('Variables for this command, added to those of the service.'),
  per_replica: flag.optional().describe('Runs it once for each replica instead of once for the service.'),
})

const deviceKeys = {
  count: z.union([z.string(), whole]).optional().describe('How many devices to reserve, or `all`.'),
  device_ids: uniqueTexts.optional().describe('Which devices to reserve, by id; instead of `count`.'),
  driver: z.string().optional().describe('The driver that provides the devices, such as `nvidia`.'),
  options: keyValues.optional().describe('Options of the driver.'),
}

export const deviceRequests: z.ZodType = z.array(
  mapping('a device reservation', {
    capabilities: uniqueTexts.describe('What the device must be able to do, such as `gpu`.'),
    ...deviceKeys,
  }),
)

export const gpuRequests: z.ZodType = z.array(
  mapping(
    'a GPU request',
    { capabilities: uniqueTexts.optional().describe('What the GPU must be able to do.'), ...deviceKeys },
    { loose: true },
  ),
)

const externalName = z
  .string()
  .optional()
  .describe('The real name. Write it in `name` beside `external: true` instead.')

/** `external` of networks and volumes, which may hold the old `{name}`. */
export const external: z.ZodType = z.union([z.boolean(), z.string(), mapping('external', { name: externalName })])
/** `external` of configs and secrets, where more is let through. */
export const looseExternal: z.ZodType = z.union([
  z.boolean(),
  z.string(),
  mapping('external', { name: externalName }, { loose: true }),
])

export const storageOptions: z.ZodType = entries('a mapping of options', z.union([z.string(), whole, z.null()]), {
  names: /^(?!x-)./s,
})
