import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { toNetworkHash, toServiceHash, toVolumeHash } from '../../../src/core/project/compose-hash.ts'
import { composeCases, hashesFile, loadCase } from '../../support/compose-cases.ts'
import { hashOptions } from '../../support/builders.ts'

const { digest } = hashOptions

/** `docker compose config --hash '*'` of 2.40.3 over the compose cases; those with an env file or a path of their own are left out. */
const recorded = JSON.parse(readFileSync(hashesFile, 'utf8')) as Readonly<
  Record<string, Readonly<Record<string, string>>>
>

describe('the hash of Docker Compose', () => {
  test('is the same for every service of the compose cases', () => {
    const differing: string[] = []
    let compared = 0
    for (const one of composeCases()) {
      const result = recorded[one.name] === undefined ? undefined : loadCase(one)
      if (result?.ok !== true) continue
      for (const [name, hash] of Object.entries(recorded[one.name] ?? {})) {
        const service = result.project.services[name]
        if (service === undefined || toServiceHash(service, digest) !== hash) differing.push(`${one.name} ${name}`)
        compared += 1
      }
    }
    expect(differing).toEqual([])
    expect(compared).toBeGreaterThan(1000)
  })

  test('of a service that shares a namespace is of the container that it shares', () => {
    const service = {
      image: 'busybox',
      command: ['sleep', '100'],
      entrypoint: null,
      network_mode: 'service:web',
      volumes_from: ['web:ro', 'container:other'],
    }
    const same = { ...service, network_mode: 'container:0123', volumes_from: ['0123', 'other'] }
    expect(toServiceHash(service, digest, () => '0123')).toBe(toServiceHash(same, digest))
    expect(toServiceHash(service, digest)).not.toBe(toServiceHash(same, digest))
  })

  test('of a network and of a volume', () => {
    expect(toNetworkHash({ name: 'eh_default', labels: { a: 'b' } }, digest)).toBe(
      '2289ed092e79560e84a5633321e7851bd11f6413d5191b410ac759c07c7c06ae',
    )
    expect(toVolumeHash({ name: 'eh_data' }, digest)).toBe(
      '7a54999768a5cd9d2b41faa5d9a62b0cc0c17f89833fba8b3835a323779bfcc3',
    )
  })
})
