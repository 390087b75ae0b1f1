import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { toCommandHelp, toGeneralHelp } from '../../../src/cli/help-text.ts'
import { commands } from '../../../src/cli/table/commands.ts'
import { globalFlags } from '../../../src/cli/table/global-flags.ts'
import { noPaint } from '../../../src/report/paint.ts'

const loaders = readFileSync(new URL('../../../src/cli/table/load-command.ts', import.meta.url), 'utf8')

test.for(commands.map((command) => command.name))('%s has code, a usage, and flags with one letter each', (name) => {
  const command = commands.find((each) => each.name === name)
  const file = new RegExp(`^  ${name}: async .*commands/([a-z-]+\\.ts)`, 'm').exec(loaders)?.[1]
  expect(file, 'it is in load-command.ts').toBeDefined()
  expect(existsSync(new URL(`../../../src/cli/commands/${file}`, import.meta.url)), file).toBe(true)
  const letters = Object.values(command?.flags ?? {}).flatMap(({ short }) => (short === undefined ? [] : [short]))
  expect(new Set(letters).size).toBe(letters.length)
  expect(letters).not.toContain(globalFlags.help.short)
})

/** Every flag of `docker compose` 2.40, `--no-TTY` as it is spelled since: whoever comes from there finds what they know. */
const composeFlags: Readonly<Record<string, string>> = {
  up: 'abort-on-container-exit abort-on-container-failure always-recreate-deps attach attach-dependencies build detach exit-code-from force-recreate menu no-attach no-build no-color no-deps no-log-prefix no-recreate no-start pull quiet-build quiet-pull remove-orphans renew-anon-volumes scale timeout timestamps wait wait-timeout watch yes',
  down: 'remove-orphans rmi timeout volumes',
  start: '',
  stop: 'timeout',
  restart: 'no-deps timeout',
  kill: 'remove-orphans signal',
  rm: 'force stop volumes',
  create: 'build force-recreate no-build no-recreate pull quiet-pull remove-orphans scale yes',
  run: 'build cap-add cap-drop detach entrypoint env env-from-file interactive label name no-tty no-deps publish pull quiet quiet-build quiet-pull remove-orphans rm service-ports use-aliases user volume workdir',
  exec: 'detach env index no-tty privileged user workdir',
  attach: 'detach-keys index no-stdin sig-proxy',
  logs: 'follow index no-color no-log-prefix since tail timestamps until',
  ps: 'all filter format no-trunc orphans quiet services status',
  top: '',
  stats: 'all format no-stream no-trunc',
  port: 'index protocol',
  images: 'format quiet',
  ls: 'all filter format quiet',
  events: 'json since until',
  cp: 'all archive follow-link index',
  pause: '',
  unpause: '',
  wait: 'down-project',
  scale: 'no-deps',
  volumes: 'format quiet',
  version: 'format short',
  build: 'build-arg builder check memory no-cache print provenance pull push quiet sbom ssh with-dependencies',
  pull: 'ignore-buildable ignore-pull-failures include-deps policy quiet',
  push: 'ignore-push-failures include-deps quiet',
  watch: 'no-up prune quiet',
  config:
    'environment format hash images lock-image-digests models networks no-consistency no-env-resolution no-interpolate no-normalize no-path-resolution output profiles quiet resolve-image-digests services variables volumes',
}
test.for(Object.entries(composeFlags))('%s takes every flag of docker compose', ([name, flags]) => {
  const known = Object.keys(commands.find((command) => command.name === name)?.flags ?? {})
  expect(flags.split(' ').filter((flag) => flag !== '' && !known.includes(flag))).toEqual([])
})

test('the help of a command', () => {
  const down = commands.find(({ name }) => name === 'down')
  expect(down === undefined ? '' : toCommandHelp(down, { paint: noPaint, width: 80 }).join('\n'))
    .toMatchInlineSnapshot(`
    "Stop and remove containers and networks.

    Usage: stack down [OPTIONS] [SERVICE...]

    Options
      -v, --volumes          Remove the file's named volumes and anonymous ones too
          --rmi WHICH        Remove images too: local (without a name of their own)
                             or all
          --remove-orphans   Remove containers of services that the file no longer
                             has
      -t, --timeout SECONDS  Time that containers get to stop

    Examples
      stack down -v  everything, and the data

    Exit codes
      0 done · 1 failed · 2 wrong usage · 3 the stack file is wrong · 4 no engine
      answers · 5 another command changes the project · 130 ended with Ctrl-C (143:
      with SIGTERM)

    Options of every command (-f, -p, --profile, --progress, --dry-run …): stack
    --help"
  `)
})

test('no help is wider than the screen', () => {
  const texts = [
    toGeneralHelp({ paint: noPaint, width: 80 }),
    ...commands.map((command) => toCommandHelp(command, { paint: noPaint, width: 80 })),
  ]
  const wide = texts.flat().filter((line) => line.length > 80)
  expect(wide).toEqual([])
})
