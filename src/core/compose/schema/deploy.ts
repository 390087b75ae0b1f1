import * as z from 'zod'
import { mapping } from './zod-words.ts'
import { deviceRequests, keyValues, numberOrText, texts, wholeOrText } from './forms.ts'

const changeConfig = (title: string, what: string): z.ZodType =>
  mapping(title, {
    parallelism: wholeOrText.optional().describe(`How many containers are ${what} at a time; 0 stands for all.`),
    delay: z.string().optional().describe(`How long to wait between two groups of containers being ${what}.`),
    failure_action: z.string().optional().describe('What to do when it fails: `pause`, `continue` or `rollback`.'),
    monitor: z.string().optional().describe('How long each container is watched for failures.'),
    max_failure_ratio: numberOrText.optional().describe('The share of failures to put up with.'),
    order: z
      .enum(['start-first', 'stop-first'])
      .optional()
      .describe('Whether the new container starts before the old one stops.'),
  })

const genericResources = z.array(
  mapping('a resource', {
    discrete_resource_spec: mapping('a countable resource', {
      kind: z.string().optional().describe('The kind of resource.'),
      value: numberOrText.optional().describe('How many of it.'),
    })
      .optional()
      .describe('A resource that is counted.'),
  }),
)

const resources = mapping('resources', {
  limits: mapping('limits', {
    cpus: numberOrText.optional().describe('How many CPUs a container may use, such as `0.5`.'),
    memory: z.string().optional().describe('How much memory a container may use, such as `512M`.'),
    pids: wholeOrText.optional().describe('How many processes a container may have.'),
  })
    .optional()
    .describe('What a container may use at most.'),
  reservations: mapping('reservations', {
    cpus: numberOrText.optional().describe('How many CPUs are kept free for a container.'),
    memory: z.string().optional().describe('How much memory is kept free for a container.'),
    generic_resources: genericResources.optional().describe('Resources that somebody defined on the nodes.'),
    devices: deviceRequests.optional().describe('Devices, such as GPUs, that a container needs.'),
  })
    .optional()
    .describe('What a container is sure to get.'),
})

/** `deploy` of a service. */
export const deploy: z.ZodType = z.union([
  mapping('a deployment', {
    mode: z.string().optional().describe('`replicated`, or `global` for one container on each node.'),
    endpoint_mode: z.string().optional().describe('How clients reach the service: `vip` or `dnsrr`.'),
    replicas: wholeOrText.optional().describe('How many containers of the service there are.'),
    labels: keyValues.optional().describe('Labels of the service itself, not of its containers.'),
    rollback_config: changeConfig('a rollback configuration', 'rolled back')
      .optional()
      .describe('How a failed update is taken back.'),
    update_config: changeConfig('an update configuration', 'updated')
      .optional()
      .describe('How an update is rolled out.'),
    resources: resources.optional().describe('What the containers may use, and what they are sure to get.'),
    restart_policy: mapping('a restart policy', {
      condition: z.string().optional().describe('When a container is started again: `none`, `on-failure` or `any`.'),
      delay: z.string().optional().describe('How long to wait before that.'),
      max_attempts: wholeOrText.optional().describe('How often that is tried.'),
      window: z.string().optional().describe('How long to wait before a restart counts as a success.'),
    })
      .optional()
      .describe('Whether and when containers that end are started again.'),
    placement: mapping('a placement', {
      constraints: texts.optional().describe('What a node must be like, such as `node.role==manager`.'),
      preferences: z
        .array(
          mapping('a preference', {
            spread: z.string().optional().describe('The node label over which containers are spread.'),
          }),
        )
        .optional()
        .describe('How containers are spread over the nodes.'),
      max_replicas_per_node: wholeOrText.optional().describe('How many containers one node may run.'),
    })
      .optional()
      .describe('Which nodes may run the containers.'),
  }),
  z.null(),
])
