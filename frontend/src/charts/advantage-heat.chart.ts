import { heatFigure } from './heat'
import { chart } from './types'

export default chart({
  id: 'advantage-heat',
  title: 'Advantage over updates',
  order: 3,
  doc: 'One column per stretch of updates; shade is the square root of the share per bin, each column relative to its peak.',
  series: () => [],
  distributions: ['advantage'],
  timeAxis: true,
  rest: 1000,
  figure: (input) => heatFigure(input, 'advantage'),
})
