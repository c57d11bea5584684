import { useComputed } from '@preact/signals'
import { useState } from 'preact/hooks'
import { duration, integer, short } from '../paint/format'
import { act, canPause, canResume, isLive, PACES, paceIndex, setPace, stepOnce, togglePause } from '../store/actions'
import type { RunStore } from '../store/run'
import { Confirm } from '../ui/Dialog'
import { PauseIcon, PlayIcon, StepIcon, StopIcon } from '../ui/icons'

export function Transport({ store }: { store: RunStore }) {
  const [asking, setAsking] = useState(false)
  const run = store.run.value
  if (!run) return null
  const { state } = run
  if (!isLive(state)) return null
  return (
    <nav class="transport" aria-label="Transport">
      <button
        type="button"
        class="button"
        onClick={() => togglePause(store)}
        disabled={!canPause(state) && !canResume(state)}
        title="Space"
      >
        {canResume(state) ? <PlayIcon /> : <PauseIcon />}
        <span>{canResume(state) ? 'Resume' : 'Pause'}</span>
      </button>
      <button type="button" class="button" onClick={() => void stepOnce(store)} title="n">
        <StepIcon /> <span>One update</span>
      </button>
      <button type="button" class="button" onClick={() => setAsking(true)}>
        <StopIcon /> <span>Stop</span>
      </button>
      <Pace store={store} />
      {asking && (
        <Confirm
          title="Stop this run?"
          text="It is checkpointed and ends. An ended run is never revived; its numbers stay."
          action="Stop the run"
          onConfirm={() => void act(store.id, { action: 'stop', checkpoint: true })}
          onClose={() => setAsking(false)}
        />
      )}
    </nav>
  )
}

export const paceText = (pace: number | null) => (pace === null ? 'full speed' : `${pace} updates/s`)

function Pace({ store }: { store: RunStore }) {
  const pace = store.run.value?.pace ?? null
  const at = paceIndex(pace)
  return (
    <label class="pace" title="[ slower, ] faster">
      <span>Pace</span>
      <input
        type="range"
        min={0}
        max={PACES.length - 1}
        value={at}
        style={{ '--fill': `${(100 * at) / (PACES.length - 1)}%` }}
        aria-valuetext={paceText(pace)}
        onInput={(event) => setPace(store, PACES[Number(event.currentTarget.value)] ?? null)}
      />
      <output>{paceText(pace)}</output>
    </label>
  )
}

/** The big numbers: each a text of its own, so that the stream touches no other element. */
export function Readouts({ store }: { store: RunStore }) {
  const { counters } = store
  const speed = store.latest('time/steps_per_second')
  return (
    <dl class="readouts" aria-label="Counters">
      <Readout name="update" value={() => integer(counters.value.update)} />
      <Readout name="env steps" value={() => integer(counters.value.env_steps)} />
      <Readout name="episodes" value={() => integer(counters.value.episodes)} />
      <Readout name="training time" value={() => duration(counters.value.wall)} />
      <Readout name="steps/s" value={() => short(speed.value)} optional />
    </dl>
  )
}

function Readout({ name, value, optional }: { name: string; value(): string; optional?: boolean }) {
  const text = useComputed(value)
  return (
    <div class={optional ? 'optional' : ''}>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </div>
  )
}
