import { queryOptions } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'
import type { DiffSummary, FilePatch } from '../../api/shapes.ts'
import { withQuery } from '../../paths.ts'

/** Which diff: the API's list of its files, and what it stood at, so that a moved branch is never shown from the cache. */
export interface DiffSource {
  api: string
  query?: Record<string, string>
  /** Both ends as the page knows them; any text that changes when they do. */
  version: string
}

/** The list of files; patches that come along with it are kept as if each had been asked for. */
export function summaryQuery(source: DiffSource) {
  const { api: path, query, version } = source
  return queryOptions({
    queryKey: [path, query ?? {}, version],
    queryFn: async ({ signal }) => {
      const summary = await api.get<DiffSummary>(withQuery(path, query), { signal })
      for (const patch of summary.patches)
        queryClient.setQueryData(patchQuery(source, summary, patch.file.index).queryKey, patch)
      return summary
    },
    staleTime: 60_000,
  })
}

/** One file's patch, kept with the two trees that `summary` compared. */
export const patchQuery = (
  { api: path, query }: DiffSource,
  summary: Pick<DiffSummary, 'from' | 'to'>,
  index: number,
) =>
  queryOptions({
    queryKey: [`${path}/${index}`, query ?? {}, summary.from, summary.to],
    queryFn: ({ signal }) => api.get<FilePatch>(withQuery(`${path}/${index}`, query), { signal }),
    staleTime: Infinity,
  })
