import { useComputed } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { toggleLarge } from '../commands/player'
import { largePlayer } from '../store/view'
import { Segmented } from '../ui/Segmented'
import { EpisodeList } from './EpisodeList'
import { LargeIcon } from './icons'
import { LiveStage } from './LiveStage'
import { PlayBar } from './PlayBar'
import type { Player } from './player'
import { RecordedStages } from './RecordedStages'
import { Recorder } from './Recorder'

/** The rollout beside the numbers of the same moment: watched live, or one or two recorded episodes. */
export function PlayerPanel({ player }: { player: Player }) {
  const root = useRef<HTMLElement>(null)
  useEffect(() => followVisibility(root.current!, player), [player])
  usePlayback(player)
  const mode = player.mode.value
  const playable = mode === 'recorded' || (mode === 'live' && (player.active.value || player.tapeOf(0) !== null))
  return (
    <section
      ref={root}
      class={`card player ${mode} ${player.beside.value === null ? '' : 'comparing'}`}
      aria-label="Rollout"
      tabIndex={-1}
      onKeyDown={(event) => onSlider(event, player)}
      onClick={(event) => keepFocus(event, root.current!)}
    >
      <PlayerHead player={player} />
      {mode === 'live' ? (
        <LiveStage player={player} />
      ) : mode === 'recorded' ? (
        <RecordedStages player={player} />
      ) : (
        <p class="picture blank">{nothing(player)}</p>
      )}
      {playable && <PlayBar player={player} />}
      <div class="shelf">
        <h3>Recorded episodes</h3>
        <Recorder player={player} />
        <EpisodeList player={player} />
      </div>
    </section>
  )
}

const NOTHING = {
  loading: 'Looking for recorded episodes …',
  ready: 'The run acts no more, and no episode of it was recorded.',
  failed: 'The recorded episodes cannot be read.',
}

const nothing = ({ store, shelf }: Player): string =>
  store.run.value?.state === 'queued' ? 'The policy plays here once the run has started.' : NOTHING[shelf.state.value]

const SOURCES = [
  { value: 'live', text: 'Live' },
  { value: 'recorded', text: 'Recorded' },
]

function PlayerHead({ player }: { player: Player }) {
  const { mode, watching, shelf } = player
  const newest = shelf.rows.value[0]
  const lit = mode.value === 'live' && watching.state.value === 'live'
  const rate = useComputed(() => {
    const now = watching.rate.perSecond.value
    return now === null ? 'live' : `live ${now.toFixed(0)}/s`
  })
  return (
    <header>
      <h2>Rollout</h2>
      {lit && (
        <span class="on-air" title="Steps painted per second">
          <i />
          {rate}
        </span>
      )}
      <Segmented
        label="Source"
        options={newest ? SOURCES : SOURCES.slice(0, 1)}
        value={mode.value}
        onChange={(source) => (source === 'live' ? player.watchNow() : newest && player.choose(newest.n))}
      />
      <button
        type="button"
        class="button quiet small"
        aria-label="Large"
        title="Large, and back (v)"
        aria-pressed={largePlayer.value}
        onClick={toggleLarge}
      >
        <LargeIcon />
      </button>
    </header>
  )
}

/** Visible is: on the screen, in a tab that is in front. */
function followVisibility(root: HTMLElement, player: Player): () => void {
  let onScreen = false
  const tell = () => {
    player.visible.value = onScreen && !document.hidden
  }
  const seen = new IntersectionObserver((entries) => {
    onScreen = entries.at(-1)!.isIntersecting
    tell()
  })
  seen.observe(root)
  document.addEventListener('visibilitychange', tell)
  return () => {
    seen.disconnect()
    document.removeEventListener('visibilitychange', tell)
    player.visible.value = false
  }
}

/** Time passes for the playhead only while it plays and is seen. */
function usePlayback(player: Player): void {
  const running = player.head.playing.value && player.visible.value && player.mode.value === 'recorded'
  useEffect(() => {
    if (!running) return
    let before = performance.now()
    let frame = requestAnimationFrame(function turn(now) {
      player.head.advance(Math.max(0, now - before))
      before = now
      frame = requestAnimationFrame(turn)
    })
    return () => cancelAnimationFrame(frame)
  }, [running, player])
}

/** A press with the pointer gives the focus to the player, so that Space is its own from then on. */
function keepFocus(event: MouseEvent, root: HTMLElement): void {
  const field = (event.target as Element).closest('input, select, a')
  if (event.detail > 0 && !field) root.focus({ preventScroll: true })
}

/** A focused slider keeps its arrows; the player's other keys work there too. */
function onSlider(event: KeyboardEvent, player: Player): void {
  if (!(event.target as Element).matches('input[type="range"]') || event.ctrlKey || event.metaKey) return
  const act: Record<string, () => void> = {
    ' ': () => player.toggle(),
    ',': () => player.step(-1),
    '.': () => player.step(1),
    '[': () => player.head.nudge(-1),
    ']': () => player.head.nudge(1),
  }
  if (!act[event.key]) return
  event.preventDefault()
  act[event.key]!()
}
