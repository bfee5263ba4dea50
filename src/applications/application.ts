import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { ApplicationTable } from '../database/schema.ts'

/**
 * `applications/` owns what people open beside Git: its name, who may, and how strongly they must prove it. It never
 * knows how an application learns who came: that is `sign-on/` and `proxy/`.
 */
export interface Application extends Omit<ApplicationTable, 'endedAt'> {
  /** Empty unless its audience is groups. */
  groupIds: readonly Id<'grp'>[]
}

/** Undefined where there is none, or no more. */
export async function findApplication(
  db: Db<'application' | 'applicationGroup'>,
  id: string,
): Promise<Application | undefined> {
  return (await selectApplications(db, (query) => query.where('id', '=', id as Id<'app'>)))[0]
}

export const findApplicationBySlug = async (
  db: Db<'application' | 'applicationGroup'>,
  slug: string,
): Promise<Application | undefined> => (await selectApplications(db, (query) => query.where('slug', '=', slug)))[0]

/** All that have not ended, by name. */
export const listApplications = (db: Db<'application' | 'applicationGroup'>): Promise<Application[]> =>
  selectApplications(db, (query) => query)

type Query = ReturnType<typeof live>
const live = (db: Db<'application'>) => db.selectFrom('application').selectAll().where('endedAt', 'is', null)

async function selectApplications(
  db: Db<'application' | 'applicationGroup'>,
  narrow: (query: Query) => Query,
): Promise<Application[]> {
  const rows = await narrow(live(db)).orderBy('name').orderBy('id').execute()
  if (rows.length === 0) return []
  const groups = await db
    .selectFrom('applicationGroup')
    .selectAll()
    .where(
      'applicationId',
      'in',
      rows.map(({ id }) => id),
    )
    .execute()
  return rows.map((row) => ({
    ...row,
    groupIds: groups.filter(({ applicationId }) => applicationId === row.id).map(({ groupId }) => groupId),
  }))
}
