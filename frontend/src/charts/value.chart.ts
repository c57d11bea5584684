import { lineFigure } from './lines'
import { chart } from './types'

export default chart({
  id: 'value',
  title: 'Value and its target',
  order: 8,
  doc: 'Mean of the critic beside the mean of what it is trained towards; a lasting distance is a bias.',
  series: () => ['critic/value_mean', 'critic/target_mean'],
  timeAxis: true,
  figure: (input) =>
    lineFigure(input, {
      healthy: false,
      lines: [
        { metric: 'critic/value_mean', label: 'V', colour: 'green' },
        { metric: 'critic/target_mean', label: 'target', colour: 'orange' },
      ],
    }),
})
