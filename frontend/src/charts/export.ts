import type { Plot } from '../paint/plot'
import { palette } from '../paint/theme'
import { download } from '../wire/exports'
import type { Figure, Table } from './types'

const cell = (value: number | string) =>
  typeof value === 'string' && /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : String(value)

/** RFC 4180 text; numbers with all their digits, non-finite ones spelled out. */
export function csv({ header, rows }: Table): string {
  return `${[header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

/** The numbers behind what the chart shows. */
export function saveCsv(id: string, figure: Figure): void {
  const url = URL.createObjectURL(new Blob([csv(figure.table())], { type: 'text/csv' }))
  download(url, `${fileName(id)}.csv`)
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

export type PictureFormat = 'png' | 'svg'

/** The chart with its title, the names of its lines and its paper, as a picture. */
export async function savePicture(
  plot: Plot,
  chart: { id: string; title: string },
  figure: Figure,
  size: { width: number; height: number },
  format: PictureFormat,
) {
  const { ink, card } = palette.peek()
  const labels = figure.heads.flatMap(({ label, colour }) =>
    label ? `<span style="color:${colour};font-size:12px">${label}</span>` : [],
  )
  const whole = { width: size.width, height: size.height + 34 }
  const layout = {
    ...figure.layout,
    height: whole.height,
    paper_bgcolor: card,
    margin: { ...(figure.layout.margin as object), t: 42 },
    title: {
      text: [chart.title, ...labels].join('  '),
      x: 0.02,
      xanchor: 'left',
      y: 0.97,
      yanchor: 'top',
      font: { size: 15, color: ink },
    },
  }
  download(await plot.image(figure.data, layout, whole, format), `${fileName(chart.id)}.${format}`)
}

const fileName = (id: string) => id.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '')
