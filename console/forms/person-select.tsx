import { type ComboboxItem, Select, type SelectProps } from '@mantine/core'
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
  /** Their name, where it is known before the server has answered. */
  valueName?: string
  /** Usernames that are not offered, such as those already in. */
  without?: string[]
}

/** Picks a person by username; the server searches names, usernames and addresses. */
export function PersonSelect({ value, valueName, without = [], onChange, ...props }: PersonSelectProps) {
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState<ComboboxItem | null>(null)
  // The name of who was chosen stands in the field; it is not what somebody searches for.
  const [q] = useDebouncedValue(typed === chosen?.label ? '' : typed.trim(), 150)
  const found = useQuery({ ...getQuery<PageOf<Person>>('/people', { q }), placeholderData: keepPreviousData })
  const offered = (found.data?.items ?? [])
    .filter(({ username }) => !without.includes(username))
    .map((person) => ({ value: person.username, label: labelOf(person) }))
  const isMissing = value && !offered.some((person) => person.value === value)
  const first = valueName === undefined ? (value ?? '') : labelOf({ username: value ?? '', displayName: valueName })
  const missing = { value: value ?? '', label: (chosen?.value === value && chosen?.label) || first }
  return (
    <Select
      placeholder="Type a name"
      {...props}
      data={isMissing ? [...offered, missing] : offered}
      value={value}
      onChange={(next, option) => {
        setChosen(next ? option : null)
        onChange?.(next, option)
      }}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      // The server has filtered already, by more than the label.
      filter={({ options }) => options}
      nothingFoundMessage={found.isFetching ? 'Searching…' : 'Nobody by that name'}
    />
  )
}

const labelOf = ({ username, displayName }: Pick<Person, 'username' | 'displayName'>) => `${displayName} (${username})`
