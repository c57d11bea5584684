import { Dialog } from '../ui/Dialog'

const KEYS: [string, string][] = [
  ['Space', 'pause or resume'],
  ['n', 'one update'],
  ['[  ]', 'slower, faster'],
  ['y', 'logarithmic y of the chart under the pointer'],
  ['s', 'smoothing off and on'],
  ['Esc', 'show the whole run again, close what is open'],
  ['← →', 'move the cursor, with the timeline focused'],
  ['?', 'this list'],
]

export function Help({ onClose }: { onClose(): void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl class="keys">
        {KEYS.map(([key, meaning]) => (
          <>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </>
        ))}
      </dl>
      <p class="faint" style={{ marginTop: 16 }}>
        Drag across a chart to zoom all of them; double-click shows everything again.
      </p>
    </Dialog>
  )
}
