/** Something that can be painted: a chart with the numbers it shows. */
export interface Painter {
  id: string
  /** Changes whenever a repaint would look different. */
  stamp(): string
  paint(): void
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

const browser: Clock = {
  now: () => performance.now(),
  frame: (callback) => {
    const id = requestAnimationFrame(callback)
    return () => cancelAnimationFrame(id)
  },
}

const TOUCH_LASTS = 3000

/** Paints changed, visible charts within a time budget per frame: alternately the one last touched and the stalest. */
export class Scheduler {
  private readonly entries = new Map<string, Entry>()
  private cancel: (() => void) | null = null
  private turn = 0
  /** Repaints since the start, for the honest repaint rate. */
  painted = 0

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
    const due = [...this.entries.values()].filter((entry) => entry.visible && entry.painted !== entry.painter.stamp())
    while (due.length > 0) {
      const entry = this.pick(due, started)
      due.splice(due.indexOf(entry), 1)
      this.paint(entry)
      if (this.clock.now() - started >= this.budget) return
    }
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
    this.painted += 1
  }
}

/** The page's scheduler. */
export const scheduler = new Scheduler()
