import { short } from '../paint/format'
import { barsFigure } from './bars'
import { spread } from './histogram'
import { chart } from './types'

export default chart({
  id: 'advantage',
  title: 'Advantage',
  order: 2,
  doc: 'Advantages of the newest update, share of samples per bin; bins widen away from 0. Better than expected is drawn full.',
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
        return [{ text: `σ ≈ ${short(spread(edges, row.counts))}`, colour }]
      },
    }),
})
