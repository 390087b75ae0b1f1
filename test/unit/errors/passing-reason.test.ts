import { expect, test } from 'vitest'
import { isPassingReason } from '../../../src/core/errors/passing-reason.ts'
import { isDenied } from '../../../src/docker/registry/transfer.ts'

test.each([
  'Get "https://registry.example/v2/": net/http: TLS handshake timeout',
  'Head "https://registry.example/v2/app/manifests/1": EOF',
  'unexpected EOF',
  'read tcp 10.0.0.1:1->10.0.0.2:2: read: connection reset by peer',
  'dial tcp: lookup registry.example: read udp 10.0.0.1:1->10.0.0.2:53: i/o timeout',
  'context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  'removal of container shop-web-1 is already in progress',
  'container is marked for removal and cannot be started',
  'driver failed to remove root filesystem: unlinkat /var/lib/x: device or resource busy',
  'failed to create task for container: mkdir /run/containerd/io.containerd.runtime.v2.task/moby/4f3a: file exists',
  'failed to create shim task: OCI runtime create failed: runc create failed: container with given ID already exists',
])('passes: %s', (why) => expect(isPassingReason(why)).toBe(true))

test.each([
  'could not start container shop-eof-1: no such file or directory',
  'network shop-eof not found',
  'no such service: EOF (1)',
  'exec: "try again": executable file not found in $PATH',
  "open '/data/connection reset/x': permission denied",
  'invalid reference format: timeout/busy',
  'pull access denied for eof/app',
  'error while creating mount source path /srv/data: mkdir /srv/data: file exists',
])('stays, whatever is called so: %s', (why) => expect(isPassingReason(why)).toBe(false))

test.each([
  ['pull access denied for app, repository does not exist or may require login: denied: requested access', true],
  ['unauthorized: authentication required', true],
  ['Head "https://registry.example/v2/app": no basic auth credentials', true],
  ['manifest for denied:1 not found: manifest unknown', false],
  ['manifest for shop/unauthorized-proxy:1 not found: manifest unknown', false],
  ['write /var/lib/layer: permission denied', false],
])('a registry that wants a login: %s', (why, expected) => expect(isDenied(why)).toBe(expected))
