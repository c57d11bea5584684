import { lineFigure } from './lines'
import { chart } from './types'

export default chart({
  id: 'trust-region',
  title: 'KL of the step',
  order: 5.1,
  doc: 'What the quadratic model predicted of the step that was taken, and what the batch measured: apart, the step is too long for the model.',
  series: () => ['trust/kl_measured', 'trust/kl_predicted'],
  timeAxis: true,
  figure: (input) =>
    lineFigure(input, {
      lines: [
        { metric: 'trust/kl_measured', label: 'measured', colour: 'violet' },
        { metric: 'trust/kl_predicted', label: 'predicted', colour: 'grey' },
      ],
    }),
})
