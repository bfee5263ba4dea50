import { Select } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { pagesQuery } from '../../api/queries.ts'
import type { BranchView } from '../../api/shapes.ts'

/** Above this many pages the reader types the rest of a name in the address instead. */
const MOST_PAGES = 20

interface BranchSelectProps {
  api: string
  label: string
  value: string
  /** A branch that makes no sense here, as it stands on the other side. */
  except: string
  onChange: (branch: string) => void
  error?: React.ReactNode
}

/** One branch of the repository, found by typing. */
export function BranchSelect({ api, label, value, except, onChange, error }: BranchSelectProps) {
  const { data, hasNextPage, isFetching, fetchNextPage } = useInfiniteQuery(pagesQuery<BranchView>(`${api}/branches`))
  const count = data?.pages.length ?? 0
  useEffect(() => {
    if (hasNextPage && !isFetching && count < MOST_PAGES) void fetchNextPage()
  }, [hasNextPage, isFetching, count, fetchNextPage])
  const names = (data?.pages ?? [])
    .flatMap((page) => page.items.map((branch) => branch.name))
    .filter((name) => name !== except)
  const known = value === '' || names.includes(value) ? names : [value, ...names]
  return (
    <Select
      label={label}
      searchable
      placeholder="Choose a branch"
      nothingFoundMessage={data ? 'No other branch' : 'Loading…'}
      allowDeselect={false}
      data={known}
      value={value === '' ? null : value}
      onChange={(next) => onChange(next ?? '')}
      limit={200}
      error={error}
    />
  )
}
