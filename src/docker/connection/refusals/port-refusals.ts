import type { Refusal } from './refusal.ts'

/** Why a port cannot be published, other than that somebody has it. */
export const portRefusals: readonly Refusal[] = [
  [
    /(?:failed to bind host port(?: for)?|listen (?:tcp|udp|sctp)[46]?) (\S+?):(\d+)\S* (?:bind: )?cannot assign requested address/,
    (address, port) => ({
      why: `the engine's machine has no address ${address}, at which port ${port} is to be published.`,
      help: 'Take the address off the port, or write one of the machine: "ip address" lists them.',
    }),
  ],
  [
    /cannot expose privileged port (\d+)|(?:failed to bind host port(?: for)?|listen (?:tcp|udp|sctp)[46]?) \S*?:(\d+)\S* (?:bind: )?permission denied/,
    (port, other) => ({
      why: `the engine, which does not run as root, may not publish port ${port || other}.`,
      help: 'Publish a port from 1024 on, or allow it: "sysctl -w net.ipv4.ip_unprivileged_port_start=0".',
    }),
  ],
  [
    /Bind for \S*?:(\d+-\d+) failed|all ports are allocated|no available ports? (?:in|for) (?:the )?(?:requested )?range/i,
    (range) => ({
      why: `none of the ports${range === '' ? ' that it may have' : ` ${range}`} is free.`,
      help: 'Publish a wider range of ports.',
    }),
  ],
]
