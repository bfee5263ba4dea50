import { MultiSelect } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { getQuery } from '../api/queries.ts'
import type { PageOf, RepositorySummary } from '../api/shapes.ts'

interface RepositoryPickerProps {
  value?: string[]
  /** Paths of ids that are chosen from the start. */
  known?: ReadonlyMap<string, string>
  onChange: (ids: string[]) => void
  error?: ReactNode
}

/** Picks repositories by id out of all that the person reaches; the server searches. Empty means every one. */
export function RepositoryPicker({
  value = [],
  known: knownAtFirst = new Map(),
  onChange,
  error,
}: RepositoryPickerProps) {
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 150)
  const [known, setKnown] = useState(knownAtFirst)
  const found = useQuery({
    ...getQuery<PageOf<RepositorySummary>>('/repositories', { q }),
    placeholderData: keepPreviousData,
  })
  const items = found.data?.items ?? []
  const labels = new Map([...known, ...items.map(({ id, path }) => [id, path] as const)])
  const offered = [...new Set([...items.map(({ id }) => id), ...value])]
  return (
    <MultiSelect
      label="In these repositories"
      description="Leave empty for every repository you reach, now and later"
      placeholder={value.length ? '' : 'Every repository I reach'}
      data={offered.map((id) => ({ value: id, label: labels.get(id) ?? id }))}
      value={value}
      onChange={(ids) => {
        setKnown(new Map(ids.map((id) => [id, labels.get(id) ?? id])))
        onChange(ids)
      }}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      maxValues={100}
      nothingFoundMessage={found.isFetching ? 'Searching…' : 'No repository by that name'}
      error={error}
    />
  )
}
