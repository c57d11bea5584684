import { AXES } from '../store/axis'
import { axis, range, setAxis, smoothing } from '../store/view'
import { Segmented } from '../ui/Segmented'

interface Props {
  /** Shown where the window has no room for the rollout beside the charts. */
  onRollout(): void
  onMetrics(): void
  onHelp(): void
}

/** What holds for all charts at once: horizontal axis, smoothing, zoom. */
export function ChartBar({ onRollout, onMetrics, onHelp }: Props) {
  return (
    <div class="chart-bar">
      <Segmented
        label="Horizontal axis"
        options={AXES.map(({ id, label }) => ({ value: id, text: label }))}
        value={axis.value}
        onChange={setAxis}
      />
      <label title="s switches it off and on">
        <span>Smoothing</span>
        <input
          type="range"
          min={0}
          max={0.99}
          step={0.01}
          value={smoothing.value}
          style={{ '--fill': `${(100 * smoothing.value) / 0.99}%` }}
          onInput={(event) => {
            smoothing.value = Number(event.currentTarget.value)
          }}
        />
        <output>{smoothing.value.toFixed(2)}</output>
      </label>
      {range.value && (
        <button type="button" class="button small" onClick={() => (range.value = null)}>
          Zoomed · show all
        </button>
      )}
      <span class="end">
        <button type="button" class="button quiet small to-rollout" onClick={onRollout}>
          Rollout <kbd>v</kbd>
        </button>
        <button type="button" class="button quiet small" onClick={onMetrics}>
          All metrics
        </button>
        <button type="button" class="button quiet small" onClick={onHelp}>
          Keys <kbd>?</kbd>
        </button>
      </span>
    </div>
  )
}
