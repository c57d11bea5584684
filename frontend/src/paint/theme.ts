import { effect, signal } from '@preact/signals'
import { RUN_COLOURS } from './runColours'

export type ThemeChoice = 'system' | 'light' | 'dark'

const KEY = 'policyscope.theme'
const media = window.matchMedia?.('(prefers-color-scheme: dark)')

const stored = (): ThemeChoice => {
  const value = safely(() => localStorage.getItem(KEY))
  return value === 'light' || value === 'dark' ? value : 'system'
}

export const themeChoice = signal<ThemeChoice>(stored())
const systemDark = signal(media?.matches ?? false)
media?.addEventListener('change', (event) => {
  systemDark.value = event.matches
})

export const dark = () => (themeChoice.value === 'system' ? systemDark.value : themeChoice.value === 'dark')

/** Private windows may refuse storage; then the choice lasts as long as the page. */
function safely<T>(action: () => T): T | null {
  try {
    return action()
  } catch {
    return null
  }
}

export function toggleTheme(): void {
  themeChoice.value = dark() ? 'light' : 'dark'
  safely(() => localStorage.setItem(KEY, themeChoice.value))
}

export interface Palette {
  ink: string
  faint: string
  grid: string
  card: string
  band: string
  cursor: string
  red: string
  quantities: Record<string, string>
}

/** What charts draw with; the same names as the custom properties of `styles/base.css`. */
export const palette = signal<Palette>(blank())

function blank(): Palette {
  return { ink: '', faint: '', grid: '', card: '', band: '', cursor: '', red: '', quantities: {} }
}

const RUNS = Array.from({ length: RUN_COLOURS }, (_, i) => `run-${i}`)
const QUANTITIES = ['blue', 'blue-soft', 'green', 'violet', 'teal', 'orange', 'grey', ...RUNS]

function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement)
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim() || '#888888'
  const quantities = Object.fromEntries(QUANTITIES.map((name) => [name, read(name)]))
  return {
    ink: read('ink'),
    faint: read('faint'),
    grid: read('grid'),
    card: read('card'),
    band: read('band'),
    cursor: read('cursor'),
    red: read('red'),
    quantities,
  }
}

export function startTheme(): void {
  effect(() => {
    document.documentElement.dataset.theme = dark() ? 'dark' : 'light'
    palette.value = readPalette()
  })
}

/** A quantity's colour by its catalog name. */
export const colourOf = (colours: Palette, name: string | null | undefined): string =>
  colours.quantities[name ?? 'grey'] ?? colours.quantities.grey ?? colours.ink

/** `#rrggbb` with an opacity. */
export function faded(hex: string, alpha: number): string {
  const channel = (at: number) => Number.parseInt(hex.slice(at, at + 2), 16)
  return `rgba(${channel(1)},${channel(3)},${channel(5)},${alpha})`
}
