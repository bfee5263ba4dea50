import type { Application } from '../../applications/application.ts'
import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { OrganisationRole } from '../../database/schema.ts'

/** What an application may be told of somebody. */
export interface PersonFacts {
  id: Id<'usr'>
  username: string
  name: string
  /** Null where it was only written and never proven: tools join accounts by it, and anybody can write anybody’s. */
  email: string | null
  role: OrganisationRole
  /** Names, sorted. */
  groups: string[]
  /** Of those, the ones that the application is open to. */
  audience: string[]
}

export async function readPersonFacts(
  db: Db<'user' | 'groupMember' | 'userGroup'>,
  id: Id<'usr'>,
  { groupIds }: Pick<Application, 'groupIds'>,
): Promise<PersonFacts> {
  const user = await db
    .selectFrom('user')
    .select(['username', 'displayName', 'email', 'emailVerifiedAt', 'role'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  const groups = await db
    .selectFrom('groupMember')
    .innerJoin('userGroup', 'userGroup.id', 'groupMember.groupId')
    .select(['userGroup.id', 'userGroup.name'])
    .where('groupMember.userId', '=', id)
    .orderBy('userGroup.name')
    .execute()
  return {
    id,
    username: user.username,
    name: user.displayName,
    email: user.emailVerifiedAt === null || user.email === '' ? null : user.email,
    role: user.role,
    groups: groups.map(({ name }) => name),
    audience: groups.filter((group) => groupIds.includes(group.id)).map(({ name }) => name),
  }
}
