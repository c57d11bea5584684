import { extent } from '../paint/ranges'
import type { Spark } from '../store/sparks'

const WIDTH = 120
const HEIGHT = 28

/** The path of a small line; a non-finite value breaks it. */
export function sparkPath({ x, y }: Spark): string {
  const [left, right] = extent(x)
  const [low, high] = extent(y)
  let pen = 'M'
  let path = ''
  x.forEach((at, i) => {
    const value = y[i]!
    if (!Number.isFinite(value)) {
      pen = 'M'
      return
    }
    const across = right > left ? ((at - left) / (right - left)) * WIDTH : WIDTH
    const up = high > low ? ((value - low) / (high - low)) * (HEIGHT - 4) : (HEIGHT - 4) / 2
    path += `${pen}${across.toFixed(1)} ${(HEIGHT - 2 - up).toFixed(1)}`
    pen = 'L'
  })
  return path
}

export function Sparkline({ spark, label }: { spark: Spark | undefined; label: string }) {
  if (!spark || spark.x.length < 2) return <span class="faint">–</span>
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <path
        d={sparkPath(spark)}
        fill="none"
        stroke="var(--blue)"
        stroke-width="1.5"
        vector-effect="non-scaling-stroke"
      />
    </svg>
  )
}
