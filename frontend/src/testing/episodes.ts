import type { EpisodeDocument, EpisodeRow, ViewMessage } from '../wire/types'

/** A recorded CartPole episode of so many steps. */
export function episode(steps: number, over: Partial<EpisodeDocument> = {}): EpisodeDocument {
  const each = <T>(value: (t: number) => T): T[] => Array.from({ length: steps }, (_, t) => value(t))
  return {
    n: 3,
    kind: 'eval',
    update: 120,
    seed: 5,
    return: steps,
    length: steps,
    reason: 'schedule',
    terminated: true,
    truncated: false,
    steps: {
      reward: each(() => 1),
      value: each((t) => steps - t),
      advantage: each((t) => t / 10),
      log_prob: each(() => -0.5),
      action: each((t) => t % 2),
      action_probs: each(() => [0.25, 0.75]),
      action_mean: [],
      action_std: [],
    },
    view: {
      kind: 'state',
      renderer: 'cartpole',
      states: Array.from({ length: steps + 1 }, (_, t) => [t / 100, 0, 0, 0]),
    },
    ...over,
  }
}

export function row(n: number, over: Partial<EpisodeRow> = {}): EpisodeRow {
  const common = {
    kind: 'eval',
    update: 10 * n,
    seed: n,
    return: n,
    length: n,
    reason: 'schedule',
    view: 'state',
  } as const
  return { n, ...common, wall: n, ...over }
}

export function view(over: Partial<ViewMessage> = {}): ViewMessage {
  return {
    type: 'view',
    run: 'r',
    update: 7,
    episode: 1,
    t: 0,
    state: [0, 0, 0, 0],
    image: null,
    action: 1,
    reward: 1,
    return: 1,
    value: 5,
    action_probs: [0.25, 0.75],
    action_mean: null,
    action_std: null,
    done: false,
    ...over,
  }
}
