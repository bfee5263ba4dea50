import type { Db } from '../../database/handles.ts'
import { cutPage, pageSize, parseCursor } from '../../http/page.ts'
import { isAtDomain } from './at-domain.ts'
import { getDomain } from './find-domain.ts'
import type { DomainAccount } from './shapes.ts'

type Readable = Db<'domain' | 'domainClaim' | 'user' | 'session'>

/** Who is at the domain, by username: those whom nobody manages, or all. @throws 404 */
export async function listAccounts(
  db: Readable,
  wanted: { id: string; cursor?: string | undefined; isUnmanaged?: boolean | undefined },
): Promise<{ items: DomainAccount[]; nextCursor: string | null }> {
  const domain = await getDomain(db, wanted.id)
  let query = db
    .selectFrom('user')
    .selectAll()
    .where((eb) => isAtDomain(eb, domain.name))
    .orderBy('username')
    .limit(pageSize + 1)
  if (wanted.cursor !== undefined) query = query.where('username', '>', parseCursor(wanted.cursor, 'string')[0])
  if (wanted.isUnmanaged === true) query = query.where('managedBy', 'is', null)
  const page = cutPage(
    await query.execute(),
    (user) => [user.username],
    (user) => user,
  )
  const ids = page.items.map(({ id }) => id)
  const [claims, seen] = ids.length === 0 ? [[], []] : [await listClaims(db, ids), await listLastSeen(db, ids)]
  return {
    items: page.items.map((user) => {
      const claim = claims.find(({ userId, domainId }) => userId === user.id && domainId === domain.id)
      const { id, state, noticedAt, graceEndsAt, objectedAt } = claim ?? {}
      return {
        person: { id: user.id, username: user.username, displayName: user.displayName },
        email: user.email,
        isEmailVerified: user.emailVerifiedAt !== null,
        role: user.role,
        lastSeenAt: seen.find(({ userId }) => userId === user.id)?.lastSeenAt ?? null,
        management:
          user.managedBy === null ? 'nobody' : user.managedBy === domain.id ? 'this-domain' : ('another' as const),
        claim:
          id === undefined || state === undefined || noticedAt === undefined || graceEndsAt === undefined
            ? null
            : { id, state, noticedAt, graceEndsAt, objectedAt: objectedAt ?? null },
      }
    }),
    nextCursor: page.nextCursor,
  }
}

const listClaims = (db: Db<'domainClaim'>, userIds: DomainAccount['person']['id'][]) =>
  db
    .selectFrom('domainClaim')
    .selectAll()
    .where('userId', 'in', userIds as `usr_${string}`[])
    .where('state', 'in', ['noticed', 'objected'])
    .execute()

const listLastSeen = (db: Db<'session'>, userIds: DomainAccount['person']['id'][]) =>
  db
    .selectFrom('session')
    .select((eb) => ['userId', eb.fn.max('lastSeenAt').as('lastSeenAt')])
    .where('userId', 'in', userIds as `usr_${string}`[])
    .groupBy('userId')
    .execute()
