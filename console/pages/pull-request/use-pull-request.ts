import { useSuspenseQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { isAway, onReturn } from '../../api/away.ts'
import { useLive } from '../../api/live.ts'
import { getQuery, queryClient } from '../../api/queries.ts'
import type { PullRequestView, RepositoryView } from '../../api/shapes.ts'
import { usePathPart } from '../../url-state.ts'
import { type Place, usePlace } from '../code/use-place.ts'

export interface PullRequestPlace extends Place {
  number: number
  /** The pull request's own path below `/api/v1`. */
  pullApi: string
}

/** What the parts that show a merge are given. */
export interface PullRequestTabProps {
  place: PullRequestPlace
  repository: RepositoryView
  pullRequest: PullRequestView
}

export function usePullRequestPlace(): PullRequestPlace {
  const place = usePlace()
  const number = Number(usePathPart('number'))
  return useMemo(() => ({ ...place, number, pullApi: `${place.api}/pull-requests/${number}` }), [place, number])
}

/** Where nothing tells of changes; and where something does, for what changes by the clock alone. */
const LOOK_EVERY_MS = 15_000
const LOOK_ANYWAY_MS = 60_000
/** One act often tells of several changes. */
const GATHER_MS = 250

/** Followed while it is open: others push, review and merge meanwhile. `readAt` says how fresh it is. */
export function usePullRequest(place: PullRequestPlace) {
  const soon = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const { data: pullRequest, dataUpdatedAt: readAt } = useSuspenseQuery(getQuery<PullRequestView>(place.pullApi))
  const { data: repository } = useSuspenseQuery(getQuery<RepositoryView>(place.api))
  // What is said in it, and what programs find out about its commits, is told by the repository.
  const isTold = useLive([pullRequest.id, repository.id], () => {
    if (isAway() || soon.current !== undefined) return
    soon.current = setTimeout(() => {
      soon.current = undefined
      void refreshPullRequest(place)
    }, GATHER_MS)
  })
  useEffect(() => () => clearTimeout(soon.current), [])
  useEffect(() => onReturn(() => void refreshPullRequest(place)), [place])
  const isOpen = pullRequest.state === 'open'
  useEffect(() => {
    if (!isOpen) return undefined
    const look = () => (isAway() ? undefined : void refreshPullRequest(place))
    const timer = setInterval(look, isTold ? LOOK_ANYWAY_MS : LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [isOpen, isTold, place])
  return { pullRequest, readAt }
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
    predicate: ({ queryKey: [key] }) => [place.pullApi, `${place.pullApi}/review`, place.api].includes(String(key)),
    type: 'active',
  })
}
