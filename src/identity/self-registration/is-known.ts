import type { Db } from '../../database/handles.ts'
import { hasEnded, listHolders } from '../account-addresses.ts'

/**
 * Whether an account has this address, or one that ended had it at any time, in whatever spelling: nobody lets themselves
 * in again. Whoever ended and only wrote it keeps it from nobody.
 */
export async function isKnownAddress(db: Db<'accountAddress' | 'user'>, email: string): Promise<boolean> {
  const holders = await listHolders(db, email)
  return holders.some((holder) => hasEnded(holder) || (holder.isCurrent && holder.user.state === 'active'))
}
