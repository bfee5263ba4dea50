import type { Db } from '../database/handles.ts'
import type { CredentialRecordTable } from '../database/schema.ts'
import { forbidden } from '../http/problem.ts'
import type { DecisionFacts } from '../policy/facts.ts'
import { enforce, type PolicyInForce } from '../policy/in-force.ts'
import { credentialStrength } from '../policy/strength.ts'
import { explainDecision } from '../policy/words.ts'
import { policyKey, readPolicyActor } from './policy-actor.ts'
import { findUserById } from './users.ts'

/** Whether the rules take a key of this kind. What caps it for now is no property of the key. @throws 403 with the rule */
export async function checkRegistration(
  db: Db<'user' | 'groupMember'>,
  {
    record,
    policy,
    address,
    at,
  }: { record: CredentialRecordTable; policy: PolicyInForce; address: string; at: number },
): Promise<void> {
  const user = await findUserById(db, record.userId)
  if (user === undefined) throw new Error('a key is registered for somebody')
  const facts: DecisionFacts = {
    act: 'registration',
    at,
    actor: await readPolicyActor(db, user),
    place: null,
    address,
    proof: {
      strength: credentialStrength({ ...record, strengthCap: null }),
      ageSeconds: 0,
      boundToAct: true,
      key: policyKey(record),
    },
  }
  const decision = enforce(policy, facts)
  if (decision.outcome !== 'allow') throw forbidden(explainDecision(decision, facts), 'Use a key of another kind.')
}
