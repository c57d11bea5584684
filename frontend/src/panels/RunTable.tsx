import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { offer } from '../commands/registry'
import { followRows } from '../store/liveRows'
import { atTop, loadMoreRuns, nextPage, refreshRuns, runs, turning, unseen } from '../store/runs'
import { current } from '../store/selection'
import { wantSparks } from '../store/sparks'
import { chosenColumns, filters, isFiltered } from '../store/tableView'
import { COLUMNS } from '../table/columns'
import { tableCommands } from '../table/commands'
import { Head } from '../table/Head'
import { Row } from '../table/Row'
import { ROW_HEIGHT, type Span, scrollFor, spanOf } from '../table/window'
import type { Run } from '../wire/types'

/** Rows from the end at which the next page is asked for. */
const AHEAD = 40
/** What is in view is attended to when the scrolling rests. */
const REST_MS = 120

/** Every run, only those in view drawn. */
export function RunTable() {
  const box = useRef<HTMLDivElement>(null)
  const span = useSpan(box, runs.value.length)
  const rows = runs.value.slice(span.first, span.last)
  useAttention(rows, span.last)
  useEffect(() => offer(() => tableCommands((run) => goTo(box.current!, run))), [])
  useEffect(() => {
    box.current?.scrollTo(0, 0)
  }, [turning.value])
  const columns = useMemo(
    () => COLUMNS.filter(({ id, from }) => chosenColumns.value?.includes(id) ?? from !== 'chosen'),
    [chosenColumns.value],
  )
  return (
    <div class="card table-card">
      <Unseen onShow={() => box.current?.scrollTo(0, 0)} />
      <div class="table-scroll" ref={box}>
        <table
          class={`list ${chosenColumns.value ? 'as-chosen' : ''} ${turning.value ? 'turning' : ''}`}
          aria-rowcount={nextPage.value === null ? runs.value.length + 1 : -1}
        >
          <Head columns={columns} />
          <tbody>
            <Spacer rows={span.first} />
            {rows.map((run, i) => (
              <Row key={run.id} run={run} columns={columns} place={span.first + i + 1} />
            ))}
            <Spacer rows={runs.value.length - span.last} />
          </tbody>
        </table>
        {runs.value.length === 0 && !turning.value && <Nothing />}
      </div>
    </div>
  )
}

/** The part of the table that is in view, followed while it scrolls and is resized. */
function useSpan(box: { current: HTMLDivElement | null }, count: number): Span {
  const [span, setSpan] = useState<Span>({ first: 0, last: 0 })
  const measure = () => {
    if (!box.current) return
    const { scrollTop, clientHeight } = box.current
    atTop.value = scrollTop < ROW_HEIGHT
    const next = spanOf(scrollTop, clientHeight, runs.peek().length)
    setSpan((known) => (known.first === next.first && known.last === next.last ? known : next))
  }
  useLayoutEffect(measure, [count])
  useEffect(() => {
    const element = box.current!
    const resized = new ResizeObserver(measure)
    element.addEventListener('scroll', measure, { passive: true })
    resized.observe(element)
    return () => {
      element.removeEventListener('scroll', measure)
      resized.disconnect()
      atTop.value = true
    }
  }, [])
  return { first: Math.min(span.first, count), last: Math.min(span.last, count) }
}

/** Rows in view are followed live and get their sparkline; near the end the next page is read. */
function useAttention(rows: Run[], last: number): void {
  const ids = rows.map(({ id, state }) => id + state).join()
  useEffect(() => {
    if (last > runs.peek().length - AHEAD) loadMoreRuns()
    const timer = setTimeout(() => {
      followRows(rows)
      wantSparks(rows.filter(({ deleted }) => !deleted).map(({ id }) => id))
    }, REST_MS)
    return () => clearTimeout(timer)
  }, [ids, runs.value.length])
  useEffect(() => () => followRows([]), [])
}

/** Bring a row into view and give it the focus once it is drawn. */
function goTo(box: HTMLDivElement, run: string): void {
  current.value = run
  const head = box.querySelector('thead')?.clientHeight ?? 0
  const place = runs.peek().findIndex(({ id }) => id === run)
  const top = scrollFor(place, box.scrollTop, box.clientHeight - head)
  if (top !== null) box.scrollTop = top
  requestAnimationFrame(() =>
    setTimeout(() =>
      box.querySelector<HTMLElement>(`tr[data-run="${CSS.escape(run)}"]`)?.focus({ preventScroll: true }),
    ),
  )
}

/** The height of rows that are not drawn. */
const Spacer = ({ rows }: { rows: number }) =>
  rows > 0 ? (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: there is nothing in it that could take the focus
    <tr aria-hidden="true" class="spacer">
      <td colSpan={99} style={{ height: rows * ROW_HEIGHT }} />
    </tr>
  ) : null

function Unseen({ onShow }: { onShow(): void }) {
  if (unseen.value === 0) return null
  return (
    <button
      type="button"
      class="button small unseen"
      onClick={() => {
        onShow()
        atTop.value = true
        void refreshRuns()
      }}
    >
      {unseen.value === 1 ? '1 new run' : `${unseen.value} new runs`} above
    </button>
  )
}

function Nothing() {
  return (
    <p class="nothing" role="status">
      {filters.value.deleted && Object.keys(filters.value).length === 1
        ? 'No run was deleted within the last 24 hours.'
        : 'No run matches.'}{' '}
      {isFiltered.value && (
        <button
          type="button"
          class="button small"
          onClick={() => {
            filters.value = {}
          }}
        >
          Show all runs
        </button>
      )}
    </p>
  )
}
