import type { Db } from '../database/handles.ts'
import type { Strength } from '../database/schema.ts'
import { ProblemError, type ProblemDetails } from '../http/problem.ts'
import type { Caller } from '../identity/caller.ts'
import { readPolicyActor } from '../identity/policy-actor.ts'
import { decide } from '../policy/decide.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { stepUpHeader } from '../policy/step-up-header.ts'
import { isAtLeast } from '../policy/strength.ts'
import { actFacts, type TapQuestion } from './judge-tap.ts'

const tapAndRepeat = 'Tap on the page where it waits, and send it again with the header Postern-Seal.'

/** The refusal of an act that takes a tap bound to it, with how strong that must be by the rules of today: RFC 9470 §3. */
export async function sealRequired(
  { db, policy }: { db: Db<'groupMember'>; policy: PolicyInForce },
  asked: {
    question: TapQuestion
    caller: Pick<Caller, 'id' | 'kind' | 'username' | 'role' | 'address'>
    at: number
  },
  { help = tapAndRepeat, ...details }: Pick<ProblemDetails, 'detail' | 'help' | 'sealRequestId' | 'link' | 'expiresAt'>,
): Promise<ProblemError> {
  const actor = await readPolicyActor(db, asked.caller)
  const { act, also = act } = asked.question
  const strengths = [act, also].map((one): Strength => {
    const question = { ...asked.question, act: one }
    return decide(policy.current(), actFacts({ ...asked, question }, actor, null)).requirement.strength
  })
  // No tap proves less than a passkey.
  const strength = strengths.reduce((one, other) => (isAtLeast(one, other) ? one : other), 'passkey')
  const requires = { strength, freshnessSeconds: 0 }
  return new ProblemError(401, 'seal-required', 'This needs a tap on your key.', {
    help,
    ...details,
    requires,
    headers: { 'www-authenticate': stepUpHeader({ ...requires, why: 'A tap bound to this act is needed' }) },
  })
}
