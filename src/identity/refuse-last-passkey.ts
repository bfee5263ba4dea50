import type { Db } from '../database/handles.ts'
import { conflict } from '../http/problem.ts'
import { decide } from '../policy/decide.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { credentialStrength } from '../policy/strength.ts'
import type { Caller } from './caller.ts'
import { type CredentialRecord, listCredentialRecords } from './credential-records.ts'
import { untestedCap } from './passwords/password-logins.ts'
import { policyKey, readPolicyActor } from './policy-actor.ts'

/**
 * A last passkey cannot be removed, nor the last that the rules of today let in: but what may be in wrong hands goes,
 * as long as its owner has any other.
 * @throws 409
 */
export async function refuseLastPasskey(
  db: Db<'credentialRecord' | 'groupMember'>,
  asked: { policy: PolicyInForce; record: CredentialRecord; caller: Caller; isLost: boolean; at: number },
): Promise<void> {
  const { policy, record, caller, isLost, at } = asked
  // One that its person has never tapped may be nobody's.
  const others = (await listCredentialRecords(db, record.userId)).filter(
    ({ id, strengthCap }) => id !== record.id && strengthCap !== untestedCap,
  )
  if (others.length === 0)
    throw conflict('last-credential', 'This is your last passkey: without it you could not sign in again.', {
      help: 'Add another passkey first, then remove this one.',
    })
  if (isLost) return
  const actor = await readPolicyActor(db, caller)
  const letsIn = (one: CredentialRecord): boolean => {
    const proof = { strength: credentialStrength(one), ageSeconds: 0, boundToAct: true, key: policyKey(one) }
    const facts = { act: 'sign-in' as const, at, actor, place: null, address: caller.address, proof }
    return decide(policy.current(), facts).outcome === 'allow'
  }
  if (!letsIn(record) || others.some(letsIn)) return
  throw conflict('last-strong-credential', 'This is the last of your passkeys with which the rules let you in.', {
    help: 'Add another of its kind first. If this one may be in wrong hands, say so: then it goes at once.',
  })
}
