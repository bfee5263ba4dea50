import { recordEvent } from '../audit/record.ts'
import type { Database, Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { RepositoryRole } from '../database/schema.ts'
import { notFound } from '../http/problem.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
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
    .where('scopeId', 'in', scopeIds)
    .orderBy('username')
    .execute()
  const groups = await db
    .selectFrom('roleGrant')
    .innerJoin('userGroup', 'userGroup.id', 'roleGrant.subjectId')
    .select(['userGroup.name', 'userGroup.description as displayName', 'roleGrant.role', 'roleGrant.scopeKind'])
    .where('subjectKind', '=', 'group')
    .where('scopeId', 'in', scopeIds)
    .orderBy('userGroup.name')
    .execute()
  return [
    ...people.map(({ scopeKind, ...row }) => ({ kind: 'user' as const, ...row, from: scopeKind })),
    ...groups.map(({ scopeKind, ...row }) => ({
      kind: 'group' as const,
      ...row,
      displayName: row.displayName || row.name,
      from: scopeKind,
    })),
  ]
}

export interface Subject {
  kind: 'user' | 'group'
  /** Username or group name. */
  name: string
}

/** Gives a role, or another one than before. */
export async function grantRole(
  database: Database,
  caller: Caller,
  scope: MemberScope,
  wanted: Subject & { role: RepositoryRole },
  at: number,
): Promise<void> {
  const subjectId = await getSubjectId(database.read, wanted)
  await database.write(async (tx) => {
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
      actor: actorOf(caller),
      ...eventOf(scope, wanted, subjectId),
      at,
    })
  })
}

/** Takes the role that was given here; one from the project above stays. @throws 404 where there is none */
export async function removeRole(
  database: Database,
  caller: Caller,
  scope: MemberScope,
  wanted: Subject,
  at: number,
): Promise<void> {
  const subjectId = await getSubjectId(database.read, wanted)
  await database.write(async (tx) => {
    const { numDeletedRows } = await tx
      .deleteFrom('roleGrant')
      .where('subjectId', '=', subjectId)
      .where('scopeId', '=', scope.id)
      .executeTakeFirst()
    if (Number(numDeletedRows) === 0) throw notFound('This role')
    await recordEvent(tx, {
      action: 'member.removed',
      actor: actorOf(caller),
      ...eventOf(scope, wanted, subjectId),
      at,
    })
  })
}

function eventOf(scope: MemberScope, wanted: Subject & { role?: RepositoryRole }, subjectId: string) {
  return {
    target: { kind: scope.kind, id: scope.id },
    repositoryId: scope.kind === 'repository' ? scope.id : null,
    facts: {
      place: scope.path,
      subject: wanted.name,
      subjectKind: wanted.kind,
      subjectId,
      ...(wanted.role === undefined ? {} : { role: wanted.role }),
    },
  }
}

async function getSubjectId(db: Db<'user' | 'userGroup'>, { kind, name }: Subject): Promise<Id<'usr'> | Id<'grp'>> {
  const found = kind === 'user' ? await findUserByUsername(db, name) : await findGroup(db, name)
  if (found === undefined || ('state' in found && found.state !== 'active'))
    throw notFound(kind === 'user' ? 'This person' : 'This group')
  return found.id
}

/** When a group goes, so do the roles it had; part of that transaction. */
export async function forgetGroupGrants(tx: Tx<'roleGrant'>, groupId: string): Promise<void> {
  await tx
    .deleteFrom('roleGrant')
    .where('subjectKind', '=', 'group')
    .where('subjectId', '=', groupId as Id<'grp'>)
    .execute()
}
