import { lineFigure } from './lines'
import { chart } from './types'

export default chart({
  id: 'exploration',
  title: 'Exploration',
  order: 6.1,
  doc: 'Probability of a random action while the data were collected.',
  series: () => ['q/epsilon'],
  timeAxis: true,
  figure: (input) => lineFigure(input, { lines: [{ metric: 'q/epsilon', label: 'ε', colour: 'grey' }] }),
})
