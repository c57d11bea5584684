import { act } from '@testing-library/preact'
import { beforeEach, expect, it } from 'vitest'
import { chosenColumns } from '../store/tableView'
import { COLUMNS } from './columns'
import { lacksRoom, showColumn, shownColumns, toggleColumn } from './shown'

const tags = COLUMNS.find(({ id }) => id === 'tags')!

const resize = (width: number) =>
  act(() => {
    window.innerWidth = width
    window.dispatchEvent(new Event('resize'))
  })

beforeEach(() => {
  chosenColumns.value = null
  return resize(1440)
})

it('counts as shown only what the window has room for', async () => {
  expect(shownColumns.value).not.toContain('tags')
  expect(lacksRoom(tags)).toBe(true)
  await resize(1600)
  expect(shownColumns.value).toContain('tags')
})

it('shows a column that is chosen at any width, and leaves the others as they are', () => {
  const before = shownColumns.value
  toggleColumn('tags')
  expect(shownColumns.value.filter((id) => id !== 'tags')).toEqual(before)
  expect(shownColumns.value).toContain('tags')
  showColumn('tags')
  expect(shownColumns.value).toContain('tags')
})
