import { signal } from '@preact/signals'
import { backoff } from './backoff'
import { dispatch, type Handlers } from './dispatch'
import { judge, type Numbered } from './resume'
import type { EventMessage, FrameMessage, Run, ServerMessage, SkipMessage, SubscribedMessage } from './types'
import { type Watcher, Watches } from './watch'

export type Link = 'idle' | 'connecting' | 'live' | 'reconnecting' | 'revoked'

/** Who listens to one run. */
export interface Sink {
  frame(message: FrameMessage): void
  event(message: EventMessage): void
  skip(message: SkipMessage): void
  run(run: Run): void
  /** The run was deleted. */
  gone(): void
  /** The stream cannot be continued from the last position: read the history again. */
  reload(): void
}

export interface Wanted {
  after: { epoch: number; seq: number } | null
  metrics: '*' | string[]
  distributions: string[]
  max_hz: number
}

interface Subscription extends Wanted {
  run: string
  sink: Sink
  /** Asked and not yet answered: what still arrives belongs to the previous position. */
  asking: boolean
}

export interface Environment {
  open(): WebSocket
  random(): number
  later(callback: () => void, ms: number): () => void
}

const browser: Environment = {
  open: () => new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/live`, 'policyscope.v1'),
  random: Math.random,
  later: (callback, ms) => {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
}

/** One websocket for the page; every subscription continues from its own (epoch, seq) after a cut. */
export class LiveSocket {
  readonly link = signal<Link>('idle')
  private socket: WebSocket | null = null
  private attempt = 0
  private nextId = 1
  private cancelRetry: (() => void) | null = null
  private readonly subscriptions = new Map<string, Subscription>()
  private readonly watches = new Watches((message) => this.tell(message))
  onRun: (run: Run) => void = () => {}
  onRevoked: () => void = () => {}

  constructor(private readonly environment: Environment = browser) {}

  /** Start listening; the returned function stops. One sink per run. */
  subscribe(run: string, wanted: Wanted, sink: Sink): () => void {
    const subscription = { ...wanted, run, sink, asking: false }
    this.subscriptions.set(run, subscription)
    if (this.socket === null) this.connect()
    else if (this.link.value === 'live') this.ask(subscription)
    return () => this.unsubscribe(subscription)
  }

  /** Watch the policy of a run act, at most so many steps per second; the returned function stops. */
  watch(run: string, maxFps: number, watcher: Watcher): () => void {
    const stop = this.watches.add(run, maxFps, watcher)
    if (this.link.value === 'live') this.watches.ask(run)
    return stop
  }

  /** Other metrics and distributions from here on, at the same position. */
  want(run: string, { metrics, distributions }: Pick<Wanted, 'metrics' | 'distributions'>): void {
    const subscription = this.subscriptions.get(run)
    const same = `${subscription?.metrics}|${subscription?.distributions}` === `${metrics}|${distributions}`
    if (!subscription || same) return
    Object.assign(subscription, { metrics, distributions })
    if (this.link.value === 'live') this.ask(subscription)
  }

  /** Try now instead of waiting out the backoff. */
  retry(): void {
    if (this.link.value === 'reconnecting') this.connect()
  }

  private unsubscribe(subscription: Subscription): void {
    if (this.subscriptions.get(subscription.run) !== subscription) return
    this.subscriptions.delete(subscription.run)
    if (this.link.value === 'live') this.send({ type: 'unsubscribe', id: this.nextId++, run: subscription.run })
    if (this.subscriptions.size === 0) this.close()
  }

  private connect(): void {
    this.cancelRetry?.()
    this.cancelRetry = null
    this.link.value = this.attempt === 0 ? 'connecting' : 'reconnecting'
    const socket = this.environment.open()
    this.socket = socket
    socket.onopen = () => this.opened()
    socket.onmessage = (event) => this.receive(event.data as string)
    socket.onclose = (event) => this.socket === socket && this.closed(event.code)
  }

  private opened(): void {
    this.attempt = 0
    this.link.value = 'live'
    for (const subscription of this.subscriptions.values()) this.ask(subscription)
    this.watches.askAll()
  }

  private closed(code: number): void {
    this.socket = null
    if (code === 4401) {
      this.link.value = 'revoked'
      this.onRevoked()
      return
    }
    this.link.value = 'reconnecting'
    this.cancelRetry = this.environment.later(() => this.connect(), backoff(this.attempt++, this.environment.random))
  }

  private close(): void {
    this.cancelRetry?.()
    const socket = this.socket
    this.socket = null
    this.attempt = 0
    this.link.value = 'idle'
    socket?.close()
  }

  private ask(subscription: Subscription): void {
    const { run, after, metrics, distributions, max_hz } = subscription
    subscription.asking = true
    this.send({ type: 'subscribe', id: this.nextId++, run, after, metrics, distributions, max_hz })
  }

  private send(message: object): void {
    this.socket?.send(JSON.stringify(message))
  }

  /** Send a message that carries an id of its own, where there is anybody to hear it; return the id. */
  private tell(message: (id: number) => object): number {
    const id = this.nextId++
    if (this.link.peek() === 'live') this.send(message(id))
    return id
  }

  private receive(text: string): void {
    dispatch(JSON.parse(text) as ServerMessage, this.handlers)
  }

  private readonly handlers: Handlers = {
    subscribed: (message) => this.subscribed(message),
    frame: (message) => this.numbered(message),
    event: (message) => this.numbered(message),
    skip: (message) => this.numbered(message),
    run: ({ run }) => {
      this.onRun(run)
      this.subscriptions.get(run.id)?.sink.run(run)
    },
    deleted: ({ run }) => this.subscriptions.get(run)?.sink.gone(),
    error: (message) => this.watches.error(message),
    watching: (message) => this.watches.watching(message),
    view: (message) => this.watches.view(message),
  }

  private subscribed(message: SubscribedMessage): void {
    const subscription = this.subscriptions.get(message.run.id)
    if (!subscription) return
    subscription.asking = false
    if (message.resume === 'reload') return subscription.sink.reload()
    if (message.resume === 'live') subscription.after = { epoch: message.epoch, seq: message.head }
    subscription.sink.run(message.run)
  }

  private numbered(message: Numbered): void {
    const subscription = this.subscriptions.get(message.run)
    if (!subscription?.after || message.epoch < subscription.after.epoch) return
    if (message.epoch > subscription.after.epoch) return subscription.sink.reload()
    const verdict = judge(subscription.after.seq, message)
    if ('drop' in verdict) return
    if ('gap' in verdict) return subscription.asking ? undefined : this.ask(subscription)
    subscription.after.seq = verdict.seq
    const { take } = verdict
    if (take.type === 'frame') subscription.sink.frame(take)
    else if (take.type === 'event') subscription.sink.event(take)
    else subscription.sink.skip(take)
  }
}

/** The page's socket. */
export const live = new LiveSocket()
