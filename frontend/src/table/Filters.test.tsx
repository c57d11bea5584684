import { act, fireEvent, render, screen } from '@testing-library/preact'
import { beforeEach, describe, expect, it } from 'vitest'
import { filters, readTable, tableQuery } from '../store/tableView'
import { Filters } from './Filters'

const settled = (ms: number) => act(() => new Promise((resolve) => setTimeout(resolve, ms)))
const field = () => screen.getByRole('searchbox') as HTMLInputElement
const type = (value: string) => fireEvent.input(field(), { target: { value } })

describe('Filters', () => {
  beforeEach(() => readTable(''))

  it('keeps what is typed while an earlier word takes effect', async () => {
    render(<Filters />)
    type('r')
    await settled(250)
    expect(filters.value.q).toBe('r')
    type('run ')
    await settled(10)
    expect(field().value).toBe('run ')
    type('run 3')
    await settled(250)
    expect(filters.value.q).toBe('run 3')
    expect(field().value).toBe('run 3')
  })

  it('takes over what another place sets, and removes a chip', async () => {
    render(<Filters />)
    await act(() => readTable('?q=abc&state=failed,stopped&tag=t&sort=seed&columns=seed,tags'))
    expect(field().value).toBe('abc')
    expect(tableQuery.value).toBe('?q=abc&state=failed%2Cstopped&tag=t&sort=seed&columns=seed%2Ctags')
    fireEvent.click(screen.getByRole('button', { name: 'Remove the filter state failed' }))
    expect(filters.value.state).toBe('stopped')
  })
})
