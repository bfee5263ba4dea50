import { useInfiniteQuery } from '@tanstack/react-query'
import { pagesQuery } from '../../api/queries.ts'
import type { CommitView, RepositoryView } from '../../api/shapes.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { CommitRow } from './commit-row.tsx'
import styles from './rows.module.css'

interface CommitListProps {
  repository: RepositoryView
  api: string
  query?: Record<string, string | undefined>
}

/** Commits by pages, newest first. */
export function CommitList({ repository, api, query }: CommitListProps) {
  const list = useInfiniteQuery(pagesQuery<CommitView>(api, query))
  const commits = list.data?.pages.flatMap((page) => page.items)
  return (
    <>
      <ProblemAlert error={list.error} />
      {list.isPending && <RowSkeletons />}
      {commits?.length === 0 && <EmptyState title="No commits here" />}
      {commits && commits.length > 0 && (
        <ul className={styles.rows}>
          {commits.map((commit) => (
            <CommitRow key={commit.oid} repository={repository} commit={commit} />
          ))}
        </ul>
      )}
      <ShowMore
        hasMore={list.hasNextPage}
        isLoading={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
      />
    </>
  )
}
