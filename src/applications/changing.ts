import { type AuditActor, recordEvent } from '../audit/record.ts'
import type { Action } from '../audit/actions.ts'
import { type Db, orUniqueViolation, type Tx, UniqueViolation } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { ApplicationTable, TableName } from '../database/schema.ts'
import { conflict, invalid } from '../http/problem.ts'
import { findGroup } from '../identity/groups.ts'
import { lockGroups } from '../identity/lock-group.ts'
import type { Application } from './application.ts'
import type { ApplicationKind, CopyValue } from './application-kind.ts'
import { audienceWords } from './audience-words.ts'
import { describeChanges } from './describe-changes.ts'
import { checkLaunchUrl } from './launch-url.ts'
import { readSettings } from './read-settings.ts'
import type { ApplicationChanges, NewApplication } from './shapes.ts'

/** By whose decision: a person's tap, or a file on the machine. */
export type Decided =
  | { actor: AuditActor; seal: Id<'sea'>; at: number }
  /** The file's name, for the ledger. */
  | { actor: null; file: string; at: number }

/** Makes one and what its kind keeps of it. @throws 409 for a short name that is taken, 422 */
export async function createApplication(
  tx: Tx<TableName>,
  kind: ApplicationKind,
  wanted: NewApplication,
  decided: Decided,
): Promise<{ application: Application; shownOnce: readonly CopyValue[] }> {
  checkLaunchUrl(wanted.launchUrl)
  const settings = readSettings(kind, wanted.settings)
  const groupIds = await holdAudience(tx, wanted.audience, wanted.groups)
  const { slug, name, description, recipe, launchUrl, audience, strength } = wanted
  const row: ApplicationTable = {
    id: newId('app'),
    slug,
    name,
    description,
    kind: kind.kind,
    recipe,
    launchUrl,
    audience,
    strength,
    createdAt: decided.at,
    createdBy: decided.actor?.id ?? null,
    endedAt: null,
  }
  try {
    await orUniqueViolation(tx.insertInto('application').values(row).execute())
  } catch (error) {
    if (error instanceof UniqueViolation) throw slugTaken(slug)
    throw error
  }
  await setGroups(tx, row.id, groupIds)
  const { endedAt: _, ...kept } = row
  const application = { ...kept, groupIds }
  const shownOnce = await kind.create(tx, application, settings, decided.at)
  await recordChange(tx, 'application.added', application, decided, {
    kind: kind.kind,
    audience: audienceWords(audience, wanted.groups),
    ...(strength === null ? {} : { strength }),
  })
  return { application, shownOnce }
}

/**
 * What is left out stays as it is. @throws 422; 409 as its kind does
 * @param before its settings, where what is kept of them is not that any more
 */
export async function changeApplication(
  tx: Tx<TableName>,
  kind: ApplicationKind,
  application: Application,
  changes: ApplicationChanges,
  decided: Decided,
  before?: object,
): Promise<void> {
  const { groups, settings, ...columns } = changes
  checkLaunchUrl(columns.launchUrl)
  const audience = columns.audience ?? application.audience
  const isAudienceSaid = columns.audience !== undefined || groups !== undefined
  const groupIds = isAudienceSaid ? await holdAudience(tx, audience, groups ?? []) : application.groupIds
  const formerGroups = await groupNames(tx, application.groupIds)
  const formerSettings = settings === undefined ? {} : (before ?? (await kind.view(tx, application)))
  if (Object.keys(columns).length > 0)
    await tx.updateTable('application').set(columns).where('id', '=', application.id).execute()
  if (isAudienceSaid) await setGroups(tx, application.id, groupIds)
  if (settings !== undefined)
    await kind.change(tx, { ...application, ...columns, groupIds }, readSettings(kind, settings), decided.at)
  const { name, description, launchUrl, strength } = application
  const former = { name, description, launchUrl, strength }
  const changesOfIt = describeChanges(
    { ...former, audience: audienceWords(application.audience, formerGroups), ...(formerSettings as object) },
    {
      ...former,
      ...columns,
      audience: audienceWords(audience, isAudienceSaid ? (groups ?? []).toSorted() : formerGroups),
      ...(settings === undefined ? {} : ((await kind.view(tx, application)) as object)),
    },
    kind.settingWords,
  )
  await recordChange(tx, 'application.changed', application, decided, { changes: changesOfIt })
}

/** Nobody is let in any more; what people hold of it ends with it. Its short name is free again. */
export async function endApplication(
  tx: Tx<TableName>,
  kind: ApplicationKind,
  application: Application,
  decided: Decided,
): Promise<void> {
  await kind.end(tx, application, decided.at)
  await tx.updateTable('application').set({ endedAt: decided.at }).where('id', '=', application.id).execute()
  await recordChange(tx, 'application.ended', application, decided, { kind: kind.kind })
}

export const recordChange = (
  tx: Tx<'auditEvent' | 'auditPersonal'>,
  action: Action,
  { id, name }: Pick<Application, 'id' | 'name'>,
  decided: Decided,
  facts: Record<string, string | number>,
): Promise<unknown> =>
  recordEvent(tx, {
    action,
    actor: decided.actor,
    target: { kind: 'application', id },
    facts: {
      application: name,
      ...facts,
      ...(decided.actor === null ? { file: decided.file } : { seal: decided.seal }),
    },
    at: decided.at,
  })

/** The groups by their names. @throws 422 for one that there is not, or for an audience of groups without any */
export async function readAudience(
  db: Db<'userGroup'>,
  audience: Application['audience'],
  names: readonly string[],
): Promise<Id<'grp'>[]> {
  if (audience !== 'groups') {
    if (names.length > 0) throw invalid('groups', 'Groups are named only where it is open to some groups alone.')
    return []
  }
  if (names.length === 0) throw invalid('groups', 'Name a group at least: without one it would be open to nobody.')
  const ids = new Set<Id<'grp'>>()
  for (const name of names) {
    const group = await findGroup(db, name)
    if (group === undefined) throw invalid('groups', `There is no group ${name}.`)
    ids.add(group.id)
  }
  return [...ids]
}

/** The same, and none of them goes before this transaction is over. */
async function holdAudience(
  tx: Tx<'userGroup'>,
  audience: Application['audience'],
  names: readonly string[],
): Promise<Id<'grp'>[]> {
  await lockGroups(tx, await readAudience(tx, audience, names))
  // One that was just being deleted is gone by now.
  return readAudience(tx, audience, names)
}

async function groupNames(db: Db<'userGroup'>, ids: readonly Id<'grp'>[]): Promise<string[]> {
  if (ids.length === 0) return []
  const rows = await db.selectFrom('userGroup').select('name').where('id', 'in', ids).orderBy('name').execute()
  return rows.map(({ name }) => name)
}

async function setGroups(tx: Tx<'applicationGroup'>, applicationId: Id<'app'>, ids: readonly Id<'grp'>[]) {
  await tx.deleteFrom('applicationGroup').where('applicationId', '=', applicationId).execute()
  if (ids.length > 0)
    await tx
      .insertInto('applicationGroup')
      .values(ids.map((groupId) => ({ applicationId, groupId })))
      .execute()
}

export const slugTaken = (slug: string) =>
  conflict('application-exists', `There is already an application with the short name ${slug}.`, {
    help: 'Choose another short name.',
  })
