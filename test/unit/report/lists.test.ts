import { expect, test } from 'vitest'
import type { ObservedContainer } from '../../../src/core/plan/observed.ts'
import type { PublishedPort } from '../../../src/core/plan/container-state.ts'
import { toColumns } from '../../../src/report/columns.ts'
import { psHeader, toContainerFields, toPortsText, toPsRow } from '../../../src/report/container-fields.ts'
import { toBytesSize, toGoJson, toHumanDuration, toHumanSize } from '../../../src/report/go-text.ts'
import { renderTemplate } from '../../../src/report/template.ts'

const port = (
  containerPort: number,
  hostPort?: number,
  hostIp = hostPort === undefined ? '' : '0.0.0.0',
  protocol = 'tcp',
): PublishedPort => ({ hostIp, containerPort, protocol, ...(hostPort === undefined ? {} : { hostPort }) })

const container: ObservedContainer = {
  id: 'da569c6110cc9fd25c38344e3b69570262a359fc48270c6c83ef951de605bfb3',
  name: 'shop-web-1',
  project: 'shop',
  service: 'web',
  number: 1,
  oneOff: false,
  state: 'running',
  health: 'healthy',
  image: 'page',
  imageId: 'sha256:5fbc',
  labels: { b: '2', a: '1' },
  networks: [{ id: 'n', name: 'shop_default' }],
  mounts: [{ type: 'volume', source: 'shop_data', target: '/data', anonymous: false }],
  ports: [port(80, 8080, '::'), port(80, 8080)],
  createdAt: 1_795_224_142,
  status: 'Up 2 minutes (healthy)',
  command: 'sh -c \'echo "hello" from the page\'',
}

test('ps: a row and the JSON fields are those of Docker Compose', () => {
  const fields = toContainerFields(container, { now: 1_795_224_142_000 + 125_000, truncate: true })
  expect(toColumns([psHeader, toPsRow(fields)], { gap: 3, minimum: 10 })).toMatchInlineSnapshot(`
    [
      "NAME         IMAGE     COMMAND                    SERVICE   CREATED         STATUS                   PORTS",
      "shop-web-1   page      "sh -c 'echo \\"hello\\"…"   web       2 minutes ago   Up 2 minutes (healthy)   0.0.0.0:8080->80/tcp, [::]:8080->80/tcp",
    ]
  `)
  expect(fields).toMatchInlineSnapshot(`
    {
      "Command": ""sh -c 'echo \\"hello\\"…"",
      "CreatedAt": "2026-11-21 01:22:22 +0000 UTC",
      "ExitCode": 0,
      "Health": "healthy",
      "ID": "da569c6110cc",
      "Image": "page",
      "Labels": "a=1,b=2",
      "LocalVolumes": "1",
      "Mounts": "shop_data",
      "Name": "shop-web-1",
      "Names": "shop-web-1",
      "Networks": "shop_default",
      "Ports": "0.0.0.0:8080->80/tcp, [::]:8080->80/tcp",
      "Project": "shop",
      "Publishers": [
        {
          "Protocol": "tcp",
          "PublishedPort": 8080,
          "TargetPort": 80,
          "URL": "0.0.0.0",
        },
        {
          "Protocol": "tcp",
          "PublishedPort": 8080,
          "TargetPort": 80,
          "URL": "::",
        },
      ],
      "RunningFor": "2 minutes ago",
      "Service": "web",
      "Size": "0B",
      "State": "running",
      "Status": "Up 2 minutes (healthy)",
    }
  `)
})

test.for<[string, readonly PublishedPort[], string]>([
  ['nothing', [], ''],
  ['exposed only', [port(5432)], '5432/tcp'],
  ['a range of exposed ports', [port(81), port(80), port(82), port(90)], '80-82/tcp, 90/tcp'],
  [
    'equal numbers are put together',
    [port(80, 80), port(81, 81), port(80, 80, '::'), port(81, 81, '::')],
    '0.0.0.0:80-81->80-81/tcp, [::]:80-81->80-81/tcp',
  ],
  ['mappings stand for themselves', [port(90, 18100), port(91, 18101)], '0.0.0.0:18100->90/tcp, 0.0.0.0:18101->91/tcp'],
  ['udp', [port(53, 53, '127.0.0.1', 'udp')], '127.0.0.1:53->53/udp'],
])('ports: %s', ([, ports, text]) => expect(toPortsText(ports)).toBe(text))

test.for<[number, string]>([
  [400, 'Less than a second'],
  [1_000, '1 second'],
  [59_900, '59 seconds'],
  [60_000, 'About a minute'],
  [3_599_000, '59 minutes'],
  [3_600_000, 'About an hour'],
  [47 * 3_600_000, '47 hours'],
  [48 * 3_600_000, '2 days'],
  [13 * 86_400_000, '13 days'],
  [15 * 86_400_000, '2 weeks'],
  [100 * 86_400_000, '3 months'],
  [800 * 86_400_000, '2 years'],
])('%d ms are "%s"', ([ms, text]) => expect(toHumanDuration(ms)).toBe(text))

test('sizes', () => {
  expect([0, 126, 1090, 1_985_570, 146_000_000].map(toHumanSize)).toEqual(['0B', '126B', '1.09kB', '1.99MB', '146MB'])
  expect([716_800, 25_276_000_000].map(toBytesSize)).toEqual(['700KiB', '23.54GiB'])
})

test('JSON is escaped as Go does', () =>
  expect(toGoJson({ Ports: '0.0.0.0:80->80/tcp' })).toBe('{"Ports":"0.0.0.0:80-\\u003e80/tcp"}'))

const rows = [
  { Name: 'web-1', Ports: '80/tcp', Publishers: [{ TargetPort: 80 }] },
  { Name: 'database-1', Ports: '', Publishers: [] },
]
test.for<[string, unknown]>([
  ['{{.Name}}', { lines: ['web-1', 'database-1'] }],
  ['{{ .Name }} on {{.Ports}}', { lines: ['web-1 on 80/tcp', 'database-1 on '] }],
  ['{{json .Publishers}}', { lines: ['[{"TargetPort":80}]', '[]'] }],
  ['table {{.Name}}\\t{{.Ports}}', { lines: ['NAME         PORTS', 'web-1        80/tcp', 'database-1   '] }],
  ['{{range .Publishers}}x{{end}}', { unsupported: '{{range .Publishers}}' }],
  ['{{.Nmae}}', { unsupported: '{{.Nmae}}' }],
])('template %s', ([format, result]) => expect(renderTemplate(format, rows)).toEqual(result))
