import type { Database } from '../../database/handles.ts'
import { readKnownNames } from './known-names.ts'
import type { RouteSettings } from '../route-settings.ts'

export interface RoutesShown {
  routes: { slug: string; name: string; host: string; upstream: string; source: 'console' | 'file' }[]
  /** Names of all groups, for whoever checks a file. */
  groups: string[]
  connectors: string[]
  /** Short names of what does not stand in the file: no route there can have one. */
  taken: string[]
}

/** Every route there is, for whoever has the machine. */
export async function showRoutes({ read }: Pick<Database, 'read'>): Promise<RoutesShown> {
  const rows = await read
    .selectFrom('proxyRoute')
    .innerJoin('application', 'application.id', 'proxyRoute.applicationId')
    .select(['application.slug', 'application.name', 'proxyRoute.host', 'proxyRoute.settings', 'proxyRoute.source'])
    .where('application.endedAt', 'is', null)
    .orderBy('proxyRoute.host')
    .execute()
  const applications = await read.selectFrom('application').select('slug').where('endedAt', 'is', null).execute()
  const ofFile = new Set(rows.flatMap(({ slug, source }) => (source === 'file' ? [slug] : [])))
  const { groups, connectors } = await readKnownNames(read)
  return {
    routes: rows.map(({ settings, ...row }) => ({
      ...row,
      upstream: (JSON.parse(settings) as RouteSettings).upstream,
    })),
    groups: [...(groups ?? [])],
    connectors: [...(connectors ?? [])],
    taken: applications.flatMap(({ slug }) => (ofFile.has(slug) ? [] : [slug])),
  }
}
