import { Fragment } from 'preact'
import { Dialog } from '../ui/Dialog'
import { commands, keyName } from './registry'

const MOUSE: [string, string][] = [
  ['drag', 'zoom'],
  ['double-click', 'the whole run again'],
  ['Alt + wheel', 'zoom about the pointer'],
  ['Shift + drag', 'move the window'],
]

/** Every command that has a key, as it is declared, and what the pointer does on a chart. */
export function KeyHelp({ onClose }: { onClose(): void }) {
  const keyed = commands.value.filter(({ keys }) => keys && keys.length > 0)
  const sections = [...new Set(keyed.map(({ section }) => section))]
  return (
    <Dialog title="Keys" onClose={onClose}>
      {sections.map((section) => (
        <Fragment key={section}>
          <h3>{section}</h3>
          <dl class="keys">
            {keyed
              .filter((command) => command.section === section)
              .map(({ id, title, keys }) => (
                <Fragment key={id}>
                  <dt>
                    {keys!.map((key) => (
                      <kbd key={key}>{keyName(key)}</kbd>
                    ))}
                  </dt>
                  <dd>{title}</dd>
                </Fragment>
              ))}
          </dl>
        </Fragment>
      ))}
      <h3>On a chart</h3>
      <dl class="keys">
        {MOUSE.map(([gesture, meaning]) => (
          <Fragment key={gesture}>
            <dt>{gesture}</dt>
            <dd>{meaning}</dd>
          </Fragment>
        ))}
      </dl>
    </Dialog>
  )
}
