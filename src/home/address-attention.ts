import type { Db } from '../database/handles.ts'
import type { Caller } from '../identity/caller.ts'
import { foldDomain } from '../identity/fold-address.ts'
import type { Attention } from './attention.ts'

/** One’s own address that nobody can tell is one’s own, while a directory brings people of its domain. */
export async function listAddressAttention(
  db: Db<'user' | 'domain' | 'directoryConnection'>,
  { id }: Pick<Caller, 'id'>,
): Promise<Attention[]> {
  const self = await db
    .selectFrom('user')
    .select('email')
    .where('id', '=', id)
    .where('kind', '=', 'person')
    .where('managedBy', 'is', null)
    .where('emailVerifiedAt', 'is', null)
    .where('email', '!=', '')
    .executeTakeFirst()
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
