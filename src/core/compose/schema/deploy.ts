import { deviceRequests, keyValues, numberOrText, texts, wholeOrText } from './forms.ts'
import { key, list, mapping, nothing, oneOf, text, word, type Shape } from './shape.ts'

const changeConfig = (title: string, what: string): Shape =>
  mapping(title, {
    parallelism: key(wholeOrText, `How many containers are ${what} at a time; 0 stands for all.`),
    delay: key(text, `How long to wait between two groups of containers being ${what}.`),
    failure_action: key(text, 'What to do when it fails: `pause`, `continue` or `rollback`.'),
    monitor: key(text, 'How long each container is watched for failures.'),
    max_failure_ratio: key(numberOrText, 'The share of failures to put up with.'),
    order: key(word('start-first', 'stop-first'), 'Whether the new container starts before the old one stops.'),
  })

const genericResources = list(
  mapping('a resource', {
    discrete_resource_spec: key(
      mapping('a countable resource', {
        kind: key(text, 'The kind of resource.'),
        value: key(numberOrText, 'How many of it.'),
      }),
      'A resource that is counted.',
    ),
  }),
)

const resources = mapping('resources', {
  limits: key(
    mapping('limits', {
      cpus: key(numberOrText, 'How many CPUs a container may use, such as `0.5`.'),
      memory: key(text, 'How much memory a container may use, such as `512M`.'),
      pids: key(wholeOrText, 'How many processes a container may have.'),
    }),
    'What a container may use at most.',
  ),
  reservations: key(
    mapping('reservations', {
      cpus: key(numberOrText, 'How many CPUs are kept free for a container.'),
      memory: key(text, 'How much memory is kept free for a container.'),
      generic_resources: key(genericResources, 'Resources that somebody defined on the nodes.'),
      devices: key(deviceRequests, 'Devices, such as GPUs, that a container needs.'),
    }),
    'What a container is sure to get.',
  ),
})

/** `deploy` of a service. */
export const deploy: Shape = oneOf(
  mapping('a deployment', {
    mode: key(text, '`replicated`, or `global` for one container on each node.'),
    endpoint_mode: key(text, 'How clients reach the service: `vip` or `dnsrr`.'),
    replicas: key(wholeOrText, 'How many containers of the service there are.'),
    labels: key(keyValues, 'Labels of the service itself, not of its containers.'),
    rollback_config: key(changeConfig('a rollback configuration', 'rolled back'), 'How a failed update is taken back.'),
    update_config: key(changeConfig('an update configuration', 'updated'), 'How an update is rolled out.'),
    resources: key(resources, 'What the containers may use, and what they are sure to get.'),
    restart_policy: key(
      mapping('a restart policy', {
        condition: key(text, 'When a container is started again: `none`, `on-failure` or `any`.'),
        delay: key(text, 'How long to wait before that.'),
        max_attempts: key(wholeOrText, 'How often that is tried.'),
        window: key(text, 'How long to wait before a restart counts as a success.'),
      }),
      'Whether and when containers that end are started again.',
    ),
    placement: key(
      mapping('a placement', {
        constraints: key(texts, 'What a node must be like, such as `node.role==manager`.'),
        preferences: key(
          list(mapping('a preference', { spread: key(text, 'The node label over which containers are spread.') })),
          'How containers are spread over the nodes.',
        ),
        max_replicas_per_node: key(wholeOrText, 'How many containers one node may run.'),
      }),
      'Which nodes may run the containers.',
    ),
  }),
  nothing,
)
