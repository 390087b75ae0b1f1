import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { commandNames } from '../../../src/cli/settings/parse-keys.ts'
import { parseSettings, settingNames } from '../../../src/cli/settings/parse-settings.ts'
import { readSettings } from '../../../src/cli/settings/read-settings.ts'
import { noPaint } from '../../../src/report/paint.ts'
import { toProblemLines } from '../../../src/report/problems.ts'
import { findSettingsFile } from '../../../src/system/settings-file.ts'
import type { KeyScope, Pane } from '../../../src/ui/keys/binding.ts'
import { createKeymap, findClashes } from '../../../src/ui/keys/create-keymap.ts'
import { parseKey } from '../../../src/ui/keys/key-names.ts'
import { findUiCommand, keymap } from '../../../src/ui/keys/keymap.ts'
import { defaultSettings, themeNames } from '../../../src/ui/settings.ts'

const parse = (text: string) => {
  const { settings, problems } = parseSettings('/home/me/config.yaml', text)
  const options = { paint: noPaint, readSource: () => text, showPath: () => 'config.yaml' }
  return { settings, problems, told: toProblemLines(problems, options).join('\n') }
}

/** What keys mean with these settings, which nothing is wrong with. */
const keysOf = (text: string) => {
  const { settings, told } = parse(text)
  expect(told).toBe('')
  const keys = createKeymap(settings.keys)
  expect(findClashes(keys)).toEqual([])
  return (key: string, scope: KeyScope = 'main', pane: Pane = 'services') => findUiCommand(keys, { key, scope, pane })
}

describe('a file of settings', () => {
  test('may be empty, and says each thing in its own words', () => {
    expect(parse('').settings).toEqual(defaultSettings)
    expect(parse('theme:\nwrap:\nkeys:\n')).toMatchObject({ settings: defaultSettings, told: '' })
    expect(
      parse('theme: light\nwrap: true\ntimestamps: false\nmouse: true\nscreen-reader: true\nkeys: { restart: ctrl-r }')
        .settings,
    ).toEqual({
      theme: 'light',
      wrap: true,
      timestamps: false,
      mouse: true,
      screenReader: true,
      keys: [{ command: 'restart', keys: ['ctrl-r'] }],
    })
  })

  test('tells what is wrong in it with its place, as of stack files, and lets the rest count', () => {
    const { settings, told } = parse(
      [
        'theme: lihgt',
        'wrap: maybe',
        'colour: red',
        'keys:',
        '  restrat: r',
        '  restart: [crtl-r, ctrl-r]',
        '  kill: pagup',
        '  detach: { main: Z, typing: x }',
        '  accept: y',
        '  follow: [[f]]',
      ].join('\n'),
    )
    expect(settings).toEqual({
      ...defaultSettings,
      keys: [
        { command: 'restart', keys: ['ctrl-r'] },
        { command: 'detach', scope: 'main', keys: ['Z'] },
      ],
    })
    expect(told).toMatchInlineSnapshot(`
      "warning[settings/bad-value]: The theme is one of auto, dark, light, mono.
        ╭─ config.yaml:1:8
      1 │ theme: lihgt
        │        ^^^^^
        ╰─ Did you mean "light"?

      warning[settings/bad-value]: "wrap" is true or false.
        ╭─ config.yaml:2:7
      1 │ theme: lihgt
      2 │ wrap: maybe
        │       ^^^^^

      warning[settings/unknown-name]: There is no setting "colour".
        ╭─ config.yaml:3:1
      2 │ wrap: maybe
      3 │ colour: red
        │ ^^^^^^
        ╰─ Settings are theme, keys, timestamps, wrap, mouse, screen-reader.

      warning[settings/unknown-name]: There is no command "restrat".
        ╭─ config.yaml:5:3
      4 │ keys:
      5 │   restrat: r
        │   ^^^^^^^
        ╰─ Did you mean "restart"?

      warning[settings/unknown-key]: "crtl-r" is no key.
        ╭─ config.yaml:6:13
      5 │   restrat: r
      6 │   restart: [crtl-r, ctrl-r]
        │             ^^^^^^
        ╰─ Did you mean "ctrl-r"?

      warning[settings/unknown-key]: "pagup" is no key.
        ╭─ config.yaml:7:9
      6 │   restart: [crtl-r, ctrl-r]
      7 │   kill: pagup
        │         ^^^^^
        ╰─ Did you mean "pageup"?

      warning[settings/unknown-name]: "detach" has no keys in "typing".
        ╭─ config.yaml:8:22
      7 │   kill: pagup
      8 │   detach: { main: Z, typing: x }
        │                      ^^^^^^
        ╰─ It has keys in main, quit.

      warning[settings/unknown-key]: "y" is text where one types, and no key of "accept".
        ╭─ config.yaml:9:11
      8 │   detach: { main: Z, typing: x }
      9 │   accept: y
        │           ^
        ╰─ Take one that types nothing: enter, esc, tab, ctrl-x, …

      warning[settings/unknown-key]: This is no key.
         ╭─ config.yaml:10:12
       9 │   accept: y
      10 │   follow: [[f]]
         │            ^^^
         ╰─ Keys are written as r, R, ?, ctrl-r, alt-r, enter, esc, tab, space, up, pageup, home, …"
    `)
  })

  test('that is no YAML, or no mapping, is told and changes nothing', () => {
    expect(parse('theme: [').told).toMatch(/config\.yaml:1:\d+/)
    expect(parse('theme: [').settings).toEqual(defaultSettings)
    expect(parse('- dark').told).toContain('Settings are written as "name: value"')
    expect(parse('keys: [r]').told).toContain('"keys" is written as')
    expect(parse('theme: [').problems.every(({ severity }) => severity === 'warning')).toBe(true)
  })
})

describe('keys of a person', () => {
  test('take the place of all that a command has, wherever it means something', () => {
    const means = keysOf('keys: { restart: [ctrl-r, ctrl-t], top: "0", back: [left] }')
    expect([means('r'), means('ctrl-r'), means('ctrl-t')]).toEqual([undefined, 'restart', 'restart'])
    expect([means('0'), means('0', 'screen'), means('g', 'screen'), means('g', 'main', 'logs'), means('home')]).toEqual(
      ['top', 'top', undefined, undefined, undefined],
    )
    expect([means('left'), means('left', 'screen'), means('esc', 'screen'), means('q', 'screen')]).toEqual([
      'back',
      'back',
      undefined,
      undefined,
    ])
  })

  test('take the place of those of one scope alone', () => {
    const means = keysOf('keys: { detach: { main: Z }, back: { screen: [x, esc] } }')
    expect([means('d'), means('Z'), means('d', 'quit')]).toEqual([undefined, 'detach', 'detach'])
    expect([means('x', 'screen'), means('q', 'screen'), means('esc', 'screen'), means('esc')]).toEqual([
      'back',
      undefined,
      'back',
      'back',
    ])
  })

  test('are text where one types, and what was there stays', () => {
    const means = keysOf('keys: { up: [p], down: [ctrl-n, B] }')
    expect([means('p'), means('up'), means('up', 'typing')]).toEqual(['up', undefined, 'up'])
    expect([means('ctrl-n', 'typing'), means('down', 'typing')]).toEqual(['down', undefined])
  })

  test('can be none, but what ends everything keeps Ctrl-C', () => {
    const means = keysOf('keys: { kill: [], interrupt: [ctrl-q] }')
    expect([means('x'), means('ctrl-q'), means('ctrl-c'), means('ctrl-c', 'typing')]).toEqual([
      undefined,
      'interrupt',
      'interrupt',
      'interrupt',
    ])
  })

  test('can be exchanged', () => {
    const means = keysOf('keys: { restart: s, toggle: r }')
    expect([means('s'), means('r')]).toEqual(['restart', 'toggle'])
  })

  test('that mean something else already are told, and the one that is written later goes without', () => {
    const { settings, told } = parse(
      'keys:\n  restart: [x, ctrl-r]\n  follow: [F]\n  wrap: F\n  timestamps: [ctrl-c]\n  open: [tab, ctrl-i]\n',
    )
    const keys = createKeymap(settings.keys)
    expect(findClashes(keys)).toEqual([])
    const means = (key: string) => findUiCommand(keys, { key, scope: 'main', pane: 'services' })
    expect(['x', 'ctrl-r', 'F', 'w', 'T', 'o', 'tab', 'ctrl-c'].map(means)).toEqual([
      'kill',
      'restart',
      'follow',
      'wrap',
      'timestamps',
      'open',
      'nextPane',
      'interrupt',
    ])
    expect(told).toMatchInlineSnapshot(`
      "warning[settings/key-taken]: "x" means "kill" already.
        ╭─ config.yaml:2:13
      1 │ keys:
      2 │   restart: [x, ctrl-r]
        │             ^
        ╰─ Take another key for "restart", or give "kill" another one, too.

      warning[settings/key-taken]: "F" means "follow" already.
        ╭─ config.yaml:4:9
      3 │   follow: [F]
      4 │   wrap: F
        │         ^
        ╰─ Take another key for "wrap", or give "follow" another one, too.
        it is written here
        ╭─ config.yaml:3:12
      2 │   restart: [x, ctrl-r]
      3 │   follow: [F]
        │            ^

      warning[settings/key-taken]: "ctrl-c" means "interrupt" already.
        ╭─ config.yaml:5:16
      4 │   wrap: F
      5 │   timestamps: [ctrl-c]
        │                ^^^^^^
        ╰─ Ctrl-C always stops.

      warning[settings/key-taken]: "tab" means "nextPane" already.
        ╭─ config.yaml:6:10
      5 │   timestamps: [ctrl-c]
      6 │   open: [tab, ctrl-i]
        │          ^^^
        ╰─ Take another key for "open", or give "nextPane" others: nextPane: [shift-tab].

      warning[settings/key-taken]: "tab" means "nextPane" already.
        ╭─ config.yaml:6:15
      5 │   timestamps: [ctrl-c]
      6 │   open: [tab, ctrl-i]
        │               ^^^^^^
        ╰─ Take another key for "open", or give "nextPane" others: nextPane: [shift-tab]."
    `)
  })

  test('that would need what a lost key was freed from are told, too', () => {
    // `restart` cannot have x, stays on r, and so `follow` cannot have it.
    const { settings, told } = parse('keys:\n  restart: x\n  follow: r\n')
    expect(settings.keys).toEqual([])
    expect(told).toContain('config.yaml:2:12')
    expect(told).toContain('config.yaml:3:11')
  })
})

test.each([
  ['r', 'r'],
  ['R', 'R'],
  ['?', '?'],
  ['Ctrl-R', 'ctrl-r'],
  ['ctrl+r', 'ctrl-r'],
  ['PgUp', 'pageup'],
  ['Escape', 'esc'],
  ['space', ' '],
  ['ctrl-i', 'tab'],
  ['alt-x', 'alt-x'],
  ['Alt-X', 'alt-X'],
  ['f5', undefined],
  ['ctrl-1', undefined],
  ['rr', undefined],
  ['', undefined],
])('the key %j is %j', (text, key) => expect(parseKey(text)).toBe(key))

test('no key that is delivered means two commands at one place', () => {
  expect(findClashes(keymap)).toEqual([])
  expect(createKeymap()).toEqual(keymap)
})

test('README names every setting, every theme and every command', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
  const chapter = readme.slice(readme.indexOf('## Your own keys and colours'), readme.indexOf('## How it differs'))
  for (const name of [...settingNames, ...themeNames]) expect(chapter).toMatch(new RegExp(`\\b${name}\\b`))
  const groups = [...new Set(keymap.map(({ group }) => group))]
  const rows = groups.map((group) => {
    const names = new Set(keymap.filter((one) => one.group === group).map(({ command }) => `\`${command}\``))
    return `| ${group} | ${[...names].join(' ')} |`
  })
  const table = chapter.split('\n').filter((line) => line.startsWith('| ') && line.includes('`'))
  expect(table.toSorted()).toEqual(rows.toSorted())
  expect(commandNames.length).toBeGreaterThan(20)
})

describe('where the file is looked for', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stack-settings-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const write = (path: string, text = 'theme: dark\n'): string => {
    const file = join(folder, path)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, text)
    return file
  }

  test('the first that is there counts', () => {
    const env = { HOME: folder }
    expect(findSettingsFile(env, 'linux')).toBeUndefined()
    const mac = write('Library/Application Support/stack/config.yaml')
    expect(findSettingsFile(env, 'linux')).toBeUndefined()
    expect(findSettingsFile(env, 'darwin')).toBe(mac)
    const roaming = write('roaming/stack/config.yaml')
    expect(findSettingsFile({ ...env, APPDATA: join(folder, 'roaming') }, 'win32')).toBe(roaming)
    const own = write('.config/stack/config.yaml')
    expect(findSettingsFile(env, 'darwin')).toBe(own)
    expect(findSettingsFile({ ...env, XDG_CONFIG_HOME: 'relative' }, 'linux')).toBe(own)
    expect(findSettingsFile({ ...env, XDG_CONFIG_HOME: join(folder, 'empty') }, 'linux')).toBeUndefined()
    expect(findSettingsFile({ ...env, STACK_CONFIG: '/other.yaml' }, 'linux')).toBe('/other.yaml')
    expect(findSettingsFile({ ...env, STACK_CONFIG: '' }, 'linux')).toBe(own)
  })

  test('one that is named and not there is told, and so is what is no file', () => {
    const told = readSettings({ env: { STACK_CONFIG: join(folder, 'none.yaml') } })
    expect(told.settings).toEqual(defaultSettings)
    expect(told.problems).toMatchObject([{ severity: 'warning', code: 'file/unusable' }])
    expect(readSettings({ env: { STACK_CONFIG: folder } }).problems).toMatchObject([{ code: 'file/unusable' }])
  })

  test('the environment says, too, that a screen is read aloud', () => {
    const env = { STACK_CONFIG: write('theme.yaml') }
    expect(readSettings({ env }).settings).toMatchObject({ theme: 'dark', screenReader: false })
    expect(readSettings({ env: { ...env, INK_SCREEN_READER: 'true' } }).settings.screenReader).toBe(true)
    expect(readSettings({ env: { ...env, ACCESSIBLE: '1' } }).settings.screenReader).toBe(true)
  })
})
