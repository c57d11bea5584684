import { signal } from '@preact/signals'
import { afterEach, expect, test } from 'vitest'
import { type Command, commandOf, commands, keyName, offer } from './registry'

const command = (id: string, over: Partial<Command> = {}): Command => ({
  id,
  title: id,
  section: 'Page',
  act: () => {},
  ...over,
})

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

test('commands follow the signals that their source reads', () => {
  const name = signal('one')
  stops.push(offer(() => [command(name.value)]))
  expect(commands.value.map(({ id }) => id)).toEqual(['one'])
  name.value = 'two'
  expect(commands.value.map(({ id }) => id)).toEqual(['two'])
})

test('a key goes to the last offered that would do something', () => {
  stops.push(offer(() => [command('page', { keys: ['Escape'] })]))
  const stop = offer(() => [command('dialog', { keys: ['Escape'], ready: () => true })])
  expect(commandOf('Escape')?.id).toBe('dialog')
  stop()
  stops.push(offer(() => [command('idle', { keys: ['Escape'], ready: () => false })]))
  expect(commandOf('Escape')?.id).toBe('page')
  expect(commandOf('q')).toBeUndefined()
})

test('keys are printed as they are written on keyboards', () => {
  expect([' ', 'Escape', 'Mod+k', '?'].map(keyName)).toEqual(['Space', 'Esc', 'Ctrl+K', '?'])
})
