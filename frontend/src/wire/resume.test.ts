import { describe, expect, it } from 'vitest'
import { event, frame } from '../testing/fixtures'
import { judge } from './resume'

describe('judge', () => {
  it('takes what comes next', () => {
    expect(judge(10, frame(11, 13))).toMatchObject({ seq: 13 })
    expect(judge(10, event(11, 'paused'))).toMatchObject({ seq: 11 })
  })

  it('drops what was seen', () => {
    expect(judge(13, frame(11, 13))).toEqual({ drop: true })
    expect(judge(13, event(13, 'paused'))).toEqual({ drop: true })
  })

  it('sees a hole', () => {
    expect(judge(9, frame(11, 13))).toEqual({ gap: true })
  })

  it('cuts a frame to its new rows, episodes included', () => {
    const verdict = judge(12, frame(11, 14))
    expect(verdict).toMatchObject({ seq: 14, take: { first_seq: 13, rows: { update: [13, 14] } } })
    const { take } = verdict as { take: ReturnType<typeof frame> }
    expect(take.scalars['policy/entropy']!.last).toEqual([13, 14])
    expect(take.ended.map((episode) => episode.episode)).toEqual([13, 14])
  })

  it('goes on behind what the server left out', () => {
    expect(judge(10, { type: 'skip', run: 'r', epoch: 1, from: 11, to: 40, reason: 'slow' })).toMatchObject({ seq: 40 })
  })
})
