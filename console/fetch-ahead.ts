import type { ReactNode } from 'react'
import { getQuery, queryClient } from './api/queries.ts'
import type { PullRequestView, RepositoryView } from './api/shapes.ts'
import { repositoryApi } from './paths.ts'

/** Where a page is about to be shown, as its URL says. */
interface Arrival {
  params: Record<string, string | undefined>
  search: Record<string, string | undefined>
}

/** What a page shows first, asked for together with its code, so that it appears whole. */
export type FetchAhead = (arrival: Arrival) => Promise<unknown>[]

export type Page = () => ReactNode

export type PageModule<Name extends string> = Record<Name, Page> & { fetchAhead?: FetchAhead }

/** Resolves when everything has come or failed. A failure is the page's own to show: it asks again and says why. */
export async function settle(fetches: Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(fetches)
}

/** Every page of a repository shows the repository; every page of a pull request shows that too. */
export const fetchRepository: FetchAhead = ({ params: { project = '', repository = '', number } }) => {
  const api = repositoryApi(project, repository)
  const isPullRequest = number !== undefined && /^\d+$/.test(number)
  return [
    queryClient.ensureQueryData(getQuery<RepositoryView>(api)),
    ...(isPullRequest
      ? [queryClient.ensureQueryData(getQuery<PullRequestView>(`${api}/pull-requests/${number}`))]
      : []),
  ]
}
