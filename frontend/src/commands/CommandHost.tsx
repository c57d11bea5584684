import { useLayoutEffect } from 'preact/hooks'
import { listenKeys } from '../ui/keys'
import { everywhere, overlay } from './everywhere'
import { KeyHelp } from './KeyHelp'
import { Palette } from './Palette'
import { commandOf, offer } from './registry'

const close = () => {
  overlay.value = null
}

/** The palette, the key help, and every shortcut of the page: all from one list of commands. */
export function CommandHost() {
  // With the page and not after its first paint: whoever sees it can press a key.
  useLayoutEffect(() => {
    const stops = [offer(everywhere), listenKeys((key) => commandOf(key)?.act)]
    return () => {
      for (const stop of stops) stop()
    }
  }, [])
  if (overlay.value === 'palette') return <Palette onClose={close} />
  return overlay.value === 'help' ? <KeyHelp onClose={close} /> : null
}
