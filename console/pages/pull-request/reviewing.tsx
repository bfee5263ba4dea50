import { useQuery } from '@tanstack/react-query'
import { type ReactNode, createContext, useCallback, useContext, useMemo } from 'react'
import { type ReviewActs, reviewActs, reviewQuery } from '../../api/review.ts'
import type { PullRequestView, RepositoryView, ReviewState } from '../../api/shapes.ts'
import { RepositoryMarkdown } from '../code/repository-markdown.tsx'
import type { PullRequestPlace } from './use-pull-request.ts'

/** What every part of a pull request's page that people write on needs to know. */
export interface Reviewing {
  place: PullRequestPlace
  repository: RepositoryView
  pullRequest: PullRequestView
  /** Undefined until it has come. */
  review: ReviewState | undefined
  error: unknown
  acts: ReviewActs
  /** Markdown, with links as they lead at the head of the change. */
  markdown: (text: string) => ReactNode
}

const Context = createContext<Reviewing | null>(null)

export function useReviewing(): Reviewing {
  const found = useContext(Context)
  if (found === null) throw new Error('no review is provided here')
  return found
}

interface ReviewingProviderProps {
  place: PullRequestPlace
  repository: RepositoryView
  pullRequest: PullRequestView
  children: ReactNode
}

export function ReviewingProvider(props: ReviewingProviderProps) {
  const { place, repository, pullRequest } = props
  const { data: review, error } = useQuery(reviewQuery(place.pullApi))
  const acts = useMemo(() => reviewActs(place.pullApi), [place.pullApi])
  const { defaultBranch } = repository
  const { headOid } = pullRequest
  const markdown = useCallback(
    (text: string) => (
      <RepositoryMarkdown
        place={place}
        refName={headOid === '' ? undefined : headOid}
        defaultBranch={defaultBranch}
        directory=""
        text={text}
      />
    ),
    [place, headOid, defaultBranch],
  )
  const value = useMemo(
    () => ({ place, repository, pullRequest, review, error, acts, markdown }),
    [place, repository, pullRequest, review, error, acts, markdown],
  )
  return <Context value={value}>{props.children}</Context>
}
