import type { KeyOverride } from './keys/create-keymap.ts'

/** `auto`: the terminal's own sixteen colours; where it is known to be light, those for a light ground. */
export const themeNames = ['auto', 'dark', 'light', 'mono'] as const
export type ThemeName = (typeof themeNames)[number]

/** What a person has chosen for every dashboard. */
export type Settings = {
  readonly theme: ThemeName
  readonly keys: readonly KeyOverride[]
  /** Log lines begin with their time, and are wrapped instead of cut. */
  readonly timestamps: boolean
  readonly wrap: boolean
  /** Clicks and the wheel are for the dashboard; text is selected with shift. */
  readonly mouse: boolean
  /** Changes are told in lines, and no screen is drawn. */
  readonly screenReader: boolean
}

export const defaultSettings: Settings = {
  theme: 'auto',
  keys: [],
  timestamps: true,
  wrap: false,
  mouse: false,
  screenReader: false,
}
