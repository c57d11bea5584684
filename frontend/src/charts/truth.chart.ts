import { lineFigure } from './lines'
import { chart } from './types'

export default chart({
  id: 'truth',
  title: 'Estimate and exact gradient',
  order: 1.2,
  doc: 'Cosine of each estimate to the exact gradient, and the relative error of their mean: noise fades, bias stays.',
  series: () => ['grad/cos_exact', 'grad/bias_exact'],
  timeAxis: true,
  fits: (environment) => environment?.enumerable === true,
  figure: (input) =>
    lineFigure(input, {
      healthy: false,
      lines: [
        { metric: 'grad/cos_exact', label: 'cosine', colour: 'orange' },
        { metric: 'grad/bias_exact', label: 'bias', colour: 'violet' },
      ],
    }),
})
