import type { Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { TableName } from '../database/schema.ts'
import { notFound } from '../http/problem.ts'
import { type Application, findApplicationBySlug, listApplications } from './application.ts'
import type { ApplicationKind, ApplicationKinds } from './application-kind.ts'
import type { ApplicationSummary, ApplicationView } from './shapes.ts'

/** @throws 404 */
export async function getApplication(db: Db<'application' | 'applicationGroup'>, slug: string): Promise<Application> {
  const application = await findApplicationBySlug(db, slug)
  if (application === undefined) throw notFound('This application')
  return application
}

/**
 * The same for a change of it, which waits for another that is under way: what has ended meanwhile is not changed.
 * @throws 404
 */
export async function holdApplication(tx: Tx<'application' | 'applicationGroup'>, slug: string): Promise<Application> {
  await tx
    .updateTable('application')
    .set((eb) => ({ endedAt: eb.ref('endedAt') }))
    .where('slug', '=', slug)
    .where('endedAt', 'is', null)
    .execute()
  return getApplication(tx, slug)
}

export function kindOf(kinds: ApplicationKinds, kind: Application['kind']): ApplicationKind {
  const found = kinds[kind]
  if (found === undefined) throw new Error(`composition/sign-on.ts hands over no kind ${kind} of application`)
  return found
}

export async function listSummaries(db: Db<TableName>, kinds: ApplicationKinds): Promise<ApplicationSummary[]> {
  const applications = await listApplications(db)
  const groups = await readGroupNames(db)
  const launch = await listLaunchUrls(db, kinds, applications)
  const kept = await askKinds(kinds, applications, (kind, own) => kind.keptElsewhere?.(db, own))
  const opened = await Promise.all(applications.map(({ id }) => findLastOpened(db, id)))
  return applications.map((application, at) => ({
    ...summaryOf(application, groups),
    opensAt: launch.get(application.id) ?? null,
    lastOpenedAt: opened[at] ?? null,
    keptElsewhere: kept.get(application.id) ?? null,
  }))
}

/** @throws 404 */
export async function viewApplication(
  db: Db<TableName>,
  kinds: ApplicationKinds,
  slug: string,
): Promise<ApplicationView> {
  const application = await getApplication(db, slug)
  const kind = kindOf(kinds, application.kind)
  const createdBy =
    application.createdBy === null
      ? undefined
      : await db
          .selectFrom('user')
          .select(['id', 'username', 'displayName'])
          .where('id', '=', application.createdBy)
          .executeTakeFirst()
  const values = await kind.values(db, application)
  return {
    ...summaryOf(application, await readGroupNames(db)),
    opensAt: (await listLaunchUrls(db, kinds, [application])).get(application.id) ?? null,
    lastOpenedAt: await findLastOpened(db, application.id),
    keptElsewhere: (await kind.keptElsewhere?.(db, [application]))?.get(application.id) ?? null,
    id: application.id,
    launchUrl: application.launchUrl,
    createdAt: application.createdAt,
    createdBy: createdBy ?? null,
    settings: await kind.view(db, application),
    values: [...values],
    hasSecret: await hasSecret(db, kind, application),
  }
}

/** Whether a new secret can be made for it. */
export const hasSecret = async (db: Db<TableName>, kind: ApplicationKind, application: Application): Promise<boolean> =>
  kind.rotateSecret !== undefined && (kind.hasSecret === undefined || (await kind.hasSecret(db, application)))

/** Where Home leads: the address of its own, else what its kind knows. */
export async function listLaunchUrls(
  db: Db<TableName>,
  kinds: ApplicationKinds,
  applications: readonly Application[],
): Promise<Map<Id<'app'>, string>> {
  const asked = applications.filter(({ launchUrl }) => launchUrl === null)
  const urls = await askKinds(kinds, asked, (kind, own) => kind.launchUrls?.(db, own))
  for (const { id, launchUrl } of applications) if (launchUrl !== null) urls.set(id, launchUrl)
  return urls
}

async function askKinds(
  kinds: ApplicationKinds,
  applications: readonly Application[],
  ask: (kind: ApplicationKind, own: Application[]) => Promise<ReadonlyMap<Id<'app'>, string>> | undefined,
): Promise<Map<Id<'app'>, string>> {
  const all = new Map<Id<'app'>, string>()
  for (const [name, own] of Map.groupBy(applications, ({ kind }) => kind))
    for (const [id, answer] of (await ask(kindOf(kinds, name), own)) ?? []) all.set(id, answer)
  return all
}

const readGroupNames = async (db: Db<'userGroup'>): Promise<Map<Id<'grp'>, string>> =>
  new Map((await db.selectFrom('userGroup').select(['id', 'name']).execute()).map(({ id, name }) => [id, name]))

const summaryOf = (
  { slug, name, description, kind, recipe, audience, groupIds, strength }: Application,
  groups: ReadonlyMap<Id<'grp'>, string>,
) => ({
  slug,
  name,
  description,
  kind,
  recipe,
  audience,
  groups: groupIds.flatMap((id) => groups.get(id) ?? []).sort(),
  strength,
})

/** By the ledger's index of targets: what happened to an application is little, so the latest is soon found. */
async function findLastOpened(db: Db<'auditEvent'>, id: Id<'app'>): Promise<number | null> {
  const row = await db
    .selectFrom('auditEvent')
    .select('occurredAt')
    .where('targetId', '=', id)
    .where('action', '=', 'application.opened')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.occurredAt ?? null
}
