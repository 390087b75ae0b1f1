/**
 * Texts of one kind of thing, as large as one asks for: what a hand, a generator or a mistake may put into a stack file or an env
 * file. Each takes the number of characters and gives the text.
 */
type Kind = (size: number) => string

const fill = (part: string, size: number): string => part.repeat(Math.max(1, Math.ceil(size / part.length)))

const lines = (size: number, line: (index: number) => string): string => {
  const made: string[] = []
  for (let length = 0; length < size; length += made.at(-1)!.length + 1) made.push(line(made.length))
  return `${made.join('\n')}\n`
}

const web = 'services:\n  web:\n    image: x\n'
const wrongAfter = (value: string): string => `${web}    prots: ${value}\n`
const inService = (head: string, size: number, line: (index: number) => string): string =>
  `${web}    ${head}:\n${lines(size, (index) => `      ${line(index)}`)}`
const services = (size: number, line: (index: number) => string): string =>
  `services:\n${lines(size, (index) => `  ${line(index)}`)}`
const nested = (size: number): string => '${A:-'.repeat(Math.floor(size / 6)) + 'x' + '}'.repeat(Math.floor(size / 6))

/** Stack files. */
export const stackFileKinds: Readonly<Record<string, Kind>> = {
  'services on a line': (size) => services(size, (index) => `s${index}: {image: x}`),
  'services on two lines': (size) => services(size, (index) => `s${index}:\n    image: x`),
  'a long value in braces': (size) => `x-a: {b: ${fill('x', size * 12)}, c${fill(' ', size)}: 1}\n${web}`,
  'ranges of ports': () => inService('ports', 3000, (index) => `- "127.0.0.${index}:1-65535:1-65535"`),
  'services that are JSON': (size) =>
    JSON.stringify({
      services: Object.fromEntries(Array.from({ length: size / 20 }, (_, index) => [`s${index}`, { image: 'x' }])),
    }),
  'a wrong key after a long line': (size) => `${web}    # ${fill('x', size)}\n    prots: [80]\n`,
  'a wrong key before a long secret': (size) => wrongAfter(`{a: b, PASSWORD: ${fill('x', size)}}`),
  'a wrong key before blanks': (size) => wrongAfter(`[PASSWORD=a${fill(' ', size)}b]`),
  'a wrong key before many secrets': (size) => wrongAfter(`"${fill('PASSWORD=abc ', size)}"`),
  'a wrong key before what looks like addresses': (size) => wrongAfter(`"${fill('a.b://c:${x}', size)}"`),
  'a wrong key before open braces': (size) => wrongAfter(`"PASSWORD=${fill('${a', size)}"`),
  'a wrong key that is long': (size) => `${web}    ? ${fill('prots', size)}\n    : 1\n`,
  'wrong keys': (size) => `${web}${lines(size, (index) => `    wrong${index}: 1`)}`,
  'services with a wrong key': (size) => services(size, (index) => `s${index}:\n    prots: 1`),
  'values of another type': (size) => inService('environment', size, (index) => `K${index}: [1]`),
  'ports that are none': (size) => inService('ports', size, (index) => `- "a${index}:b"`),
  'a duration of many parts': (size) => `${web}    stop_grace_period: ${fill('1h', size)}!\n`,
  'a duration of many digits': (size) => `${web}    stop_grace_period: ${fill('1', size)}!\n`,
  'a size of many digits': (size) => `${web}    mem_limit: ${fill('1', size)}!\n`,
  'a number of many digits': (size) => `${web}    cpus: "${fill('1', size)}x"\n`,
  'a pull policy of many parts': (size) => `${web}    pull_policy: every_${fill('1w', size)}!\n`,
  'unset variables': (size) => inService('environment', size, (index) => `K${index}: $V${index}`),
  'one unset variable': (size) => inService('environment', size, (index) => `K${index}: $V`),
  'unset variables in one text': (size) => `${web}    command: "${fill('$V $W ', size)}"\n`,
  'required variables': (size) => inService('environment', size, (index) => `K${index}: \${V${index}?no}`),
  'variables that are none': (size) => inService('environment', size, (index) => `K${index}: \${V${index}!}`),
  'defaults in defaults': (size) => `${web}    command: "${nested(size)}"\n`,
  'defaults that are not closed': (size) => `${web}    command: "${fill('${A:-', size)}}"\n`,
  'a quote that is not closed': (size) => `${web}    command: "${lines(size, () => '      abc def')}`,
  'texts after a text': (size) => `${web}${lines(size, () => '    a b: "c" "d" }')}`,
  'keys in keys': (size) => lines(size, () => '- a: b: c'),
  'brackets that are not closed': (size) => `${web}${lines(size, (index) => `    k${index}: [`)}`,
  'a template of another program': (size) => fill('{{ .x }}\n{% if a %}\n', size),
  'one key again and again': (size) => `${web}${lines(size, () => '    image: x')}`,
  'keys that are numbers': (size) => `${web}x-a:\n${lines(size, (index) => `  ${index}: x`)}`,
  'aliases without an anchor': (size) => `${web}x-a:\n${lines(size, (index) => `  - *a${index}`)}`,
  'aliases of one anchor': (size) => `x-a:\n  b: &b {a: 1}\n${lines(size, (index) => `  k${index}: *b`)}${web}`,
  'merge keys': (size) => `x-a: &b {image: y}\n${services(size, (index) => `s${index}:\n    <<: *b`)}`,
  'tags that do not fit': (size) => `${web}x-a:\n${lines(size, (index) => `  - !!int x${index}`)}`,
  'brackets in brackets': (size) => `x-a: ${fill('[', size)}\n${web}`,
  'blank lines': (size) => web + fill('\n', size),
  'carriage returns': (size) => web + fill('\r', size),
  'a control character after a long line': (size) => `${web}    command: ${fill('x', size)}\u0001\n`,
  directives: (size) => `${lines(size, (index) => `%YAML 1.${index}`)}---\n${web}`,
  'variables of a service': (size) => inService('environment', size, (index) => `- K${index}=v`),
  'secrets as plain text': (size) => inService('environment', size, (index) => `A${index}_PASSWORD: abc`),
  mounts: (size) => inService('volumes', size, (index) => `- ./a${index}:/b${index}`),
  'networks of a service': (size) => inService('networks', size, (index) => `- n${index}`),
  'a chain of dependencies': (size) => services(size, (index) => `s${index + 1}: {image: x, depends_on: [s${index}]}`),
  'dependencies that are not there': (size) => inService('depends_on', size, (index) => `- s${index}`),
  'dependencies in a circle': (size) => {
    const count = Math.floor(size / 40)
    return `services:\n${Array.from({ length: count }, (_, index) => `  s${index}: {image: x, depends_on: [s${(index + 1) % count}]}\n`).join('')}`
  },
  'services that extend the one before': (size) =>
    `${services(size, (index) => `s${index + 1}: {extends: s${index}}`)}  s0: {image: x}\n`,
  'services that extend the next': (size) => {
    const count = Math.floor(size / 25)
    return `services:\n${Array.from({ length: count }, (_, index) => `  s${index}: {extends: s${index + 1}}\n`).join('')}  s${count}: {image: x}\n`
  },
  'env files that are not there': (size) => inService('env_file', size, (index) => `- ./x${index}`),
  'includes that are not there': (size) => `include:\n${lines(size, (index) => `  - ./x${index}.yaml`)}${web}`,
  'words of a command': (size) => `${web}    command: ${fill('a "b" ', size)}\n`,
  'one container name again and again': (size) =>
    services(size, (index) => `s${index}: {image: x, container_name: same}`),
  'one host port again and again': (size) => services(size, (index) => `s${index}: {image: x, ports: ["80:80"]}`),
}

/** Files of variables, `.env` and `env_file`. */
export const envFileKinds: Readonly<Record<string, Kind>> = {
  lines: (size) => lines(size, (index) => `K${index}=v`),
  'a quote that is not closed': (size) => `A="${fill('x', size)}`,
  'a quote that is not closed, over lines': (size) => `A='${lines(size, (index) => `abc ${index}`)}`,
  'a secret that is not closed': (size) => `PASSWORD="${fill('x y ', size)}`,
  'a mistake after a long line': (size) => `A=${fill('x', size)}\nB?=1\n`,
  'a long name with a mistake': (size) => `${fill('x', size)}?=1\n`,
  'names alone': (size) => lines(size, (index) => `K${index}`),
  'unset variables': (size) => lines(size, (index) => `K${index}=$V${index}`),
  'variables of the line before': (size) => lines(size, (index) => `K${index + 1}=$K${index}`),
  'variables that double': (size) => `K0=xxxxxxxx\n${lines(size, (index) => `K${index + 1}=$K${index}$K${index}`)}`,
  'defaults in defaults': (size) => `A=${nested(size)}\n`,
  backslashes: (size) => `A="${fill('\\', size)}"\n`,
  'octal escapes': (size) => `A="${fill('\\0', size)}"\n`,
  blanks: (size) => `A=a${fill(' ', size)}b\n`,
}
