import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ActName, acts } from './acts.ts'
import { decide } from './decide.ts'
import type { DecisionFacts } from './facts.ts'
import { compiled } from './policy-testing.ts'
import { explainDecision } from './words.ts'

const until = Date.UTC(2026, 10, 23, 14, 5)

const facts = (act: ActName, at: number): DecisionFacts => ({
  act,
  at,
  actor: { kind: 'person', username: 'ana', role: 'owner', groups: [], recoveringUntil: until },
  place: null,
  address: null,
  proof: { strength: 'attested', ageSeconds: 0, boundToAct: true, key: null },
})

test('while a recovery can be cancelled nothing is done that gives power; afterwards it is', () => {
  const policy = compiled()
  const free = Object.keys(acts).filter((act) => decide(policy, facts(act as ActName, until - 1)).outcome === 'allow')
  assert.deepEqual(free, [
    'sign-in',
    'session',
    'registration',
    'token.use',
    'ssh.use',
    'push',
    'tag',
    'merge',
    'approve',
    'credential.add',
    'credential.rename',
    'credential.remove',
    'token.end',
    'ssh-key.end',
    'oauth.end',
    'identity.unlink',
  ])
  for (const act of Object.keys(acts)) assert.equal(decide(policy, facts(act as ActName, until)).outcome, 'allow', act)
})

test('the sentence says why, and until when', () => {
  const asked = facts('person.change', until - 1)
  assert.equal(
    explainDecision(decide(compiled(), asked), asked),
    'To change somebody’s role you wait until 2026-11-23 at 14:05 UTC: until then a former passkey can cancel the recovery you came in by.',
  )
})
