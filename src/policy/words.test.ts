import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from './decide.ts'
import type { DecisionFacts, Proof } from './facts.ts'
import { compiled, facts, proof, rule } from './policy-testing.ts'
import type { RuleRequirement } from './rule.ts'
import { explainDecision, explainPast, helpWith } from './words.ts'

const model = '2fc0579f-8113-47ea-b116-bb5a8db9202a'
const told = (requires: RuleRequirement, more: Partial<DecisionFacts> = {}): string => {
  const given = facts({ act: 'sign-in', place: null, ...more })
  return explainDecision(decide(compiled(rule({ does: ['sign-in'], requires })), given), given)
}
const because = ' The rule “A rule” asks for it.'
const own = (category: 'hardware-key' | 'platform', strength: 'passkey' | 'device-bound' = 'device-bound') => ({
  proof: proof({ strength, key: { category, aaguid: null } }),
})

test('a refusal says which kinds of key would do, and what kind this one is', () => {
  assert.equal(
    told({ models: { allow: ['hardware-key'] } }, own('platform')),
    `To sign in you need a hardware key. Yours is a key of one device.${because}`,
  )
  assert.equal(
    told({ models: { deny: ['synced'] } }),
    `To sign in you need a hardware key or a key of one device. Yours is a synced passkey.${because}`,
  )
})

test('where models are named, it says that the model is what is wrong', () => {
  assert.equal(
    told({ models: { allow: [model] } }, own('hardware-key')),
    `To sign in you need a key of a model that the rule names. Yours is a hardware key.${because}`,
  )
  assert.equal(
    told(
      { models: { deny: [model] } },
      { proof: proof({ strength: 'attested', key: { category: 'hardware-key', aaguid: model } }) },
    ),
    `To sign in you need a key of another model.${because}`,
  )
  assert.equal(
    told(
      { models: { allow: ['hardware-key'], deny: [model] } },
      { proof: proof({ strength: 'attested', key: { category: 'hardware-key', aaguid: model } }) },
    ),
    `To sign in you need a hardware key. The model of yours is not one it takes.${because}`,
  )
})

test('where no tap helps, the sentence is about that, and the help with it', () => {
  const given = facts({ act: 'sign-in', place: null })
  const decision = decide(
    compiled(
      rule({ id: 'strong', title: 'Strong', does: ['sign-in'], requires: { strength: 'attested' } }),
      rule({ does: ['sign-in'], requires: { networks: ['10.0.0.0/8'] } }),
    ),
    given,
  )
  assert.equal(explainDecision(decision, given), `To sign in you must come from a known network.${because}`)
  assert.match(helpWith(decision), /^Come from a network that the rule names/)
})

test('what somebody did before the rule is said of them, not to whoever reads it', () => {
  const past = (requires: RuleRequirement, more: Partial<Proof>): string => {
    const given = facts({ proof: proof(more) })
    return explainPast(decide(compiled(rule({ requires })), given), given)
  }
  const by = (asked: string, done: string): string =>
    `The rule “A rule” asks for ${asked} to merge a pull request, and this was done with ${done}.`
  const verified = 'a hardware key of a verified model'
  assert.equal(past({ strength: 'attested' }, {}), by(verified, 'a synced passkey'))
  assert.equal(
    past({ strength: 'attested' }, own('hardware-key').proof),
    by(verified, 'a key that says it cannot be copied'),
  )
  assert.equal(
    past({ models: { allow: ['hardware-key'] } }, own('platform').proof),
    by('a hardware key', 'a key of one device'),
  )
  assert.equal(
    past({ models: { allow: ['hardware-key'], deny: [model] } }, { key: { category: 'hardware-key', aaguid: model } }),
    by('a hardware key', 'a key of another model'),
  )
  assert.equal(past({ strength: 'passkey' }, {}), '')
})

test('times are said as people say them', () => {
  const pushing = (freshnessSeconds: number): string => {
    const given = facts({ act: 'push', proof: proof({ boundToAct: false, ageSeconds: 1e6 }) })
    return explainDecision(decide(compiled(rule({ does: ['push'], requires: { freshnessSeconds } })), given), given)
  }
  assert.match(pushing(60), /you must have tapped within the last minute\./)
  assert.match(pushing(120), /within the last 2 minutes\./)
  assert.match(pushing(3600), /within the last hour\./)
  const idle = (sessionIdleSeconds: number): string => {
    const session = { idleSeconds: 1e6, totalSeconds: 1e6 }
    const given = facts({ act: 'session', place: null, session })
    return explainDecision(
      decide(compiled(rule({ does: ['session'], requires: { sessionIdleSeconds } })), given),
      given,
    )
  }
  assert.match(idle(60), /^Your session was unused for more than 1 minute\./)
  assert.match(idle(240), /for more than 4 minutes\./)
})

test('a key that is capped, or whose model is broken, is said to count as a passkey', () => {
  assert.equal(
    told({ strength: 'attested' }, own('hardware-key', 'passkey')),
    `To sign in you need a hardware key of a verified model. Yours counts as a passkey.${because}`,
  )
})

test('over SSH a refusal speaks of the key that came: a file, a touch, a PIN', () => {
  const over = (
    requires: RuleRequirement,
    key: Partial<Proof>,
    actor: Partial<DecisionFacts['actor']> = {},
  ): string => {
    const given = facts({ act: 'ssh.use', place: null, proof: proof({ boundToAct: false, ...key }) })
    const came = { ...given, actor: { ...given.actor, ...actor } }
    return explainDecision(decide(compiled(rule({ does: ['ssh.use'], requires })), came), came)
  }
  const file = { strength: 'password', key: null } as const
  const touched = { strength: 'mfa', key: { category: 'hardware-key', aaguid: null } } as const
  const hardware = { models: { allow: ['hardware-key'] } }
  const to = 'To come in over SSH you need'
  assert.equal(over(hardware, file), `${to} a hardware key. Yours lies in a file.${because}`)
  assert.equal(over(hardware, touched), '')
  assert.equal(
    over({ strength: 'passkey' }, file),
    `${to} a security key with its PIN. Yours lies in a file.${because}`,
  )
  assert.equal(
    over({ strength: 'passkey' }, touched),
    `${to} a security key with its PIN. Yours was touched, without a PIN.${because}`,
  )
  assert.equal(
    over({ strength: 'attested' }, { ...touched, strength: 'passkey' }),
    `${to} a hardware key of a verified model, with its PIN.${because}`,
  )
  // A deploy key is nobody's to touch; where it comes from still counts.
  const machine = { kind: 'system', role: 'guest' } as const
  for (const requires of [hardware, { strength: 'attested' } as const]) assert.equal(over(requires, file, machine), '')
  assert.match(over({ networks: ['10.0.0.0/8'] }, file, machine), /known network/)
})
