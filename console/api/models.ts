import { useQueries } from '@tanstack/react-query'
import { getQuery, pagesQuery } from './queries.ts'
import type { MetadataView, ModelView, PageOf } from './shapes.ts'

export const metadataQuery = { ...getQuery<MetadataView>('/metadata'), staleTime: 2000 }

/** Models whose name has this in it, or whose AAGUID begins so. */
export const modelsQuery = (search: string) =>
  getQuery<PageOf<ModelView>>('/authenticator-models', search === '' ? {} : { search })
export const modelPages = (search: string) => ({
  ...pagesQuery<ModelView>('/authenticator-models', search === '' ? {} : { search }),
  staleTime: 2000,
})

/** The first of a long list are enough: no sentence names more. */
const MOST_ASKED = 20
const AAGUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What a rule can name a model by. U2F keys have none. */
export const isAaguid = (key: string): boolean => AAGUID.test(key)

/** The names of models by AAGUID, as soon and as far as they are known. Terms that are no AAGUID are passed over. */
export function useModelNames(terms: readonly string[]): (aaguid: string) => string | undefined {
  const wanted = [...new Set(terms.filter(isAaguid))].slice(0, MOST_ASKED)
  const found = useQueries({ queries: wanted.map((aaguid) => ({ ...modelsQuery(aaguid), staleTime: 300_000 })) })
  const items = found.flatMap(({ data }) => data?.items ?? [])
  return (aaguid) => items.find(({ key }) => key === aaguid)?.name
}
