import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { modelPages } from '../../api/models.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { ModelRow } from './model-row.tsx'

/** All models by name, a page at a time. */
export function ModelList({ search, counting }: { search: string; counting: readonly string[] }) {
  const list = useSuspenseInfiniteQuery(modelPages(search))
  const models = list.data.pages.flatMap(({ items }) => items)
  if (models.length === 0) return <EmptyState title={`No model matches “${search}”`} />
  return (
    <>
      <RowList label="Models">
        {models.map((model) => (
          <ModelRow key={model.key} model={model} counting={counting} />
        ))}
      </RowList>
      <ShowMore
        hasMore={list.hasNextPage}
        isLoading={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
      />
    </>
  )
}
