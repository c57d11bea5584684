const MINUS = '\u2212'
const THIN = '\u202f'

/** Groups of three digits with a thin space. */
export function integer(value: number): string {
  return Math.round(value)
    .toString()
    .replace('-', MINUS)
    .replace(/\B(?=(\d{3})+$)/g, THIN)
}

/** Three significant digits, short enough for a chart head. */
export function short(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${MINUS}∞`
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size >= 1e6) return `${plain(value / 1e6)}${THIN}M`
  if (size >= 1e4) return `${plain(value / 1e3)}${THIN}k`
  if (size >= 1000) return integer(value)
  if (size < 1e-3)
    return value
      .toExponential(1)
      .replaceAll('-', MINUS)
      .replace('e', '·10^')
      .replace(/\^(.*)$/, superscript)
  return plain(value)
}

function plain(value: number): string {
  const size = Math.abs(value)
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
  return value.toFixed(digits).replace('-', MINUS)
}

const RAISED: Record<string, string> = {
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
  [MINUS]: '⁻',
  '+': '',
}

const superscript = (_: string, digits: string) => [...digits].map((digit) => RAISED[digit] ?? digit).join('')

/** Axis ticks: 150 k, 0.25, 2 M. */
export function tick(value: number): string {
  const size = Math.abs(value)
  const tidy = (x: number) => String(Number(x.toPrecision(3))).replace('-', MINUS)
  if (size >= 1e6) return `${tidy(value / 1e6)}${THIN}M`
  if (size >= 1e4) return `${tidy(value / 1e3)}${THIN}k`
  if (size > 0 && size < 1e-3) return short(value)
  return tidy(value)
}

/** 3.6 s, 2:05 min, 1:02:05 h. */
export function duration(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(1)}${THIN}s`
  const whole = Math.floor(seconds)
  const two = (n: number) => String(n).padStart(2, '0')
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s)}${THIN}h` : `${m}:${two(s)}${THIN}min`
}

/** 640 B, 12.3 kB, 4.05 MB: powers of ten. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, count)) / 3)))
  const value = count / 1000 ** step
  return `${step === 0 ? value : Number(value.toPrecision(3))}${THIN}${units[step]}`
}

/** "just now", "5 min ago", then the date. */
export function ago(iso: string, now = Date.now()): string {
  const seconds = (now - Date.parse(iso)) / 1000
  if (seconds < 45) return 'just now'
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`
  return new Date(iso).toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' })
}

/** A control's value in words. */
export function valueText(value: unknown): string {
  // A whole number, such as a budget or a seed, keeps all its digits.
  if (Number.isSafeInteger(value)) return integer(value as number)
  if (typeof value === 'number') return String(Number(value.toPrecision(6))).replace('-', MINUS)
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return value === null || value === undefined ? '–' : String(value).replaceAll('_', ' ')
}

/** A unit as it is written: no dimensionless 1, powers raised. */
export function unitText(unit: string | null | undefined): string {
  if (!unit || unit === '1') return ''
  return unit.replace(/\^(-?\d+)/g, (_, digits: string) => superscript('', digits.replace('-', MINUS)))
}

/** A position on an axis: whole counters, seconds as a duration. */
export const positionText = (value: number, axis: string): string =>
  axis === 'wall' ? duration(value) : integer(value)
