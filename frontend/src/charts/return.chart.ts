import { lineFigure } from './lines'
import { chart } from './types'

export default chart({
  id: 'return',
  title: 'Return',
  order: 1,
  doc: 'Sum of rewards of every finished training episode.',
  series: () => ['episode/return'],
  timeAxis: true,
  figure(input) {
    const solved = input.environment?.solved_at
    const level = typeof solved === 'number' ? { y: solved, label: `solved ${solved}` } : null
    return lineFigure(input, { lines: [{ metric: 'episode/return', colour: 'blue' }], level })
  },
})
