import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acts, type ActName } from './acts.ts'
import { decide } from './decide.ts'
import type { DecisionFacts } from './facts.ts'
import { isPermittedFromSomewhere, permitsAnybody, permittedUntil } from './permits.ts'
import { compiled, facts, proof, rule } from './policy-testing.ts'
import type { Rule } from './rule.ts'

const at = 1_800_000_000_000
const until = at + 1000
const permission = (more: Partial<Rule> = {}): Rule =>
  rule({
    id: 'moving',
    title: 'Moving in',
    who: ['group:movers'],
    does: ['sign-in'],
    requires: {},
    permits: { signIn: 'mfa', until },
    ...more,
  })
const mover = { kind: 'person', username: 'mo', role: 'member', groups: ['movers'] } as const
const byPassword = (strength: 'password' | 'mfa', more: Partial<DecisionFacts> = {}): DecisionFacts =>
  facts({ act: 'sign-in', actor: mover, place: null, proof: proof({ strength, key: null }), ...more })

test('without a permission a password lets nobody in', () => {
  for (const strength of ['password', 'mfa'] as const)
    assert.equal(decide(compiled(), byPassword(strength)).outcome, 'step-up')
  assert.equal(permitsAnybody(compiled(), at), false)
})

test('a permission lets those it names sign in and stay, with what it says and no less', () => {
  const policy = compiled(permission())
  const allowed = decide(policy, byPassword('mfa'))
  assert.equal(allowed.outcome, 'allow')
  assert.equal(allowed.rule, 'moving')
  const session = byPassword('mfa', {
    act: 'session',
    proof: proof({ strength: 'mfa', key: null, boundToAct: false }),
    session: { idleSeconds: 0, totalSeconds: 0 },
  })
  assert.equal(decide(policy, session).outcome, 'allow')
  assert.equal(decide(policy, byPassword('password')).outcome, 'step-up')
  assert.equal(decide(policy, byPassword('mfa', { actor: { ...mover, groups: [] } })).outcome, 'step-up')
  assert.equal(
    decide(compiled(permission({ permits: { signIn: 'password', until } })), byPassword('password')).outcome,
    'allow',
  )
})

test('it ends by itself, and a switched-off one does nothing', () => {
  assert.equal(decide(compiled(permission()), byPassword('mfa', { at: until - 1 })).outcome, 'allow')
  assert.equal(decide(compiled(permission()), byPassword('mfa', { at: until })).outcome, 'step-up')
  assert.equal(decide(compiled(permission({ mode: 'off' })), byPassword('mfa')).outcome, 'step-up')
  assert.equal(decide(compiled(permission({ mode: 'report' })), byPassword('mfa')).outcome, 'step-up')
})

test('owners, administrators, guests and agents are never permitted, whatever group they are in', () => {
  const policy = compiled(permission({ who: ['group:movers', 'user:mo', 'everyone'] }))
  for (const role of ['owner', 'admin', 'guest'] as const)
    assert.equal(decide(policy, byPassword('mfa', { actor: { ...mover, role } })).outcome, 'step-up', role)
  const agent = { ...mover, kind: 'agent' } as const
  assert.equal(decide(policy, byPassword('mfa', { actor: agent })).outcome, 'deny')
})

test('no other act is lowered, even by a rule that names them all', () => {
  const policy = compiled(permission({ does: ['*'] }))
  const without = compiled()
  for (const act of Object.keys(acts) as ActName[]) {
    if (act === 'sign-in' || act === 'session') continue
    const asked = byPassword('mfa', { act, place: facts().place })
    assert.equal(decide(policy, asked).outcome, decide(without, asked).outcome, act)
  }
})

test('what another rule asks is never lowered', () => {
  const asks: Partial<Rule>[] = [
    { requires: { strength: 'passkey' } },
    { requires: { strength: 'attested' } },
    { requires: { models: { allow: ['hardware-key'] } } },
    { requires: { networks: ['10.0.0.0/8'] } },
  ]
  for (const ask of asks)
    for (const who of ['everyone', 'group:movers', 'role:member']) {
      const other = rule({ id: 'other', who: [who], does: ['sign-in'], ...ask })
      assert.notEqual(decide(compiled(permission(), other), byPassword('mfa')).outcome, 'allow', JSON.stringify(other))
      assert.notEqual(decide(compiled(other, permission()), byPassword('mfa')).outcome, 'allow', JSON.stringify(other))
    }
})

test('of two permissions the stricter counts', () => {
  const loose = permission({ id: 'loose', permits: { signIn: 'password', until } })
  for (const policy of [compiled(permission(), loose), compiled(loose, permission())]) {
    assert.equal(decide(policy, byPassword('password')).outcome, 'step-up')
    assert.equal(decide(policy, byPassword('mfa')).outcome, 'allow')
  }
})

test('a decision by a passkey is the same with and without permissions', () => {
  const tapped = facts({ act: 'sign-in', actor: mover, place: null })
  const { requirement: _, ...withPermission } = decide(compiled(permission()), tapped)
  const { requirement: __, ...without } = decide(compiled(), tapped)
  assert.deepEqual(withPermission, without)
})

test('until when somebody may is known, also where they come from elsewhere', () => {
  const who = { at, actor: mover, address: '192.0.2.7' }
  assert.equal(permittedUntil(compiled(permission()), who), until)
  assert.equal(permittedUntil(compiled(permission()), { ...who, actor: { ...mover, role: 'admin' } }), null)
  assert.equal(permittedUntil(compiled(permission()), { ...who, at: until }), null)
  assert.equal(permittedUntil(compiled(), who), null)
  const office = rule({ id: 'office', does: ['sign-in'], requires: { networks: ['10.0.0.0/8'] } })
  assert.equal(permittedUntil(compiled(permission(), office), who), until)
  assert.equal(permitsAnybody(compiled(permission()), at), true)
  assert.equal(permitsAnybody(compiled(permission()), until), false)
})

test('a permission from the office alone is one, wherever the question is asked from', () => {
  for (const network of ['198.51.100.0/24', '2001:db8::/32', '198.51.100.7']) {
    const policy = compiled(permission({ where: { networks: [network] } }))
    assert.equal(permittedUntil(policy, { at, actor: mover, address: '127.0.0.1' }), null)
    assert.equal(isPermittedFromSomewhere(policy, { at, actor: mover }), true)
    assert.equal(isPermittedFromSomewhere(policy, { at: until, actor: mover }), false)
    assert.equal(isPermittedFromSomewhere(policy, { at, actor: { ...mover, groups: [] } }), false)
  }
})
