import { describe, expect, it, vi } from 'vitest'
import { event, frame, run } from '../testing/fixtures'
import { backoff } from './backoff'
import { LiveSocket, type Sink } from './socket'

class FakeSocket {
  sent: Record<string, unknown>[] = []
  onopen: () => void = () => {}
  onmessage: (event: { data: string }) => void = () => {}
  onclose: (event: { code: number }) => void = () => {}
  send(text: string) {
    this.sent.push(JSON.parse(text))
  }
  close() {}
  say(message: object) {
    this.onmessage({ data: JSON.stringify(message) })
  }
}

function setup() {
  const sockets: FakeSocket[] = []
  const waits: { run: () => void; ms: number }[] = []
  const live = new LiveSocket({
    open: () => {
      sockets.push(new FakeSocket())
      return sockets.at(-1) as unknown as WebSocket
    },
    random: () => 0.5,
    later: (callback, ms) => {
      waits.push({ run: callback, ms })
      return () => {}
    },
  })
  const seen: string[] = []
  const sink: Sink = {
    frame: ({ first_seq, seq }) => seen.push(`frame ${first_seq}-${seq}`),
    event: ({ seq }) => seen.push(`event ${seq}`),
    skip: ({ from, to }) => seen.push(`skip ${from}-${to}`),
    run: () => {},
    gone: () => seen.push('gone'),
    reload: () => seen.push('reload'),
  }
  const stop = live.subscribe('r', { after: { epoch: 1, seq: 10 }, metrics: '*', distributions: [], max_hz: 10 }, sink)
  return { live, sockets, waits, seen, stop }
}

const subscribed = (resume: string, head = 10) => ({ type: 'subscribed', id: 1, run: run(), epoch: 1, head, resume })

describe('LiveSocket', () => {
  it('resumes after a cut from exactly where it was', () => {
    const { live, sockets, waits, seen } = setup()
    sockets[0]!.onopen()
    sockets[0]!.say(subscribed('replay'))
    sockets[0]!.say(frame(11, 13))
    sockets[0]!.onclose({ code: 1006 })
    expect(live.link.value).toBe('reconnecting')
    waits[0]!.run()
    sockets[1]!.onopen()
    expect(sockets[1]!.sent[0]).toMatchObject({ type: 'subscribe', after: { epoch: 1, seq: 13 } })
    sockets[1]!.say(subscribed('replay'))
    sockets[1]!.say(frame(12, 15))
    sockets[1]!.say(event(15, 'paused'))
    sockets[1]!.say(event(16, 'paused'))
    expect(seen).toEqual(['frame 11-13', 'frame 14-15', 'event 16'])
  })

  it('asks again, once, when a number is missing', () => {
    const { sockets, seen } = setup()
    const socket = sockets[0]!
    socket.onopen()
    socket.say(subscribed('replay'))
    socket.say(frame(14, 15))
    socket.say(frame(16, 17))
    expect(socket.sent.filter(({ type }) => type === 'subscribe')).toHaveLength(2)
    expect(seen).toEqual([])
    socket.say(subscribed('replay'))
    socket.say(frame(11, 17))
    expect(seen).toEqual(['frame 11-17'])
  })

  it('tells the run to read its history again when the server cannot resume', () => {
    const { sockets, seen } = setup()
    sockets[0]!.onopen()
    sockets[0]!.say(subscribed('reload'))
    expect(seen).toEqual(['reload'])
  })

  it('does not come back after a revoked session', () => {
    const { live, sockets, waits } = setup()
    live.onRevoked = vi.fn()
    sockets[0]!.onopen()
    sockets[0]!.onclose({ code: 4401 })
    expect(live.onRevoked).toHaveBeenCalledOnce()
    expect(waits).toHaveLength(0)
  })

  it('hears nothing after it stopped listening', () => {
    const { sockets, seen, stop } = setup()
    sockets[0]!.onopen()
    stop()
    sockets[0]!.say(frame(11, 12))
    expect(seen).toEqual([])
  })

  it('passes a tag of a newer server over', () => {
    const { sockets, seen } = setup()
    sockets[0]!.onopen()
    sockets[0]!.say({ type: 'hologram', run: 'r' })
    expect(seen).toEqual([])
  })
})

describe('backoff', () => {
  it('doubles its ceiling from 0.5 s and stops at 10 s', () => {
    const ceilings = [0, 1, 2, 3, 4, 5, 9].map((attempt) => backoff(attempt, () => 1))
    expect(ceilings).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000])
    expect(backoff(9, () => 0.25)).toBe(2500)
  })
})
