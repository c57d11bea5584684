import { lineFigure } from './lines'
import { chart } from './types'

export default chart({
  id: 'gradient',
  title: 'Gradient norm',
  order: 10,
  doc: 'Length of the gradient before clipping; a jump is instability, zero a dead or detached path.',
  series: () => ['grad/norm'],
  timeAxis: true,
  figure: (input) => lineFigure(input, { lines: [{ metric: 'grad/norm', colour: 'orange' }] }),
})
