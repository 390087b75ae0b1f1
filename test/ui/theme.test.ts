import { describe, expect, it } from 'vitest'
import { createChosenTheme, createTheme, type Palette, palettes } from '../../src/ui/theme.ts'
import { hasLightGround } from '../../src/cli/screen/terminal.ts'

/** Red, green and blue of a colour of the cube of 256, 0 to 255. */
const toRgb = (code: number): readonly number[] => {
  const steps = [0, 95, 135, 175, 215, 255]
  const at = code - 16
  return [Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map((one) => steps[one]!)
}

const toLuminance = (rgb: readonly number[]): number => {
  const [r = 0, g = 0, b = 0] = rgb.map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

const contrast = (a: readonly number[], b: readonly number[]): number => {
  const [light = 0, dark = 0] = [toLuminance(a), toLuminance(b)].toSorted((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

const toCodes = ({ accent, warn, tones, services }: Palette): readonly number[] =>
  [accent, warn, ...Object.values(tones), ...services].map((one) => Number(one.split(';').at(-1)))

describe('fixed colours', () => {
  it.each([
    ['dark', [30, 30, 30]],
    ['light', [255, 255, 255]],
  ] as const)('are read on a %s ground', (name, ground) => {
    const weak = toCodes(palettes[name]).filter((code) => contrast(toRgb(code), ground) < 4.5)
    expect(weak).toEqual([])
  })

  it('tell neighbours of a stack file apart', () => {
    for (const { services } of Object.values(palettes)) expect(new Set(services).size).toBe(services.length)
  })
})

it.each([
  ['auto', false, '\u001b[36ma\u001b[39m'],
  ['auto', true, '\u001b[38;5;24ma\u001b[39m'],
  ['dark', true, '\u001b[38;5;80ma\u001b[39m'],
  ['light', false, '\u001b[38;5;24ma\u001b[39m'],
  ['mono', false, 'a'],
] as const)('the theme %s, on a light ground: %s', (name, isLight, painted) => {
  expect(createChosenTheme(name, { colour: true, unicode: true, isLight }).accent('a')).toBe(painted)
  expect(createChosenTheme(name, { colour: false, unicode: true, isLight }).accent('a')).toBe('a')
})

it('paints nothing but bold and dim without colour', () => {
  const theme = createTheme({ colour: false, unicode: true, palette: palettes.dark })
  expect([theme.accent('a'), theme.warn('b'), theme.tone('bad', 'c'), theme.service(3, 'd'), theme.bold('e')]).toEqual([
    'a',
    'b',
    'c',
    'd',
    '\u001b[1me\u001b[22m',
  ])
})

it.each([
  ['0;15', true],
  ['0;7', true],
  ['0;default;15', true],
  ['15;0', false],
  ['', false],
  [undefined, false],
])('a terminal with COLORFGBG=%s is light: %s', (text, isLight) => {
  expect(hasLightGround(text === undefined ? {} : { COLORFGBG: text })).toBe(isLight)
})
