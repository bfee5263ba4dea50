import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query'
import { withQuery } from '../paths.ts'
import { api } from './client.ts'
import { hasCode, ProblemError } from './problem.ts'
import type { Instance, Me, PageOf } from './shapes.ts'

/** A refusal stays a refusal; only an unreachable server is worth another try. */
export const queryClient = new QueryClient({
  defaultOptions: {
    // What the browser holds for offline is tried all the same and told: nothing waits in silence, and no act is done
    // later, when the connection is back and its person has gone on.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      refetchOnReconnect: true,
      staleTime: 10_000,
      retry: (failures, error) => hasCode(error, 'unreachable') && failures < 2,
    },
  },
})

/** Who is signed in here; null when nobody is. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  staleTime: 60_000,
  queryFn: async (): Promise<Me | null> => {
    try {
      return await api.get<Me>('/me', { isSignInOptional: true })
    } catch (error) {
      if (error instanceof ProblemError && error.problem.status === 401) return null
      throw error
    }
  },
})

/** After somebody came in by another way than before: whose pages these are is asked anew, and nothing old is kept. */
export async function enterAs(): Promise<Me> {
  const before = queryClient.getQueryData(meQuery.queryKey)
  const me = await api.get<Me>('/me', { isSignInOptional: true })
  if (before?.id !== me.id) queryClient.removeQueries({ predicate: ({ queryKey: [key] }) => key !== 'instance' })
  queryClient.setQueryData(meQuery.queryKey, me)
  return me
}

export const instanceQuery = queryOptions({
  queryKey: ['instance'],
  staleTime: 300_000,
  queryFn: () => api.get<Instance>('/instance', { isSignInOptional: true }),
})

/** One GET, cached under its own path, so that `queryClient.invalidateQueries({ queryKey: ['/people'] })` finds it. */
export const getQuery = <Answer>(path: string, query: Parameters<typeof withQuery>[1] = {}) =>
  queryOptions({
    queryKey: [path, query],
    queryFn: ({ signal }) => api.get<Answer>(withQuery(path, query), { signal }),
  })

/** A list by pages, with the cursor in the server's words. */
export const pagesQuery = <Item>(path: string, query: Record<string, string | null | undefined> = {}) =>
  infiniteQueryOptions({
    queryKey: [path, query, 'pages'],
    queryFn: ({ pageParam, signal }) =>
      api.get<PageOf<Item>>(withQuery(path, { ...query, cursor: pageParam }), { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  })

/** What was fetched under this path, or below it, is fetched again where it is shown. */
export const refresh = (path: string) =>
  queryClient.invalidateQueries({
    predicate: ({ queryKey: [key] }) => typeof key === 'string' && (key === path || key.startsWith(`${path}/`)),
  })
