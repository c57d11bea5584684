import type { Player } from '../player/player'
import { largePlayer } from '../store/view'
import type { Command } from './registry'

export const focused = (): boolean => document.activeElement?.closest('.player') != null

/** What the rollout player of a desk offers; Space and the brackets are its own only while it has the focus. */
export function playerCommands(player: Player): Command[] {
  const { head, shelf } = player
  return [
    { ...of('frame-back', 'One step back', ','), act: () => player.step(-1) },
    { ...of('frame-on', 'One step on', '.'), act: () => player.step(1) },
    { ...own('play', 'Play or pause the episode, with the player focused', ' '), act: () => player.toggle() },
    { ...own('first', 'First step, with the player focused', 'Home'), act: () => player.seek(0) },
    { ...own('last', 'Last step, with the player focused', 'End'), act: () => player.seek(Number.MAX_SAFE_INTEGER) },
    { ...own('speed-down', 'Play slower, with the player focused', '['), act: () => head.nudge(-1) },
    { ...own('speed-up', 'Play faster, with the player focused', ']'), act: () => head.nudge(1) },
    { ...of('large', 'Rollout large, and back', 'v'), words: 'beamer full', act: () => toggleLarge() },
    {
      ...of('small', 'Rollout small again', 'Escape'),
      keyOnly: true,
      ready: () => largePlayer.peek(),
      act: () => toggleLarge(),
    },
    { ...of('watch', 'Watch the policy live'), ready: () => player.active.value, act: () => player.watchNow() },
    {
      ...of('record', 'Record an episode now'),
      ready: () => player.active.value,
      act: () => void shelf.record(1, null),
    },
  ]
}

export function toggleLarge(): void {
  largePlayer.value = !largePlayer.peek()
}

const of = (id: string, title: string, ...keys: string[]) => ({ id: `player:${id}`, title, section: 'Rollout', keys })
const own = (id: string, title: string, key: string) => ({ ...of(id, title, key), keyOnly: true, ready: focused })
