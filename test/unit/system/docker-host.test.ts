import { describe, expect, test } from 'vitest'
import { parseDockerHost } from '../../../src/system/engines/docker-host.ts'

const parse = (value: string, tls?: { skipVerify: boolean }) => {
  const address = parseDockerHost(value, { source: 'DOCKER_HOST', tls })
  if (typeof address === 'string') return address
  const { kind, socketPath, hostname, port } = address
  return [kind, socketPath ?? hostname, port].filter((part) => part !== undefined).join(' ')
}

describe('DOCKER_HOST is read as Docker reads it', () => {
  test.each([
    ['unix:///run/user/1000/docker.sock', 'unix /run/user/1000/docker.sock'],
    ['unix://', 'unix /var/run/docker.sock'],
    ['npipe:////./pipe/docker_engine', 'npipe \\\\.\\pipe\\docker_engine'],
    ['tcp://10.0.0.5', 'tcp 10.0.0.5 2375'],
    ['tcp://10.0.0.5:80', 'tcp 10.0.0.5 80'],
    ['tcp://[::1]:2377', 'tcp ::1 2377'],
    ['tcp://:2377', 'tcp localhost 2377'],
    ['build-host:2375', 'tcp build-host 2375'],
    ['ssh://ann@build-host', 'ssh ann@build-host'],
    ['ssh://build-host:2222', 'ssh build-host 2222'],
    ['fd://', '"fd" is not a way to reach an engine (unix, npipe, tcp and ssh are)'],
    ['tcp://a b', '"a b" is not a host and port'],
  ])('%s', (value, expected) => expect(parse(value)).toBe(expected))

  test('TLS has a port of its own', () =>
    expect(parse('tcp://10.0.0.5', { skipVerify: false })).toBe('tcp 10.0.0.5 2376'))
})
