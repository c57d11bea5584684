import { heatFigure } from './heat'
import { chart } from './types'

export default chart({
  id: 'advantage-heat',
  title: 'Advantage over updates',
  order: 3,
  doc: 'One column per stretch of updates; shade is the share of samples, as its square root.',
  series: () => [],
  distributions: ['advantage'],
  timeAxis: true,
  figure: (input) => heatFigure(input, 'advantage'),
})
