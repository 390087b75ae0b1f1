import { expect, test } from 'vitest'
import { isIpAddress } from '../../../src/core/compose/texts/ip-address.ts'
import {
  basename,
  cleanPath,
  dirname,
  expandHome,
  joinPath,
  resolvePath,
} from '../../../src/core/compose/texts/paths.ts'
import { parseShellWords } from '../../../src/core/compose/texts/shell-words.ts'
import { parseShortMount } from '../../../src/core/compose/texts/short-mount.ts'
import { parseShortPort } from '../../../src/core/compose/texts/short-port.ts'

const port = (text: string): string => {
  const parsed = parseShortPort(text)
  if (!parsed.ok) return parsed.message
  return parsed.ports
    .map(({ host_ip = '*', published = 'any', target, protocol }) => `${host_ip} ${published}→${target}/${protocol}`)
    .join(', ')
}

test('ports', () => {
  const texts = [
    '80',
    '8080:80/UDP',
    '127.0.0.1::80',
    '[::1]:80:80',
    '9-11:9-11',
    '8000-8002:80',
    '0080:0',
    '::1:80:80',
    '80-79',
    '1-2:1-3',
    '80/http',
    'web:80',
    '',
  ]
  expect(texts.map((text) => `${text} = ${port(text)}`).join('\n')).toMatchInlineSnapshot(`
    "80 = * any→80/tcp
    8080:80/UDP = * 8080→80/udp
    127.0.0.1::80 = 127.0.0.1 any→80/tcp
    [::1]:80:80 = ::1 80→80/tcp
    9-11:9-11 = * 10→10/tcp, * 11→11/tcp, * 9→9/tcp
    8000-8002:80 = * 8000-8002→80/tcp
    0080:0 = The port "0080:0" cannot be read: there is no container port 0.
    ::1:80:80 = The port "::1:80:80" cannot be read: "::1" is no IP address; an IPv6 address stands in brackets.
    80-79 = The port "80-79" cannot be read: "80-79" is no container port (0 to 65535, or a range such as 80-85).
    1-2:1-3 = The port "1-2:1-3" cannot be read: the host range 1-2 has 2 ports and the container range 1-3 has 3.
    80/http = The port "80/http" cannot be read: its protocol is "http", and only tcp, udp and sctp exist.
    web:80 = The port "web:80" cannot be read: "web" is no host port (0 to 65535, or a range such as 8000-8005).
     = The port "" cannot be read: it names no container port."
  `)
})

test('mounts', () => {
  const show = (text: string): string => {
    const parsed = parseShortMount(text)
    return parsed.ok ? JSON.stringify(parsed.mount) : parsed.message
  }
  const texts = [
    '/data/',
    'db:/var/lib',
    './a:/b:ro,z',
    '~/x:/y',
    'C:\\a:/b',
    '${D:-./x}:/y',
    '/a:/b:nocopy,rshared',
    '/a:/b:ro:rw',
    ':/b',
  ]
  expect(texts.map((text) => `${text} = ${show(text)}`).join('\n')).toMatchInlineSnapshot(`
    "/data/ = {"type":"volume","target":"/data","volume":{}}
    db:/var/lib = {"type":"volume","source":"db","target":"/var/lib","volume":{}}
    ./a:/b:ro,z = {"type":"bind","source":"./a","target":"/b","read_only":true,"bind":{"selinux":"z","create_host_path":true}}
    ~/x:/y = {"type":"bind","source":"~/x","target":"/y","bind":{"create_host_path":true}}
    C:\\a:/b = {"type":"bind","source":"C:\\\\a","target":"/b","bind":{"create_host_path":true}}
    \${D:-./x}:/y = {"type":"volume","source":"\${D:-./x}","target":"/y","volume":{}}
    /a:/b:nocopy,rshared = {"type":"bind","source":"/a","target":"/b","bind":{"propagation":"rshared","create_host_path":true},"volume":{"nocopy":true}}
    /a:/b:ro:rw = The volume "/a:/b:ro:rw" cannot be read: it has too many colons.
    :/b = The volume ":/b" cannot be read: there is nothing between two colons."
  `)
})

test('shell words', () => {
  const show = (text: string): string => {
    const parsed = parseShellWords(text)
    return parsed.ok ? JSON.stringify(parsed.words) : parsed.message
  }
  const texts = [
    'a "b c" d\\ e',
    'sh -c \'echo "x"\'',
    'a | b',
    'run 2>log',
    '$(ls a) b',
    '`a b`',
    "''",
    '"a',
    'a\\',
    'f(x)',
    '',
  ]
  expect(texts.map((text) => `${text} = ${show(text)}`).join('\n')).toMatchInlineSnapshot(`
    "a "b c" d\\ e = ["a","b c","d e"]
    sh -c 'echo "x"' = ["sh","-c","echo \\"x\\""]
    a | b = ["a"]
    run 2>log = ["run"]
    $(ls a) b = ["$(ls a)","b"]
    \`a b\` = ["\`a b\`"]
    '' = [""]
    "a = The command cannot be split into words: a double quote is never closed.
    a\\ = The command cannot be split into words: it ends in a backslash.
    f(x) = The command cannot be split into words: a parenthesis outside quotes has no meaning here; quote it.
     = []"
  `)
})

test('paths', () => {
  expect(['', '.', '/', '//a/./b/', 'a/../..', '/..', 'a//b'].map(cleanPath)).toEqual([
    '.',
    '.',
    '/',
    '/a/b',
    '..',
    '/',
    'a/b',
  ])
  expect([resolvePath('/p/q', 'a'), resolvePath('/p/q', '../a'), resolvePath('/p', '/x/')]).toEqual([
    '/p/q/a',
    '/p/a',
    '/x',
  ])
  expect([
    joinPath('a', '', '../b'),
    joinPath(),
    dirname('/a/b'),
    dirname('a'),
    dirname('/a'),
    basename('/a/b/'),
    basename('/'),
  ]).toEqual(['b', '', '/a', '.', '/', 'b', '/'])
  expect([
    expandHome('~', '/h'),
    expandHome('~/a', '/h'),
    expandHome('a~', '/h'),
    expandHome('~/a', undefined),
  ]).toEqual(['/h', '/h/a', 'a~', '~/a'])
})

test('IP addresses', () => {
  const good = ['127.0.0.1', '::', '::1', 'fe80::1', '2001:db8:0:0:0:0:0:1', '::ffff:1.2.3.4', '1:2:3:4:5:6:1.2.3.4']
  const bad = [
    '',
    '1.2.3',
    '256.1.1.1',
    '01.2.3.4',
    'localhost',
    '::1%lo',
    '1:2:3',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    '::1.2.3',
  ]
  expect(good.filter((text) => !isIpAddress(text))).toEqual([])
  expect(bad.filter(isIpAddress)).toEqual([])
})
