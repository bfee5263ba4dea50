import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api } from '../../api/client.ts'
import { ProblemError, hasCode, makeProblem } from '../../api/problem.ts'
import type { MergeDone, MergeMethod, MergePreparation, Problem } from '../../api/shapes.ts'
import { type PullRequestPlace, refreshPullRequest } from './use-pull-request.ts'

/** Longest delay a browser timer keeps. */
const MAX_DELAY_MS = 2_000_000_000

/** While somebody else is about to tap, the branch is theirs for a minute at most. */
const HELD_RETRY_MS = 10_000

/** What the pull request said of both sides, and when. */
interface Seen {
  head: string
  base: string
  readAt: number
}

interface Merging {
  place: PullRequestPlace
  method: MergeMethod
  /** Why it must go past the branch's rule; null where it goes by it. */
  pastRule: string | null
  seen: Seen
  tappedRequestId: string | null
}

/**
 * A statement prepared for exactly this base, head and method, and the merge that a seal over it allows. When either
 * side moved, a fresh one takes its place; never under a tap (`tappedRequestId`), which the server answers itself.
 */
export function useMerge({ place, method, pastRule, seen, tappedRequestId }: Merging) {
  const body = pastRule === null ? { method } : { method, bypass: { reason: pastRule } }
  const [round, setRound] = useState(0)
  const [moved, setMoved] = useState<Problem | null>(null)
  const [unfinished, setUnfinished] = useState<{ sealId: string; error: unknown } | null>(null)

  const preparation = useQuery({
    queryKey: [`${place.pullApi}/merge-preparation`, method, pastRule, round],
    queryFn: () => api.post<MergePreparation>(`${place.pullApi}/merge-preparation`, body),
    staleTime: Infinity,
    gcTime: 0,
    refetchInterval: ({ state }) => hasCode(state.error, 'branch-held') && HELD_RETRY_MS,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })

  const expiresAt = preparation.data?.expiresAt
  const [expiredAt, setExpiredAt] = useState<number | null>(null)
  useEffect(() => {
    if (expiresAt === undefined) return undefined
    const timer = setTimeout(() => setExpiredAt(expiresAt), Math.min(Math.max(0, expiresAt - Date.now()), MAX_DELAY_MS))
    return () => clearTimeout(timer)
  }, [expiresAt])

  const prepared = preparation.data
  const hasMoved =
    prepared !== undefined &&
    prepared.sealRequestId !== tappedRequestId &&
    seen.readAt > preparation.dataUpdatedAt &&
    (seen.head !== prepared.head || seen.base !== prepared.base)
  useEffect(() => {
    if (!hasMoved) return
    setMoved(makeProblem('moved', 'The branches moved while you were reading', 'Read it again before you tap.'))
    setRound((before) => before + 1)
  }, [hasMoved])

  const merge = async (sealId: string) => {
    try {
      await api.post<MergeDone>(`${place.pullApi}/merge`, body, { sealId })
      setUnfinished(null)
      await refreshPullRequest(place)
    } catch (error) {
      if (hasCode(error, 'already-merged')) return refreshPullRequest(place)
      // A conflict means that this seal cannot merge any more: a side, the rules or the key changed.
      if (error instanceof ProblemError && error.problem.status === 409) {
        setMoved(error.problem)
        setUnfinished(null)
        await refreshPullRequest(place)
        setRound((before) => before + 1)
        return
      }
      setUnfinished({ sealId, error })
    }
  }
  const finish = useMutation({ mutationFn: merge })
  return {
    preparation,
    moved,
    /** The statement waited too long; it is renewed when asked, since renewing holds the branch for a minute. */
    isExpired: expiresAt !== undefined && expiresAt === expiredAt,
    renew: () => setRound((before) => before + 1),
    unfinished,
    merge,
    finish,
  }
}
