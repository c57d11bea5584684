import { useComputed } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import { integer, positionText } from '../paint/format'
import { stepUp } from '../paint/ranges'
import { AXES } from '../store/axis'
import type { RunStore } from '../store/run'
import { isTerminal } from '../store/runs'
import { axis, cursor } from '../store/view'
import { Dialog } from '../ui/Dialog'
import type { Control } from '../wire/types'
import { EventList } from './EventList'
import { type Stop, stopsOf } from './stops'

interface Props {
  store: RunStore
  controls: Control[]
  /** A recorded episode was picked. */
  onEpisode(n: number): void
}

/** The story of the run on the axis in force. Clicking, or the arrow keys, move the shared cursor. */
export function Timeline({ store, controls, onEpisode }: Props) {
  const [listing, setListing] = useState(false)
  const run = store.run.value
  const ended = run !== null && isTerminal(run)
  const end = useComputed(() => railEnd(store)).value
  const events = store.events.list.value
  const stops = stopsOf(events, controls, (update) => store.places.place(update, axis.value))
  return (
    <section class="timeline" aria-label="Timeline">
      <header>
        <h2>Timeline</h2>
        <Now store={store} ended={ended} />
        <button type="button" class="button quiet small" onClick={() => setListing(true)}>
          {integer(events.length)} {events.length === 1 ? 'event' : 'events'}
        </button>
      </header>
      <Rail store={store} stops={stops} end={end} onEpisode={onEpisode} />
      {listing && (
        <Dialog title="Events" drawer onClose={() => setListing(false)}>
          <EventList
            events={events}
            onPick={(update) => (cursor.value = store.places.place(update, axis.peek()))}
            onEpisode={(n) => {
              setListing(false)
              onEpisode(n)
            }}
          />
        </Dialog>
      )}
    </section>
  )
}

const nowOf = (store: RunStore) => store.counters.value[axis.value]

/** A round number beyond now, so that the rail moves in steps; the end itself once there is one. */
function railEnd(store: RunStore): number {
  const run = store.run.value
  return run && isTerminal(run) ? Math.max(nowOf(store), 1) : stepUp(nowOf(store))
}

function Now({ store, ended }: { store: RunStore; ended: boolean }) {
  const { label } = AXES.find(({ id }) => id === axis.value)!
  return (
    <span class="faint">
      {label}, {ended ? 'ended at' : 'now'} {positionText(nowOf(store), axis.value)}
    </span>
  )
}

const percent = (x: number, end: number) => `${Math.min(100, Math.max(0, (100 * x) / end))}%`

/** What moves with every update, apart from what does not. */
function Progress({ store, end }: { store: RunStore; end: number }) {
  const width = percent(nowOf(store), end)
  return (
    <>
      <div class="track">
        <div class="done" style={{ width }} />
      </div>
      <i class="stop now" style={{ left: width }} title="now" />
    </>
  )
}

interface RailProps {
  store: RunStore
  stops: Stop[]
  end: number
  onEpisode(n: number): void
}

function Rail({ store, stops, end, onEpisode }: RailProps) {
  const now = () => store.counters.peek()[axis.peek()]
  const go = (x: number) => {
    cursor.value = Math.min(now(), Math.max(0, x))
  }
  const move = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (by === 0) return
    event.preventDefault()
    go((cursor.peek() ?? now()) + (by * end) / 100)
  }
  const at = cursor.value
  const rail = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(1000)
  useEffect(() => {
    const sized = new ResizeObserver(() => setWidth(rail.current?.clientWidth || 1000))
    if (rail.current) sized.observe(rail.current)
    return () => sized.disconnect()
  }, [])
  return (
    <div
      ref={rail}
      class="rail"
      role="slider"
      tabIndex={0}
      aria-label="Cursor"
      aria-valuemin={0}
      aria-valuemax={end}
      aria-valuenow={at ?? now()}
      aria-valuetext={at === null ? 'now' : positionText(at, axis.value)}
      onClick={(event) => {
        // The list of events offers the same episodes to the keyboard.
        const { episode } = (event.target as HTMLElement).dataset
        if (episode) onEpisode(Number(episode))
        const box = event.currentTarget.getBoundingClientRect()
        go(((event.clientX - box.left) / box.width) * end)
      }}
      onKeyDown={move}
    >
      <Progress store={store} end={end} />
      {stops.map((stop) => (
        <i
          key={`${stop.kind} ${stop.x} ${stop.label}`}
          class={`stop ${stop.kind}`}
          style={{ left: percent(stop.x, end) }}
          title={stop.label}
          data-episode={stop.episode}
        />
      ))}
      {labelled(stops, end, width).map(({ stop, side }) => (
        <span
          key={`${stop.label} ${stop.x}`}
          class={`label ${stop.place} ${stop.kind}`}
          style={anchor(percent(stop.x, end), side)}
        >
          {stop.label}
        </span>
      ))}
      {at !== null && <div class="at" style={{ left: percent(at, end) }} />}
    </div>
  )
}

type Side = 'start' | 'middle' | 'end'

const anchor = (left: string, side: Side) => ({
  left,
  transform: side === 'start' ? 'none' : side === 'end' ? 'translateX(-100%)' : 'translateX(-50%)',
})

const WEIGHT: Record<string, number> = { 'edit wrong-side': 0, bad: 0, edit: 1, good: 1, now: 2, start: 2, small: 3 }

/** Labels that find room: what matters most first, then the newest; a label takes room by its letters. */
function labelled(stops: Stop[], end: number, pixels: number): { stop: Stop; side: Side }[] {
  const taken: { place: string; left: number; right: number }[] = []
  const order = stops
    .filter(({ kind }) => kind !== 'episode')
    .toReversed()
    .toSorted((a, b) => WEIGHT[a.kind]! - WEIGHT[b.kind]! || b.x - a.x)
  return order.flatMap((stop) => {
    const at = stop.x / end
    const width = (stop.label.length * 6.4 + 12) / pixels
    const side: Side = at < width / 2 ? 'start' : at > 1 - width / 2 ? 'end' : 'middle'
    const left = side === 'start' ? at : side === 'end' ? at - width : at - width / 2
    const right = left + width
    if (taken.some((other) => other.place === stop.place && left < other.right && right > other.left)) return []
    taken.push({ place: stop.place, left, right })
    return [{ stop, side }]
  })
}
