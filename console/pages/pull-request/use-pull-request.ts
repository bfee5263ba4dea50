import { useSuspenseQuery } from '@tanstack/react-query'
import { getQuery, queryClient } from '../../api/queries.ts'
import type { PullRequestView, RepositoryView } from '../../api/shapes.ts'
import { usePathPart } from '../../url-state.ts'
import { type Place, usePlace } from '../code/use-place.ts'

export interface PullRequestPlace extends Place {
  number: number
  /** The pull request's own path below `/api/v1`. */
  pullApi: string
}

/** What each tab of a pull request is given. */
export interface PullRequestTabProps {
  place: PullRequestPlace
  repository: RepositoryView
  pullRequest: PullRequestView
}

export function usePullRequestPlace(): PullRequestPlace {
  const place = usePlace()
  const number = Number(usePathPart('number'))
  return { ...place, number, pullApi: `${place.api}/pull-requests/${number}` }
}

/** Followed while it is open: others push, review and merge meanwhile. `readAt` says how fresh it is. */
export function usePullRequest(place: PullRequestPlace): { pullRequest: PullRequestView; readAt: number } {
  const { data, dataUpdatedAt } = useSuspenseQuery({
    ...getQuery<PullRequestView>(place.pullApi),
    refetchInterval: ({ state }) => state.data?.state === 'open' && 10_000,
  })
  return { pullRequest: data, readAt: dataUpdatedAt }
}

/**
 * After an act: the pull request and the repository's counts as they are now; what else hangs on them is read again when
 * it is next looked at. A preparation is an act, not a reading, so nothing repeats it here.
 */
export async function refreshPullRequest(place: PullRequestPlace): Promise<void> {
  void queryClient.invalidateQueries({
    predicate: ({ queryKey }) => queryKey[0] === '/home' || String(queryKey[0]).startsWith(place.api),
    refetchType: 'none',
  })
  await queryClient.refetchQueries({
    predicate: ({ queryKey }) => queryKey[0] === place.pullApi || queryKey[0] === place.api,
    type: 'active',
  })
}
