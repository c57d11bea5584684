import { lineFigure } from './lines'
import { chart } from './types'

export default chart({
  id: 'entropy',
  title: 'Entropy',
  order: 6,
  doc: 'How undecided the policy is: as a share of the most it could be, and in nats.',
  series: () => ['policy/entropy_relative', 'policy/entropy'],
  timeAxis: true,
  figure(input) {
    const lines = [
      { metric: 'policy/entropy_relative', label: 'of max', colour: 'green' },
      { metric: 'policy/entropy', label: 'nats', colour: 'grey' },
    ]
    const measured = lines.filter(({ metric }) => (input.series(metric)?.buffer.length ?? 0) > 0)
    return lineFigure(input, { lines: measured.length ? measured : lines })
  },
})
