import { MultiSelect, type MultiSelectProps, Select, type SelectProps } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getQuery } from '../api/queries.ts'
import type { Group, PageOf } from '../api/shapes.ts'
import { onlyFound } from './only-found.ts'

/** Groups whose name has `q` in it, the first of them; the server searches. */
export const useFoundGroups = (q: string) =>
  useQuery({ ...getQuery<PageOf<Group>>('/groups', { q }), placeholderData: keepPreviousData })

const nothingFound = (isFetching: boolean, hasOthers = false): string =>
  isFetching ? 'Searching…' : hasOthers ? 'No further group by that name' : 'No group by that name'

interface GroupSelectProps extends Omit<
  SelectProps,
  'data' | 'searchable' | 'searchValue' | 'onSearchChange' | 'onChange' | 'value'
> {
  /** A group's name, where the field keeps what was chosen. */
  value: string | null
  /** Names, or ids, of groups that are not offered. */
  without?: readonly string[]
  onChange: (group: Pick<Group, 'id' | 'name'> | null) => void
}

/** Picks one group. */
export function GroupSelect({ value, without = [], onChange, ...props }: GroupSelectProps) {
  const [typed, setTyped] = useState('')
  // What was chosen stands in the field; it is not what somebody searches for.
  const [q] = useDebouncedValue(typed === value ? '' : typed.trim(), 150)
  const { data, isFetching } = useFoundGroups(q)
  const groups = (data?.items ?? []).filter(({ id, name }) => !without.includes(name) && !without.includes(id))
  const names = groups.map(({ name }) => name)
  return (
    <Select
      placeholder="Choose a group"
      {...props}
      data={value === null ? names : [...new Set([...names, value])]}
      value={value}
      onChange={(next) => {
        // Where the choice goes elsewhere and the field stays empty, what was typed has done its part.
        setTyped('')
        onChange(groups.find(({ name }) => name === next) ?? null)
      }}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      filter={onlyFound(names)}
      nothingFoundMessage={nothingFound(isFetching, groups.length < (data?.items.length ?? 0))}
    />
  )
}

type GroupsSelectProps = Omit<MultiSelectProps, 'data' | 'searchable' | 'searchValue' | 'onSearchChange' | 'value'> & {
  /** Names. */
  value: string[]
}

/** Picks any number of groups by name. */
export function GroupsSelect({ value, ...props }: GroupsSelectProps) {
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 150)
  const { data, isFetching } = useFoundGroups(q)
  return (
    <MultiSelect
      {...props}
      data={[...new Set([...(data?.items ?? []).map(({ name }) => name), ...value])]}
      value={value}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage={nothingFound(isFetching)}
    />
  )
}
