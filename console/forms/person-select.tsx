import { type ComboboxItem, Select, type SelectProps } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getQuery } from '../api/queries.ts'
import type { PageOf, Person } from '../api/shapes.ts'
import { onlyFound } from './only-found.ts'

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
  const people = found.data?.items ?? []
  const offered = people
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
        // Where the choice goes elsewhere and the field stays empty, what was typed has done its part.
        setTyped('')
        onChange?.(next, option)
      }}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      // The server looks for more than the label.
      filter={onlyFound(offered.map((person) => person.value))}
      nothingFoundMessage={
        found.isFetching
          ? 'Searching…'
          : offered.length < people.length
            ? 'Nobody else by that name'
            : 'Nobody by that name'
      }
    />
  )
}

const labelOf = ({ username, displayName }: Pick<Person, 'username' | 'displayName'>) => `${displayName} (${username})`
