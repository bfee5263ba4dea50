import { MultiSelect } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { getQuery } from '../../api/queries.ts'
import type { PageOf, Person } from '../../api/shapes.ts'
import { useFoundGroups } from '../../forms/group-select.tsx'
import { capital } from '../../ui/plain-words.ts'
import { fixedWho, whoWords } from './who-words.ts'

interface FormListProps {
  value: string[]
  onChange: (value: string[]) => void
  error?: ReactNode
}

/** Everybody, roles, groups, people, agents. The server searches the people. */
export function FormWho({ value, onChange, error }: FormListProps) {
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 150)
  const people = useQuery({ ...getQuery<PageOf<Person>>('/people', { q }), placeholderData: keepPreviousData })
  const groups = useFoundGroups(q)
  const found = (people.data?.items ?? []).map(({ username }) => `user:${username}`)
  const names = new Map(
    (people.data?.items ?? []).map((one) => [`user:${one.username}`, `${one.displayName} (${one.username})`]),
  )
  const withChosen = (kind: string, list: string[]) => [
    ...new Set([...list, ...value.filter((one) => one.startsWith(`${kind}:`))]),
  ]
  const option = (one: string) => ({ value: one, label: names.get(one) ?? capital(whoWords(one)) })
  return (
    <MultiSelect
      label="Who"
      description="Any of these; roles of a repository only where the act happens in one"
      placeholder={value.length ? '' : 'Everybody, a role, a group, a person'}
      data={[
        { group: 'Roles', items: fixedWho.map(option) },
        {
          group: 'Groups',
          items: withChosen(
            'group',
            (groups.data?.items ?? []).map(({ name }) => `group:${name}`),
          ).map(option),
        },
        { group: 'People', items: withChosen('user', found).map(option) },
      ]}
      value={value}
      onChange={(next) =>
        onChange(
          next.at(-1) === 'everyone' ? ['everyone'] : next.filter((one) => one !== 'everyone' || next.length === 1),
        )
      }
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage={people.isFetching ? 'Searching…' : 'Nobody by that name'}
      error={error}
    />
  )
}
