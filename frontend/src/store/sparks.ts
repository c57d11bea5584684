import { type Signal, signal } from '@preact/signals'
import { api } from '../wire/api'
import { decodeOrNaN } from '../wire/numbers'
import type { EndedEpisode } from '../wire/types'

/** Return over episodes, for the sparkline. */
export interface Spark {
  x: number[]
  y: number[]
}

const RETURN = 'episode/return'
const POINTS = 60
const AT_ONCE = 4
/** Sparklines kept; the longest unseen are forgotten first. */
const KEPT = 400

const sparks = new Map<string, Signal<Spark | null>>()
let wanted: string[] = []
let busy = 0

/** The sparkline of a run; null until it is read. */
export function sparkOf(run: string): Signal<Spark | null> {
  const known = sparks.get(run) ?? signal<Spark | null>(null)
  sparks.delete(run)
  sparks.set(run, known)
  return known
}

/** Read those of the rows in view that are missing; rows that left the view meanwhile are not read. */
export function wantSparks(visible: string[]): void {
  wanted = visible.filter((run) => sparkOf(run).peek() === null)
  for (const run of [...sparks.keys()].slice(0, Math.max(0, sparks.size - KEPT))) sparks.delete(run)
  while (busy < AT_ONCE && wanted.length > 0) void readNext()
}

/** What is known is out of date: read it again when it is in view. */
export async function rereadSpark(run: string): Promise<void> {
  if (sparks.has(run)) await read(run)
}

async function readNext(): Promise<void> {
  const run = wanted.shift()
  if (run === undefined) return
  busy++
  await read(run)
  busy--
  await readNext()
}

async function read(run: string): Promise<void> {
  const reply = await api.series(run, [RETURN], 'episodes', { points: POINTS }).catch(() => null)
  if (!reply) return // deleted meanwhile, say; it is asked for again when its row comes back
  const columns = reply.series[RETURN]
  sparkOf(run).value = { x: columns?.x1 ?? [], y: columns?.mean.map(decodeOrNaN) ?? [] }
}

/** Add the training episodes that have just ended. */
export function extendSpark(run: string, episodes: EndedEpisode[]): void {
  const spark = sparks.get(run)
  const known = spark?.peek()
  if (!spark || !known) return
  const ended = episodes.filter(({ kind, episode }) => kind === 'train' && episode > (known.x.at(-1) ?? 0))
  if (ended.length === 0) return
  const x = [...known.x, ...ended.map(({ episode }) => episode)]
  const y = [...known.y, ...ended.map((episode) => decodeOrNaN(episode.return))]
  spark.value = x.length > 4 * POINTS ? { x: halved(x), y: halved(y) } : { x, y }
}

/** Half as many values, each the mean of two. */
function halved(values: number[]): number[] {
  const out: number[] = []
  for (let i = 0; i + 1 < values.length; i += 2) out.push((values[i]! + values[i + 1]!) / 2)
  return out
}
