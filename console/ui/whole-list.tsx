import { Stack } from '@mantine/core'
import { Children, type ReactNode, useState } from 'react'
import { RowList } from './row-list.tsx'
import { ShowMore } from './show-more.tsx'

const PAGE = 50

/** The first of what came at once, and the rest page by page. */
export function useFirstOnes<Item>(all: readonly Item[]) {
  const [most, setMost] = useState(PAGE)
  return {
    shown: all.slice(0, most),
    more: <ShowMore hasMore={all.length > most} isLoading={false} onMore={() => setMost(most + PAGE)} />,
  }
}

/** Rows of a list that comes whole, however long it is, a page of them at a time. */
export function WholeList({ label, children }: { label: string; children: ReactNode }) {
  const { shown, more } = useFirstOnes(Children.toArray(children))
  return (
    <Stack gap={0}>
      <RowList label={label}>{shown}</RowList>
      {more}
    </Stack>
  )
}
