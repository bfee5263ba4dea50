import { recordEvent } from '../../audit/record.ts'
import type { Tx } from '../../database/handles.ts'
import { recordAddress } from '../account-addresses.ts'
import type { User } from '../users.ts'

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
