import type { Database } from '../../database/handles.ts'
import { isPermittedFromSomewhere } from '../../policy/permits.ts'
import { readPolicyActor } from '../policy-actor.ts'
import type { Ceremonies } from '../registration.ts'
import { endPasswordLogin } from './password-logins.ts'

interface PasswordEndParts {
  database: Database
  policy: Ceremonies['policy']
  now: () => number
}

/** In which an owner who has missed the day can still prolong the rule. */
const graceMs = 24 * 3_600_000

/**
 * Deletes what is left of passwords whose rule is over, a day after its end: nobody gets in with them, and what is not
 * there cannot be stolen. One that no rule permits yet waits for its rule. Safe to repeat, and to run on several nodes.
 */
export async function endOverdue({ database, policy, now }: PasswordEndParts): Promise<void> {
  const at = now()
  const rules = policy.current()
  const over = rules.policy.rules.flatMap(({ permits }) =>
    permits !== undefined && permits.until + graceMs <= at ? [permits.until] : [],
  )
  if (over.length === 0) return
  const people = await database.read
    .selectFrom('passwordLogin')
    .innerJoin('user', 'user.id', 'passwordLogin.userId')
    .select(['user.id', 'kind', 'username', 'role'])
    .orderBy('user.id')
    .execute()
  for (const person of people) {
    const actor = await readPolicyActor(database.read, person)
    const isPermitted = (when: number) => isPermittedFromSomewhere(rules, { at: when, actor })
    if (isPermitted(at) || !over.some((until) => isPermitted(until - 1))) continue
    await database.write((tx) =>
      endPasswordLogin(tx, { userId: person.id, reason: 'the rule that permitted it is over', actor: null, at }),
    )
  }
}
