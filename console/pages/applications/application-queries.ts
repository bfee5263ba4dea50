import { getQuery } from '../../api/queries.ts'
import type { ApplicationSummary, ApplicationView, Items, RecipeList } from '../../api/shapes.ts'

export const applicationsPath = '/applications'
export const applicationPath = (slug: string) => `${applicationsPath}/${encodeURIComponent(slug)}`
export const applicationsQuery = getQuery<Items<ApplicationSummary>>(applicationsPath)
export const applicationQuery = (slug: string) => getQuery<ApplicationView>(applicationPath(slug))

/** The gallery, and which kinds there are. */
export const recipesQuery = { ...getQuery<RecipeList>(`${applicationsPath}/recipes`), staleTime: 300_000 }
