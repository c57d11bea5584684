import { expect, test } from 'vitest'
import { matches, score } from './fuzzy'

const find = (query: string, ...texts: string[]) => matches(query, texts, (text) => text)

test('letters in order match, others do not', () => {
  expect(score('pse', 'Pause the run')).not.toBeNull()
  expect(score('esp', 'Pause the run')).toBeNull()
  expect(find('x', 'Pause', 'Export CSV')).toEqual(['Export CSV'])
})

test('beginnings of words come before letters somewhere inside', () => {
  expect(find('ec', 'Recipe card', 'Export CSV')[0]).toBe('Export CSV')
  expect(find('adv pass', 'Add a value to the past', 'Advantage: pass')[0]).toBe('Advantage: pass')
  expect(find('pause', 'Put a use to it', 'Pause')[0]).toBe('Pause')
})

test('a letter that begins no word is still found behind one that does', () => {
  expect(find('cs', 'Export CSV', 'cosine')).toContain('cosine')
})

test('an empty query keeps everything in order', () => {
  expect(find('  ', 'b', 'a')).toEqual(['b', 'a'])
})
