import { short } from '../paint/format'
import { barsFigure } from './bars'
import { spread } from './histogram'
import { chart } from './types'

export default chart({
  id: 'td-error-of-q',
  title: 'TD error of Q',
  order: 2.1,
  doc: 'TD errors of the newest update, share of transitions per bin; centred on 0 when Q is consistent.',
  series: () => [],
  distributions: ['q/td_error'],
  timeAxis: false,
  figure: (input) =>
    barsFigure(input, {
      distribution: 'q/td_error',
      colour: () => 'violet',
      include: [0],
      heads: (row, colour) => {
        const edges = input.histograms('q/td_error')?.edges ?? []
        return [{ text: `σ ≈ ${short(spread(edges, row.counts))}`, colour }]
      },
    }),
})
