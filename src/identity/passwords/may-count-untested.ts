import { permittedUntil } from '../../policy/permits.ts'
import type { KnownPasskey } from '../known-passkey.ts'
import { readPolicyActor } from '../policy-actor.ts'
import type { Ceremonies, Client } from '../registration.ts'
import { findPassword } from './password-logins.ts'

/**
 * Whether a passkey that a browser made unasked may be tapped for the first time: only as long as its person gets in with
 * the password it came with. After that nothing would show that it is theirs.
 */
export async function mayCountUntested(
  { database, policy, now }: Pick<Ceremonies, 'database' | 'policy' | 'now'>,
  known: Pick<KnownPasskey, 'userId' | 'kind' | 'username' | 'role'>,
  { address }: Pick<Client, 'address'>,
): Promise<boolean> {
  if ((await findPassword(database.read, known.userId)) === undefined) return false
  const actor = await readPolicyActor(database.read, { ...known, id: known.userId })
  return permittedUntil(policy.current(), { at: now(), actor, address }) !== null
}
