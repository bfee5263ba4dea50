import { recordEvent } from '../../audit/record.ts'
import type { Db, Tx } from '../../database/handles.ts'
import { type AddressHolder, recordAddress } from '../account-addresses.ts'
import { isAdmin } from '../caller.ts'
import type { User } from '../users.ts'

/** Nobody but its person says that the address of this account is theirs. */
export const isOnlyWritten = ({ user, isCurrent, isProven }: AddressHolder): boolean =>
  isCurrent && !isProven && user.managedBy === null

/**
 * Whether an account whose person only wrote an address may be that of whoever comes with it: somebody here let them in,
 * and they are here. With one more account made for them, a directory would end that one alone.
 */
export async function mayBeTheSame(
  db: Db<'credentialRecord'>,
  { id, state, createdBy, role }: Pick<User, 'id' | 'state' | 'createdBy' | 'role'>,
): Promise<boolean> {
  if (state === 'ended') return false
  if (createdBy !== null || isAdmin({ role })) return true
  const setUp = await db
    .selectFrom('credentialRecord')
    .select('id')
    .where('userId', '=', id)
    .where('enrolledVia', '=', 'setup')
    .executeTakeFirst()
  return setUp !== undefined
}

/**
 * Takes from an account the address that its person only wrote and never showed to be theirs, because whoever it belongs
 * to has come. No letter tells them: it would reach the other. Their profile says that they have none.
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
