import { type Field, field, flag, listOf, mapOf, struct, text, choice, whole, itemText } from './codec.ts'
import { labels, options } from './texts.ts'
import { serviceCodec } from './service.ts'

const ipam = struct(
  [
    field('driver', text),
    field(
      'config',
      listOf(
        struct([
          field('subnet', text),
          field('gateway', text),
          field('ip_range', text),
          field('aux_addresses', labels),
        ]),
      ),
    ),
    field('options', options, { hidden: true }),
  ],
  { keepEmpty: false },
)

export const networkCodec = struct([
  field('name', text),
  field('driver', text),
  field('driver_opts', options),
  field('ipam', ipam, { jsonEmpty: {} }),
  field('external', flag),
  field('internal', flag),
  field('attachable', flag),
  field('labels', labels),
  field('enable_ipv4', choice),
  field('enable_ipv6', choice),
])

export const volumeCodec = struct([
  field('name', text),
  field('driver', text),
  field('driver_opts', options),
  field('external', flag),
  field('labels', labels),
])

const fileObject = struct([
  field('name', text),
  field('file', text),
  field('environment', text),
  field('content', text),
  field('external', flag),
  field('labels', labels),
  field('driver', text),
  field('driver_opts', options),
  field('template_driver', text),
])

const model = struct([
  field('name', text),
  field('model', text),
  field('context_size', whole),
  field('runtime_flags', listOf(itemText)),
])

/** The sections of a project in the order in which YAML has them; JSON sorts them. */
export const projectFields: readonly Field[] = [
  field('name', text),
  field('services', mapOf(serviceCodec, { keepEmpty: true }), { jsonEmpty: {} }),
  field('networks', mapOf(networkCodec)),
  field('volumes', mapOf(volumeCodec)),
  field('secrets', mapOf(fileObject)),
  field('configs', mapOf(fileObject)),
  field('models', mapOf(model), { yamlOnly: true }),
]
