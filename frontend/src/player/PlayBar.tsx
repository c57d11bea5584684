import { useComputed, useSignalEffect } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { integer } from '../paint/format'
import { PauseIcon, PlayIcon } from '../ui/icons'
import { FirstIcon, LastIcon, LoopIcon, NextIcon, PreviousIcon } from './icons'
import type { Player } from './player'
import { SPEEDS } from './playhead'

/** The player's own controls; the same for one episode, for two, and for what is watched. */
export function PlayBar({ player }: { player: Player }) {
  const { head } = player
  const live = player.mode.value === 'live'
  const playing = player.playing.value
  return (
    <div class="play-bar" role="toolbar" aria-label="Playback">
      <Press name="First step" hint="Home" act={() => player.seek(0)} icon={<FirstIcon />} />
      <Press name="Step back" hint="," act={() => player.step(-1)} icon={<PreviousIcon />} />
      {(!live || player.active.value) && (
        <Press
          name={playing ? (live ? 'Hold' : 'Pause the episode') : live ? 'Go on watching' : 'Play the episode'}
          hint="Space, with the player focused"
          act={() => player.toggle()}
          icon={playing ? <PauseIcon /> : <PlayIcon />}
        />
      )}
      <Press name="Step forward" hint="." act={() => player.step(1)} icon={<NextIcon />} />
      <Press name="Last step" hint="End" act={() => player.seek(Number.MAX_SAFE_INTEGER)} icon={<LastIcon />} />
      {!live && (
        <>
          <select
            aria-label="Speed"
            title="[ slower, ] faster, with the player focused; 1× is 25 steps a second"
            value={String(head.speed.value)}
            onChange={(event) => {
              head.speed.value = Number(event.currentTarget.value)
            }}
          >
            {SPEEDS.map((speed) => (
              <option key={speed} value={String(speed)}>
                {speed}×
              </option>
            ))}
          </select>
          <button
            type="button"
            class="button quiet small"
            aria-label="Loop"
            title="Loop"
            aria-pressed={head.loop.value}
            onClick={() => {
              head.loop.value = !head.loop.value
            }}
          >
            <LoopIcon />
          </button>
        </>
      )}
      <Scrubber player={player} />
    </div>
  )
}

interface PressProps {
  name: string
  hint: string
  act(): void
  icon: ComponentChildren
}

function Press({ name, hint, act, icon }: PressProps) {
  return (
    <button type="button" class="button quiet small" aria-label={name} title={`${name} (${hint})`} onClick={act}>
      {icon}
    </button>
  )
}

function Scrubber({ player }: { player: Player }) {
  const { head, watching, mode, held, t } = player
  const last = useComputed(() =>
    mode.value === 'live' && !held.value ? Math.max(1, watching.steps.value - 1) : Math.max(1, head.length.value - 1),
  )
  const fill = useComputed(() => `--fill: ${(100 * t.value) / last.value}%`)
  const slider = useRef<HTMLInputElement>(null)
  useSignalEffect(() => {
    // The end before the place: a slider cuts a value that is beyond its end.
    slider.current!.max = String(last.value)
    slider.current!.value = String(t.value)
  })
  const text = useComputed(() =>
    mode.value === 'live' ? kept(t.value, last.value) : `step ${t.value} of ${last.value}`,
  )
  // What is watched may have begun amid an episode: its pictures are not numbered as the steps beside them.
  const count = useComputed(() =>
    mode.value === 'live' ? `${integer(last.value + 1)} kept` : `${integer(t.value)}/${integer(last.value)}`,
  )
  return (
    <span class="scrub">
      <input
        ref={slider}
        type="range"
        aria-label="Step"
        aria-valuetext={text}
        min={0}
        style={fill}
        onInput={(event) => player.seek(Number(event.currentTarget.value))}
      />
      <span class="count">{count}</span>
    </span>
  )
}

const kept = (t: number, last: number) => `${t + 1} of the ${last + 1} steps kept`
