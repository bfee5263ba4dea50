import { useSuspenseQuery } from '@tanstack/react-query'
import { getQuery, queryClient } from '../../api/queries.ts'
import type { PullRequestView } from '../../api/shapes.ts'
import { usePathPart } from '../../url-state.ts'
import { type Place, usePlace } from '../code/use-place.ts'

export interface PullRequestPlace extends Place {
  number: number
  /** The pull request's own path below `/api/v1`. */
  pullApi: string
}

export function usePullRequestPlace(): PullRequestPlace {
  const place = usePlace()
  const number = Number(usePathPart('number'))
  return { ...place, number, pullApi: `${place.api}/pull-requests/${number}` }
}

export const usePullRequest = (place: PullRequestPlace): PullRequestView =>
  useSuspenseQuery(getQuery<PullRequestView>(place.pullApi)).data

/** After an act: the pull request as it is now, the repository's counts and lists. */
export async function refreshPullRequest(place: PullRequestPlace): Promise<void> {
  await queryClient.invalidateQueries({
    predicate: ({ queryKey }) => queryKey[0] === place.pullApi || queryKey[0] === place.api || queryKey[0] === `${place.api}/pull-requests`,
  })
  void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === '/home' || String(queryKey[0]).startsWith(place.api) })
}
