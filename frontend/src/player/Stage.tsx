import { computed, type ReadonlySignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { environmentOf } from '../store/catalog'
import { decodeOrNaN } from '../wire/numbers'
import { Bars } from './Bars'
import { Curves } from './Curves'
import { Picture } from './Picture'
import type { Player } from './player'
import type { Tape } from './tape'
import { momentText } from './words'

interface Props {
  player: Player
  tape: ReadonlySignal<Tape>
  name: string
  /** Last step of the axis. */
  end: ReadonlySignal<number>
  onPainted?(): void
}

const nothing = () => {}

/** One episode: the picture, the numbers of its moment, and the curves under it. */
export function Stage({ player, tape, name, end, onPainted = nothing }: Props) {
  const space = environmentOf(player.store.run.value?.environment.id)?.actions
  const names = space?.names ?? []
  const [low, high] = space?.kind === 'box' ? [space.low.map(decodeOrNaN), space.high.map(decodeOrNaN)] : [[], []]
  const t = useMemo(
    () => computed(() => Math.min(player.t.value, Math.max(0, tape.value.pictures - 1))),
    [player, tape],
  )
  const moment = useMemo(() => computed(() => momentText(tape.value, t.value)), [t, tape])
  const { visible } = player
  return (
    <div class="stage">
      <Picture tape={tape} t={t} visible={visible} name={name} onPainted={onPainted} />
      <div class="numbers">
        <p class="moment">{moment}</p>
        <Bars tape={tape} t={t} names={names} low={low} high={high} />
      </div>
      <Curves
        tape={tape}
        end={end}
        t={t}
        names={names}
        visible={visible}
        onPoint={(at, pressed) => (pressed || !player.playing.peek()) && player.seek(at)}
      />
    </div>
  )
}
