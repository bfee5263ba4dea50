import type { Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { AccessKind } from '../identity/ending/access-kind.ts'
import { withoutLogout } from './openid/without-logout.ts'
import { listOpenedBySaml } from './saml/opened-by-saml.ts'

/** What programs were let in to do; the codes and tokens of each go with it. */
export const oauthGrants: AccessKind = {
  name: 'programs let in',
  tables: ['oauthGrant', 'oauthState'],
  count: (db, userId, at) => countGrants(db, 'programs', { userId, at }),
  end: (tx, { user, at }) => endGrants(tx, 'programs', { userId: user.id, at }),
}

/** Applications that their sessions are signed on to: each is told, where it wants to be. */
export const signOns: AccessKind = {
  name: 'applications signed on to',
  tables: ['oauthGrant', 'oauthState'],
  count: (db, userId, at) => countGrants(db, 'applications', { userId, at }),
  end: (tx, { user, at }) => endGrants(tx, 'applications', { userId: user.id, at }),
  async remains(db, userId, at) {
    const names = [...(await withoutLogout(db, { userId, at })), ...(await listOpenedBySaml(db, { userId, at }))]
    return [...new Set(names)].sort().map((name) => ({
      what: `Their own session in ${name}, which takes no word of an end: it lasts as long as ${name} lets it.`,
      until: null,
    }))
  },
}

type Which = 'programs' | 'applications'

async function countGrants(
  db: Db<'oauthGrant'>,
  which: Which,
  { userId, at }: { userId: Id<'usr'>; at: number },
): Promise<number> {
  const rows = await db
    .selectFrom('oauthGrant')
    .select('id')
    .where('userId', '=', userId)
    .where('applicationId', which === 'programs' ? 'is' : 'is not', null)
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', at)
    .execute()
  return rows.length
}

async function endGrants(
  tx: Tx<'oauthGrant' | 'oauthState'>,
  which: Which,
  { userId, at }: { userId: Id<'usr'>; at: number },
): Promise<number> {
  const ended = await tx
    .updateTable('oauthGrant')
    .set({ endedAt: at })
    .where('userId', '=', userId)
    .where('applicationId', which === 'programs' ? 'is' : 'is not', null)
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', at)
    .returning('id')
    .execute()
  await tx
    .deleteFrom('oauthState')
    .where('grantId', 'in', (eb) => eb.selectFrom('oauthGrant').select('id').where('userId', '=', userId))
    .execute()
  return ended.length
}
