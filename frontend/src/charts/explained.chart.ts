import { lineFigure } from './lines'
import { chart } from './types'

export default chart({
  id: 'explained',
  title: 'Explained variance',
  order: 7,
  doc: 'Share of the variance of the returns that the critic foresees; below 0 it is worse than a constant.',
  series: () => ['critic/explained_variance'],
  timeAxis: true,
  figure: (input) => lineFigure(input, { lines: [{ metric: 'critic/explained_variance', colour: 'green' }] }),
})
