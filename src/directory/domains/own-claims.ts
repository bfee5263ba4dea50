import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { notFound } from '../../http/problem.ts'
import { listPersonRefs } from '../../identity/users.ts'
import type { OwnClaim } from './shapes.ts'

type Readable = Db<'domain' | 'domainClaim' | 'user'>

/** What is asked of this person, newest first; what is decided stays to be read. */
export async function listOwnClaims(db: Readable, userId: Id<'usr'>): Promise<OwnClaim[]> {
  const user = await db.selectFrom('user').select('email').where('id', '=', userId).executeTakeFirstOrThrow()
  const rows = await db
    .selectFrom('domainClaim')
    .innerJoin('domain', 'domain.id', 'domainClaim.domainId')
    .selectAll('domainClaim')
    .select('domain.name as domain')
    .where('domainClaim.userId', '=', userId)
    .orderBy('domainClaim.noticedAt', 'desc')
    .orderBy('domainClaim.id')
    .execute()
  const people = await listPersonRefs(
    db,
    rows.map(({ noticedBy }) => noticedBy),
  )
  return rows.map(({ id, domain, state, noticedBy, noticedAt, graceEndsAt, objectedAt, decidedAt }) => ({
    id,
    domain,
    state,
    noticedAt,
    graceEndsAt,
    objectedAt,
    decidedAt,
    email: user.email,
    by: people.get(noticedBy) ?? { id: noticedBy, username: '', displayName: '' },
  }))
}

/** @throws 404 */
export async function viewOwnClaim(db: Readable, userId: Id<'usr'>, id: string): Promise<OwnClaim> {
  const claim = (await listOwnClaims(db, userId)).find((each) => each.id === id)
  if (claim === undefined) throw notFound('This question')
  return claim
}
