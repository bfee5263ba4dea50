import { queryOptions } from '@tanstack/react-query'
import { api } from './client.ts'
import { getQuery, pagesQuery } from './queries.ts'
import type {
  CatalogueItem,
  Explanation,
  Items,
  OwnRequirements,
  Policy,
  PolicyChangeView,
  PolicyView,
  RuleCounts,
} from './shapes.ts'

export const policyQuery = { ...getQuery<PolicyView>('/policy'), staleTime: 2000 }
export const catalogueQuery = getQuery<Items<CatalogueItem>>('/policy/catalogue')
export const countsQuery = getQuery<RuleCounts>('/policy/counts')
export const changesPages = { ...pagesQuery<PolicyChangeView>('/policy/changes'), staleTime: 2000 }

export interface PolicyChangeWithPolicy {
  change: PolicyChangeView
  policy: Policy
}
export const changeQuery = (id: string) => ({
  ...getQuery<PolicyChangeWithPolicy>(`/policy/changes/${encodeURIComponent(id)}`),
  staleTime: 2000,
})

/** What my keys allow me. */
export const ownRequirementsQuery = getQuery<OwnRequirements>('/me/policy')

/** What a draft would mean. Asked anew for each other draft, and when the page comes back after a while. */
export const explainQuery = (policy: Policy) =>
  queryOptions({
    queryKey: ['what a draft means', policy],
    queryFn: ({ signal }) => api.post<Explanation>('/policy/explain', { policy }, { signal }),
    staleTime: 60_000,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
  })
