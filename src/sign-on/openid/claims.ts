import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { isOver } from '../../identity/guests/is-over.ts'
import type { OpenidClient } from './find-client.ts'

/** What an application is told of a person, OpenID Connect Core §5.1; `groups` are names. */
type Claims = { sub: string; preferred_username: string; name: string; email?: string } & {
  email_verified?: boolean
  groups?: string[]
}

/** Which claims each scope brings. Groups come by the application’s setting: many products cannot ask for them. */
export const claimsByScope = {
  openid: ['sub', 'preferred_username', 'acr', 'amr', 'auth_time', 'sid', 'groups'],
  profile: ['name', 'preferred_username'],
  email: ['email', 'email_verified'],
} as const

/** What may be asked for by itself as well, with the parameter `claims`, by whoever may have these scopes. */
export const claimsOf = (scopes: readonly string[]): string[] =>
  Object.entries(claimsByScope).flatMap(([scope, claims]) => (scopes.includes(scope) ? [...claims] : []))

/**
 * Undefined for nobody who may come in. An address that was only written and never proven is not told: products that join
 * accounts by address would let whoever wrote it into somebody else’s.
 */
export async function readClaims(
  db: Db<'user' | 'groupMember' | 'userGroup'>,
  { application, settings }: Pick<OpenidClient, 'application' | 'settings'>,
  { userId, at }: { userId: Id<'usr'>; at: number },
): Promise<Claims | undefined> {
  const user = await db
    .selectFrom('user')
    .select(['username', 'displayName', 'email', 'emailVerifiedAt', 'state', 'endsAt'])
    .where('id', '=', userId)
    .executeTakeFirst()
  if (user === undefined || user.state !== 'active' || isOver(user, at)) return undefined
  return {
    sub: userId,
    preferred_username: user.username,
    name: user.displayName,
    ...(user.emailVerifiedAt === null ? {} : { email: user.email, email_verified: true }),
    ...(settings.groups === 'none'
      ? {}
      : { groups: await listGroupNames(db, userId, settings.groups === 'audience' ? application.groupIds : null) }),
  }
}

/** @param among null for all */
async function listGroupNames(
  db: Db<'groupMember' | 'userGroup'>,
  userId: Id<'usr'>,
  among: readonly Id<'grp'>[] | null,
): Promise<string[]> {
  if (among?.length === 0) return []
  let query = db
    .selectFrom('groupMember')
    .innerJoin('userGroup', 'userGroup.id', 'groupMember.groupId')
    .select('userGroup.name')
    .where('groupMember.userId', '=', userId)
  if (among !== null) query = query.where('groupMember.groupId', 'in', [...among])
  return (await query.orderBy('userGroup.name').execute()).map(({ name }) => name)
}
