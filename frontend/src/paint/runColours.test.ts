import { beforeEach, expect, test, vi } from 'vitest'

beforeEach(() => {
  localStorage.clear()
  vi.resetModules()
})

const fresh = async () => (await import('./runColours')).lookOf

test('a run keeps its look when others come, and after the page is loaded again', async () => {
  const lookOf = await fresh()
  const first = ['a', 'b', 'c'].map(lookOf)
  expect(new Set(first.map(({ colour }) => colour)).size).toBe(3)
  for (let i = 0; i < 40; i++) lookOf(`other ${i}`)
  expect(['a', 'b', 'c'].map(lookOf)).toEqual(first)
  vi.resetModules()
  const again = await fresh()
  expect(['c', 'a', 'b'].map(again)).toEqual([first[2], first[0], first[1]])
})

test('thirty-two runs that are met together look different', async () => {
  const lookOf = await fresh()
  const looks = Array.from({ length: 32 }, (_, i) => JSON.stringify(lookOf(`run ${i}`)))
  expect(new Set(looks).size).toBe(32)
})
