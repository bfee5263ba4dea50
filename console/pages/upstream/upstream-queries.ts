import { queryOptions } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { getQuery } from '../../api/queries.ts'
import type { ExternalIdentityView, ProviderList, ShownProvider, TestResult } from '../../api/shapes.ts'

export const providersPath = '/directory/providers'
export const providerPath = (id: string) => `${providersPath}/${encodeURIComponent(id)}`
export const providersQuery = getQuery<ProviderList>(providersPath)

export const testQuery = (ticket: string) => ({
  ...getQuery<TestResult>(`${providersPath}/tests/${encodeURIComponent(ticket)}`),
  staleTime: Infinity,
})

export const linksPath = '/me/external-identities'
export const linksQuery = getQuery<{ items: ExternalIdentityView[]; providers: ShownProvider[] }>(linksPath)

/** What stands on the page to sign in besides the passkey. */
export const placesQuery = queryOptions({
  queryKey: ['sign-in-places'],
  staleTime: 60_000,
  queryFn: () =>
    api.get<{ items: ShownProvider[]; isByAddress: boolean }>('/sign-in/providers', { isSignInOptional: true }),
})
