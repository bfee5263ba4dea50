import type { Db } from '../../database/handles.ts'
import type { RouteSettings } from '../route-settings.ts'

/**
 * The name of a tool where a rule of its route lets in this group alone; undefined where none does. Without its group such
 * a rule would wait for whoever brings another one of that name.
 */
export async function findToolNaming(db: Db<'proxyRoute' | 'application'>, group: string): Promise<string | undefined> {
  const rows = await db
    .selectFrom('proxyRoute')
    .innerJoin('application', 'application.id', 'proxyRoute.applicationId')
    .select(['application.name', 'proxyRoute.settings'])
    .where('application.endedAt', 'is', null)
    .orderBy('application.name')
    .execute()
  const names = ({ settings }: { settings: string }): boolean =>
    (JSON.parse(settings) as RouteSettings).rules?.some(({ groups }) => groups?.includes(group) === true) === true
  return rows.find(names)?.name
}
