/** Something that can be painted: a chart with the numbers it shows. */
export interface Painter {
  id: string
  /** Changes whenever a repaint would look different. */
  stamp(): string
  paint(): void
  /** At least this long between two repaints that only new numbers ask for, in ms. */
  rest?: number
}

interface Entry {
  painter: Painter
  visible: boolean
  painted: string | null
  paintedAt: number
  touchedAt: number
}

export interface Clock {
  now(): number
  frame(callback: () => void): () => void
}

/** Ticks per second: what streams is legible at this rate, and the trainer on the same machine keeps its core. */
const RATE = 16

/** Frames of the screen at `RATE`; none while the tab is hidden, one as soon as it is seen again. */
const browser: Clock = {
  now: () => performance.now(),
  frame: (callback) => {
    let frame = 0
    const ask = () => {
      if (document.hidden) return
      document.removeEventListener('visibilitychange', ask)
      frame = requestAnimationFrame(callback)
    }
    const timer = setTimeout(() => {
      document.addEventListener('visibilitychange', ask)
      ask()
    }, 1000 / RATE)
    return () => {
      clearTimeout(timer)
      cancelAnimationFrame(frame)
      document.removeEventListener('visibilitychange', ask)
    }
  },
}

/** How long a touch counts, in ms. */
const TOUCH_LASTS = 3000

/** How many charts, the last touched first and then in order of the page, are repainted often. */
const FOLLOWED = 6
const REST_FOLLOWED = 120
const REST_OTHERS = 480

/** Paints changed, visible charts within a time budget per tick: alternately the one last touched and the stalest. */
export class Scheduler {
  private readonly entries = new Map<string, Entry>()
  private cancel: (() => void) | null = null
  private turn = 0

  constructor(
    private readonly budget = 8,
    private readonly clock: Clock = browser,
  ) {}

  add(painter: Painter): () => void {
    const entry = { painter, visible: false, painted: null, paintedAt: -Infinity, touchedAt: -Infinity }
    this.entries.set(painter.id, entry)
    this.start()
    return () => this.remove(painter)
  }

  setVisible(id: string, visible: boolean): void {
    const entry = this.entries.get(id)
    if (entry) entry.visible = visible
  }

  /** The person is looking at this one. */
  touch(id: string): void {
    const entry = this.entries.get(id)
    if (entry) entry.touchedAt = this.clock.now()
  }

  /** Paint again although no number changed (another theme, another size). */
  invalidate(id?: string): void {
    for (const [key, entry] of this.entries) if (id === undefined || key === id) entry.painted = null
  }

  private remove(painter: Painter): void {
    if (this.entries.get(painter.id)?.painter === painter) this.entries.delete(painter.id)
    if (this.entries.size > 0) return
    this.cancel?.()
    this.cancel = null
  }

  private start(): void {
    this.cancel ??= this.clock.frame(this.tick)
  }

  private readonly tick = (): void => {
    this.cancel = null
    this.paintSome()
    if (this.entries.size > 0) this.start()
  }

  /** One frame's worth; at least one chart, so that a slow one still gets its turn. */
  private paintSome(): void {
    const started = this.clock.now()
    const due = this.due(started)
    while (due.length > 0) {
      const entry = this.pick(due, started)
      due.splice(due.indexOf(entry), 1)
      this.paint(entry)
      if (this.clock.now() - started >= this.budget) return
    }
  }

  private due(now: number): Entry[] {
    const visible = [...this.entries.values()].filter((entry) => entry.visible)
    const followed = new Set(visible.toSorted((a, b) => compare(b.touchedAt, a.touchedAt)).slice(0, FOLLOWED))
    return visible.filter((entry) => {
      const rest = entry.painter.rest ?? (followed.has(entry) ? REST_FOLLOWED : REST_OTHERS)
      const rested = entry.painted === null || now - entry.paintedAt >= rest
      return rested && entry.painted !== entry.painter.stamp()
    })
  }

  private pick(due: Entry[], now: number): Entry {
    const stalest = due.reduce((a, b) => (b.paintedAt < a.paintedAt ? b : a))
    const touched = due.reduce((a, b) => (b.touchedAt > a.touchedAt ? b : a))
    this.turn += 1
    return now - touched.touchedAt < TOUCH_LASTS && this.turn % 2 === 1 ? touched : stalest
  }

  private paint(entry: Entry): void {
    entry.painted = entry.painter.stamp()
    entry.painter.paint()
    entry.paintedAt = this.clock.now()
  }
}

/** Never touched is -Infinity, of which the difference to itself is no number. */
const compare = (a: number, b: number) => (a === b ? 0 : a - b)

/** The page's scheduler. */
export const scheduler = new Scheduler()
