import { lineFigure } from './lines'
import { chart } from './types'

export default chart({
  id: 'exact',
  title: 'J, exact',
  order: 1.1,
  doc: 'The expected return of the policy, without any sampling, under the largest that any policy reaches.',
  series: () => ['exact/J', 'exact/J_optimal'],
  timeAxis: true,
  fits: (environment) => environment?.enumerable === true,
  figure: (input) =>
    lineFigure(input, {
      healthy: false,
      lines: [
        { metric: 'exact/J', label: 'J', colour: 'green' },
        { metric: 'exact/J_optimal', label: 'largest', colour: 'grey' },
      ],
    }),
})
