import { computed, signal } from '@preact/signals'

/** Something a person can ask for: found in the palette, started by its key, printed by the key help. */
export interface Command {
  id: string
  title: string
  section: string
  /** As `KeyboardEvent.key` spells it; `Mod+` is Ctrl, and Cmd on a Mac. */
  keys?: string[]
  /** Further words that find it. */
  words?: string
  /** Nothing that a person would look for: it has a key and a line in the help, and no place in the palette. */
  keyOnly?: boolean
  /** False while it would do nothing. */
  ready?(): boolean
  act(): void
}

type Source = () => Command[]

const sources = signal<Source[]>([])

/** Offer commands until the returned function is called; what a source reads from signals is followed. */
export function offer(source: Source): () => void {
  sources.value = [...sources.peek(), source]
  return () => {
    sources.value = sources.peek().filter((other) => other !== source)
  }
}

/** Everything that this page offers; of two commands with one id the later offered holds. */
export const commands = computed(() => [
  ...new Map(sources.value.flatMap((source) => source()).map((command) => [command.id, command])).values(),
])

export const isReady = (command: Command): boolean => command.ready?.() ?? true

/** The command of a pressed key; of several the last offered that would do something. */
export const commandOf = (key: string): Command | undefined =>
  commands.peek().findLast((command) => command.keys?.includes(key) && isReady(command))

const mac = /mac|iphone|ipad/i.test(globalThis.navigator?.platform ?? '')
const NAMES: Record<string, string> = {
  ' ': 'Space',
  Escape: 'Esc',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
}

/** A key as it is printed. */
export function keyName(key: string): string {
  const [bare, mod] = key.startsWith('Mod+') ? [key.slice(4), true] : [key, false]
  const name = NAMES[bare] ?? (mod ? bare.toUpperCase() : bare)
  return mod ? `${mac ? '⌘' : 'Ctrl+'}${name}` : name
}
