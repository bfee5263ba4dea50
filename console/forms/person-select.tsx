import { Select, type SelectProps } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getQuery } from '../api/queries.ts'
import type { PageOf, Person } from '../api/shapes.ts'

interface PersonSelectProps extends Omit<
  SelectProps,
  'data' | 'searchable' | 'searchValue' | 'onSearchChange' | 'value'
> {
  /** A username. */
  value: string | null
  /** Usernames that are not offered, such as those already in. */
  without?: string[]
}

/** Picks a person by username; the server searches names, usernames and addresses. */
export function PersonSelect({ value, without = [], ...props }: PersonSelectProps) {
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 150)
  const found = useQuery({ ...getQuery<PageOf<Person>>('/people', { q }), placeholderData: keepPreviousData })
  const offered = (found.data?.items ?? [])
    .filter(({ username }) => !without.includes(username))
    .map(({ username, displayName }) => ({ value: username, label: `${displayName} (${username})` }))
  const isMissing = value && !offered.some((person) => person.value === value)
  return (
    <Select
      placeholder="Type a name"
      {...props}
      data={isMissing ? [...offered, { value, label: value }] : offered}
      value={value}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      // The server has filtered already, by more than the label.
      filter={({ options }) => options}
      nothingFoundMessage={found.isFetching ? 'Searching…' : 'Nobody by that name'}
    />
  )
}
