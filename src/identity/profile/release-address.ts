import { recordEvent } from '../../audit/record.ts'
import type { Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { type AddressHolder, listHolders, recordAddress } from '../account-addresses.ts'
import type { User } from '../users.ts'

/** Nobody but its person says that the address of this account is theirs. */
export const isOnlyWritten = ({ user, isCurrent, isProven }: AddressHolder): boolean =>
  isCurrent && !isProven && user.managedBy === null

/**
 * Whoever comes with an address, and has shown or is vouched for that it is theirs, is not kept from it by those who only
 * wrote it: they lose it, and Home asks administrators whether two of these accounts are one person's.
 */
export async function releaseWritten(
  tx: Tx<'user' | 'accountAddress' | 'emailVerification' | 'auditEvent' | 'auditPersonal'>,
  email: string,
  { to, broughtBy, at }: { to: Id<'usr'>; broughtBy: string; at: number },
): Promise<void> {
  for (const holder of await listHolders(tx, email))
    if (holder.user.id !== to && isOnlyWritten(holder)) await releaseAddress(tx, holder.user, { broughtBy, at })
}

/**
 * Takes from an account the address that its person only wrote and never showed to be theirs, because whoever it belongs
 * to has come. No letter tells them: it would reach the other. Home tells them when they are next here.
 */
export async function releaseAddress(
  tx: Tx<'user' | 'accountAddress' | 'emailVerification' | 'auditEvent' | 'auditPersonal'>,
  { id, username, email }: Pick<User, 'id' | 'username' | 'email'>,
  { broughtBy, at }: { broughtBy: string; at: number },
): Promise<void> {
  await tx.updateTable('user').set({ email: '', emailVerifiedAt: null }).where('id', '=', id).execute()
  await recordAddress(tx, { id, email: '' }, { provenAt: null, at })
  await tx.deleteFrom('emailVerification').where('userId', '=', id).execute()
  await recordEvent(tx, {
    action: 'profile.address-released',
    actor: null,
    target: { kind: 'user', id },
    facts: { person: username, broughtBy },
    personal: { formerEmail: email },
    at,
  })
}
