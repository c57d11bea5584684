import { lineFigure } from './lines'
import { chart } from './types'

const COLOURS = ['grey', 'teal', 'blue', 'violet', 'orange', 'green', 'grey']
const AFTER = /^trust\/residual_(\d+)$/

const iterations = (name: string): number => Number(AFTER.exec(name)?.[1])

export default chart({
  id: 'residual',
  title: 'Residual of F x = g',
  order: 5.2,
  doc: 'What is left of the equation after so many conjugate-gradient steps, relative to g: each line should lie far below the one before.',
  series: (metrics) => metrics.filter(({ name }) => AFTER.test(name)).map(({ name }) => name),
  timeAxis: true,
  figure(input) {
    const lines = input.names
      .filter((name) => AFTER.test(name) && (input.series(name)?.buffer.length ?? 0) > 0)
      .sort((a, b) => iterations(a) - iterations(b))
      .map((metric, i) => ({
        metric,
        label: `after ${iterations(metric)}`,
        colour: COLOURS[i % COLOURS.length],
      }))
    return lineFigure(input, { lines, healthy: false })
  },
})
