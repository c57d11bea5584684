import { AXES } from '../store/axis'
import { axis, isZoomed, linked, logTime, setAxis, showEverything, smoothing, toggleLinked } from '../store/view'
import { Segmented } from '../ui/Segmented'

interface Props {
  /** Shown where the page has a rollout and the window no room for it beside the charts. */
  onRollout?(): void
  onMetrics(): void
  onHelp(): void
}

/** The charts on the page. */
export const chartIds = (): string[] =>
  [...document.querySelectorAll<HTMLElement>('figure[data-chart]:not([hidden])')].map(({ dataset }) => dataset.chart!)

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
      <label class="tick" title="Equal factors of the horizontal axis at equal distances">
        <input type="checkbox" checked={logTime.value} onChange={() => (logTime.value = !logTime.peek())} />
        log x
      </label>
      <label class="tick" title="Dragging over one chart zooms all of them">
        <input type="checkbox" checked={linked.value} onChange={() => toggleLinked(chartIds())} />
        one zoom
      </label>
      {isZoomed.value && (
        <button type="button" class="button small" onClick={showEverything}>
          Zoomed · show all
        </button>
      )}
      <span class="end">
        {onRollout && (
          <button type="button" class="button quiet small to-rollout" onClick={onRollout}>
            Rollout <kbd>v</kbd>
          </button>
        )}
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
