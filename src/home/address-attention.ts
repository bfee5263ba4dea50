import type { Db } from '../database/handles.ts'
import type { Caller } from '../identity/caller.ts'
import { foldDomain } from '../identity/fold-address.ts'
import type { Attention } from './attention.ts'

/** One’s own address that nobody can tell is one’s own, while a directory brings people of its domain. */
export async function listAddressAttention(
  db: Db<'user' | 'accountAddress' | 'domain' | 'directoryConnection'>,
  { id }: Pick<Caller, 'id'>,
): Promise<Attention[]> {
  const self = await db
    .selectFrom('user')
    .select('email')
    .where('id', '=', id)
    .where('kind', '=', 'person')
    .where('managedBy', 'is', null)
    .where('emailVerifiedAt', 'is', null)
    .executeTakeFirst()
  if (self?.email === '') return (await hasLostAddress(db, id)) ? [lost] : []
  const name = self && foldDomain(self.email.slice(self.email.lastIndexOf('@') + 1))
  if (self === undefined || name === undefined) return []
  const directory = await db
    .selectFrom('directoryConnection')
    .select('id')
    .where('endedAt', 'is', null)
    .where((eb) =>
      eb.exists(eb.selectFrom('domain').select('domain.id').where('name', '=', name).where('state', '=', 'verified')),
    )
    .executeTakeFirst()
  if (directory === undefined) return []
  const text = `You have never confirmed that ${self.email} is yours, so your organisation’s directory cannot tell that this account is.`
  return [{ kind: 'own-address', text, href: '/-/account/profile' }]
}

const lost: Attention = {
  kind: 'own-address',
  text: 'Your account has no address any more: whoever the one you had written belongs to has come. Write yours.',
  href: '/-/account/profile',
}

const hasLostAddress = async (db: Db<'accountAddress'>, id: Caller['id']): Promise<boolean> =>
  (await db.selectFrom('accountAddress').select('userId').where('userId', '=', id).executeTakeFirst()) !== undefined

const shown = 5

/**
 * Accounts that had an address written which somebody else has come with since, for administrators: either somebody wrote
 * what is not theirs, or one person has two accounts, of which a directory ends one alone.
 */
export async function listDoubtedAccounts(db: Db<'user' | 'accountAddress'>): Promise<Attention[]> {
  const rows = await db
    .selectFrom('user')
    .innerJoin('accountAddress as written', 'written.userId', 'user.id')
    .innerJoin('accountAddress as held', 'held.addressHash', 'written.addressHash')
    .innerJoin('user as holder', 'holder.id', 'held.userId')
    .select(['user.username', 'user.displayName', 'holder.displayName as holderName', 'holder.email'])
    .where('written.provenAt', 'is', null)
    .where('written.formerAt', 'is not', null)
    .where('user.state', '=', 'active')
    .where('user.managedBy', 'is', null)
    .where('user.emailVerifiedAt', 'is', null)
    .where('held.provenAt', 'is not', null)
    .where('held.formerAt', 'is', null)
    .where('holder.state', '=', 'active')
    .whereRef('holder.id', '!=', 'user.id')
    .orderBy('user.username')
    .limit(shown)
    .execute()
  return rows.map(({ username, displayName, holderName, email }) => ({
    kind: `address-${username}`,
    text: `${displayName} (${username}) had written ${email} into their account and never confirmed it; ${holderName} has come with it. If they are one person, end the account they do not need.`,
    href: `/-/people/${username}`,
  }))
}
