import { short } from '../paint/format'
import { barsFigure, spread } from './bars'
import { chart } from './types'

export default chart({
  id: 'advantage',
  title: 'Advantage',
  order: 2,
  doc: 'Advantages of the newest update; what is better than expected is drawn full.',
  series: () => [],
  distributions: ['advantage'],
  timeAxis: false,
  figure: (input) =>
    barsFigure(input, {
      distribution: 'advantage',
      colour: (centre) => (centre > 0 ? 'blue' : 'blue-soft'),
      include: [0],
      heads: (row, colour) => {
        const edges = input.histograms('advantage')?.edges ?? []
        return [{ text: `σ ${short(spread(edges, row))}`, colour }]
      },
    }),
})
