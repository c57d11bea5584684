import { lineFigure } from './lines'
import { chart } from './types'

export default chart({
  id: 'action-values',
  title: 'Q values',
  order: 8.1,
  doc: 'Mean of Q over the batch beside the mean of the largest Q of each successor; far above any return they are too high.',
  series: () => ['q/mean', 'q/target_mean'],
  timeAxis: true,
  figure: (input) =>
    lineFigure(input, {
      healthy: false,
      lines: [
        { metric: 'q/mean', label: 'Q', colour: 'green' },
        { metric: 'q/target_mean', label: 'successors', colour: 'orange' },
      ],
    }),
})
