import { Stack, Title } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { pagesQuery } from '../../api/queries.ts'
import type { CommitView, RepositoryView } from '../../api/shapes.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { type CommitDay, groupByDay } from './commit-days.ts'
import { CommitRow } from './commit-row.tsx'
import styles from './rows.module.css'

interface CommitListProps {
  repository: RepositoryView
  api: string
  query?: Record<string, string | undefined>
}

/** Commits by pages, newest first, under the days on which they were made. */
export function CommitList({ repository, api, query }: CommitListProps) {
  const list = useInfiniteQuery(pagesQuery<CommitView>(api, query))
  const commits = list.data?.pages.flatMap((page) => page.items)
  return (
    <>
      <ProblemAlert error={list.error} />
      {list.isPending && <RowSkeletons />}
      {commits?.length === 0 && <EmptyState title="No commits here" />}
      {commits && commits.length > 0 && (
        <Stack gap="lg">
          {groupByDay(commits).map((day) => (
            <Day key={day.commits[0]?.oid} repository={repository} day={day} />
          ))}
        </Stack>
      )}
      <ShowMore
        hasMore={list.hasNextPage}
        isLoading={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
      />
    </>
  )
}

function Day({ repository, day }: { repository: RepositoryView; day: CommitDay<CommitView> }) {
  const id = useId()
  return (
    <div>
      <Title order={2} id={id} fz="sm" fw={600} c="dimmed" mb={8}>
        {day.day}
      </Title>
      <ul className={styles.rows} aria-labelledby={id}>
        {day.commits.map((commit) => (
          <CommitRow key={commit.oid} repository={repository} commit={commit} />
        ))}
      </ul>
    </div>
  )
}
