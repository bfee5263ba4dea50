import { recordEvent } from '../audit/record.ts'
import type { Database, Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { RepositoryRole } from '../database/schema.ts'
import { notFound } from '../http/problem.ts'
import type { Act } from '../identity/act.ts'
import { actorOf } from '../identity/caller.ts'
import { findGroup } from '../identity/groups.ts'
import { findUserByUsername } from '../identity/users.ts'
import type { MemberView } from './shapes.ts'

/** Where a role is given: in one repository, or in a project and so in all of its repositories. */
export type MemberScope =
  | { kind: 'project'; id: Id<'prj'>; path: string }
  | { kind: 'repository'; id: Id<'rep'>; projectId: Id<'prj'>; path: string }

/** People and groups with a role here, those of the project above included. Organisation administrators are not listed. */
export async function listMembers(
  db: Db<'roleGrant' | 'user' | 'userGroup'>,
  scope: MemberScope,
): Promise<MemberView[]> {
  const scopeIds = scope.kind === 'project' ? [scope.id] : [scope.id, scope.projectId]
  const people = await db
    .selectFrom('roleGrant')
    .innerJoin('user', 'user.id', 'roleGrant.subjectId')
    .select(['user.username as name', 'user.displayName', 'roleGrant.role', 'roleGrant.scopeKind'])
    .where('subjectKind', '=', 'user')
    .where('user.state', '=', 'active')
    // What has a key of the repository itself stands with its key.
    .where('user.kind', '!=', 'system')
    .where('scopeId', 'in', scopeIds)
    .orderBy('username')
    .execute()
  const groups = await db
    .selectFrom('roleGrant')
    .innerJoin('userGroup', 'userGroup.id', 'roleGrant.subjectId')
    .select(['userGroup.name', 'roleGrant.role', 'roleGrant.scopeKind'])
    .where('subjectKind', '=', 'group')
    .where('scopeId', 'in', scopeIds)
    .orderBy('userGroup.name')
    .execute()
  return [
    ...people.map(({ scopeKind, ...row }) => ({ kind: 'user' as const, ...row, from: scopeKind })),
    ...groups.map(({ scopeKind, ...row }) => ({
      kind: 'group' as const,
      ...row,
      displayName: row.name,
      from: scopeKind,
    })),
  ]
}

export interface Subject {
  kind: 'user' | 'group'
  /** Username or group name. */
  name: string
}

/** Gives a role, or another one than before; giving it twice changes nothing. */
export async function grantRole(
  database: Database,
  { caller, takeSeal, now }: Act,
  scope: MemberScope,
  wanted: Subject & { role: RepositoryRole },
): Promise<void> {
  const { id: subjectId } = await getSubject(database.read, wanted)
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const former = await findGivenRole(tx, scope, subjectId)
    if (former === wanted.role) return
    await tx
      .insertInto('roleGrant')
      .values({
        subjectKind: wanted.kind,
        subjectId,
        scopeKind: scope.kind,
        scopeId: scope.id,
        role: wanted.role,
        createdAt: at,
        createdBy: caller.id,
      })
      .onConflict((conflict) => conflict.columns(['subjectId', 'scopeId']).doUpdateSet({ role: wanted.role }))
      .execute()
    await recordEvent(tx, {
      action: 'member.granted',
      actor: actorOf(caller, seal),
      ...eventOf(scope, wanted, { subjectId, role: wanted.role, former: former ?? 'none', seal: seal.id }),
      at,
    })
  })
}

/** Takes the role that was given here; one from the project above stays. @throws 404 where there is none */
export async function removeRole(
  database: Database,
  { caller, takeSeal, now }: Act,
  scope: MemberScope,
  wanted: Subject,
): Promise<void> {
  const { id: subjectId } = await getSubject(database.read, wanted)
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const taken = await tx
      .deleteFrom('roleGrant')
      .where('subjectId', '=', subjectId)
      .where('scopeId', '=', scope.id)
      .returning('role')
      .executeTakeFirst()
    if (taken === undefined) throw notFound('This role')
    await recordEvent(tx, {
      action: 'member.removed',
      actor: actorOf(caller, seal),
      ...eventOf(scope, wanted, { subjectId, former: taken.role, seal: seal.id }),
      at,
    })
  })
}

function eventOf(scope: MemberScope, { kind, name }: Subject, facts: Record<string, string>) {
  return {
    target: { kind: scope.kind, id: scope.id },
    repositoryId: scope.kind === 'repository' ? scope.id : null,
    facts: { place: scope.path, subject: name, subjectKind: kind, ...facts },
  }
}

/** Who is meant, and how they are shown. @throws 404 */
export async function getSubject(
  db: Db<'user' | 'userGroup'>,
  { kind, name }: Subject,
): Promise<{ id: Id<'usr'> | Id<'grp'>; shown: string }> {
  if (kind === 'group') {
    const group = await findGroup(db, name)
    if (group === undefined) throw notFound('This group')
    return { id: group.id, shown: `the group ${group.name}` }
  }
  const user = await findUserByUsername(db, name)
  if (user === undefined || user.state !== 'active') throw notFound('This person')
  return { id: user.id, shown: `${user.displayName} (${user.username})` }
}

/** The role given right here, not one that comes from the project above. */
export async function findGivenRole(
  db: Db<'roleGrant'>,
  scope: MemberScope,
  subjectId: Id<'usr'> | Id<'grp'>,
): Promise<RepositoryRole | undefined> {
  const grant = await db
    .selectFrom('roleGrant')
    .select('role')
    .where('subjectId', '=', subjectId)
    .where('scopeId', '=', scope.id)
    .executeTakeFirst()
  return grant?.role
}

/** When a group goes, so do the roles it had; part of that transaction. */
export async function forgetGroupGrants(tx: Tx<'roleGrant'>, groupId: string): Promise<void> {
  await tx
    .deleteFrom('roleGrant')
    .where('subjectKind', '=', 'group')
    .where('subjectId', '=', groupId as Id<'grp'>)
    .execute()
}
