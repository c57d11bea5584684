import { describe, expect, it } from 'vitest'
import { view } from '../testing/episodes'
import type { Watcher } from '../wire/watch'
import { Rate } from './rate'
import { Watching } from './watching'

function setup() {
  const said: string[] = []
  let watcher: Watcher | null = null
  const watching = new Watching(
    'r',
    () => 1,
    () => 'cartpole',
    (_run, fps, given) => {
      said.push(`watch ${fps}`)
      watcher = given
      return () => said.push('stop')
    },
  )
  watching.start()
  return { watching, said, hear: () => watcher! }
}

describe('Watching', () => {
  it('asks once, for 25 steps a second, and stops once', () => {
    const { watching, said } = setup()
    watching.start()
    watching.stop()
    watching.stop()
    expect(said).toEqual(['watch 25', 'stop'])
    expect(watching.state.value).toBe('off')
  })

  it('is live from the first view, and says whose parameters act', () => {
    const { watching, hear } = setup()
    expect(watching.state.value).toBe('asking')
    hear().view(view({ update: 12 }))
    expect([watching.state.value, watching.update.value, watching.steps.value]).toEqual(['live', 12, 1])
  })

  it('begins a tape with each episode, and after a long gap', () => {
    const { watching, hear } = setup()
    for (const t of [0, 1, 3]) hear().view(view({ t }))
    expect(watching.steps.value).toBe(3)
    hear().view(view({ t: 40 }))
    expect(watching.steps.value).toBe(1)
    hear().view(view({ t: 41, episode: 2 }))
    expect(watching.steps.value).toBe(1)
    hear().view(view({ t: 0, episode: 2 }))
    expect(watching.steps.value).toBe(1)
  })

  it('says why it cannot be, and tries again when told to', () => {
    const { watching, hear, said } = setup()
    hear().refused({ code: 'wrong_state', message: 'The run is over.' })
    expect([watching.state.value, watching.why.value]).toEqual(['refused', 'The run is over.'])
    watching.retry()
    expect(watching.state.value).toBe('asking')
    expect(said).toEqual(['watch 25', 'stop', 'watch 25'])
  })
})

describe('Rate', () => {
  it('counts the frames of the last two seconds', () => {
    const rate = new Rate()
    for (let at = 0; at <= 1000; at += 40) rate.tick(at)
    expect(rate.perSecond.value).toBeCloseTo(25, 6)
    for (let at = 1100; at <= 5000; at += 100) rate.tick(at)
    expect(rate.perSecond.value).toBeCloseTo(10, 6)
    rate.clear()
    expect(rate.perSecond.value).toBeNull()
  })
})
