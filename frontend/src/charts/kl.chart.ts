import { lineFigure } from './lines'
import { chart } from './types'

export default chart({
  id: 'kl',
  title: 'KL to old policy',
  order: 5,
  doc: 'Two estimates of the divergence from the policy that collected the data: k3 is never negative, k1 may be.',
  series: () => ['policy/kl_k3', 'policy/kl_k1'],
  timeAxis: true,
  figure: (input) =>
    lineFigure(input, {
      lines: [
        { metric: 'policy/kl_k3', label: 'k3', colour: 'violet' },
        { metric: 'policy/kl_k1', label: 'k1', colour: 'grey' },
      ],
    }),
})
