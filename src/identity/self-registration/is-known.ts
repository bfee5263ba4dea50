import type { Db } from '../../database/handles.ts'
import { hasEnded, listHolders } from '../account-addresses.ts'
import { isOnlyWritten } from '../profile/release-address.ts'

/**
 * Whether an account has this address, or one that ended had it at any time, in whatever spelling: nobody lets themselves
 * in again. Whoever only wrote it keeps it from nobody, here or gone.
 */
export async function isKnownAddress(db: Db<'accountAddress' | 'user'>, email: string): Promise<boolean> {
  const holders = await listHolders(db, email)
  return holders.some(
    (holder) => hasEnded(holder) || (holder.isCurrent && holder.user.state === 'active' && !isOnlyWritten(holder)),
  )
}
