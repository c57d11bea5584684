import type { Command } from '../commands/registry'
import { navigate } from '../store/route'
import { runs } from '../store/runs'
import { clearSelection, current, neighbour, selected, toggleSelected } from '../store/selection'

const here = () => runs.peek().find(({ id }) => id === current.peek())

/** The keys of the runs table. */
export function tableCommands(goTo: (run: string) => void): Command[] {
  const move = (by: number) => () => {
    const next = neighbour(by)
    if (next) goTo(next)
  }
  return [
    { ...of('row-down', 'Next run', 'ArrowDown'), act: move(1) },
    { ...of('row-up', 'Run above', 'ArrowUp'), act: move(-1) },
    {
      ...of('row-open', 'Open the run', 'Enter'),
      ready: () => here() !== undefined,
      act: () => navigate(`/runs/${current.peek()}`),
    },
    {
      ...of('row-select', 'Select the run', 'x'),
      ready: () => here() !== undefined,
      act: () => toggleSelected(here()!),
    },
    {
      ...of('row-clear', 'Select nothing', 'Escape'),
      ready: () => selected.peek().size > 0,
      act: clearSelection,
    },
  ]
}

const of = (id: string, title: string, ...keys: string[]) => ({ id, title, section: 'Runs', keys, keyOnly: true })
