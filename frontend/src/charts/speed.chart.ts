import { lineFigure } from './lines'
import { chart } from './types'

export default chart({
  id: 'speed',
  title: 'Steps per second',
  order: 12,
  doc: 'Environment steps per second of training, pauses not counted.',
  series: () => ['time/steps_per_second'],
  timeAxis: true,
  figure: (input) => lineFigure(input, { lines: [{ metric: 'time/steps_per_second', colour: 'grey' }] }),
})
