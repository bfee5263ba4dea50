import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordEvent } from '../audit/record.ts'
import type { Database } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { keepPassword } from '../identity/passwords/password-logins.ts'
import { decide } from '../policy/decide.ts'
import { compiled, facts, proof, rule } from '../policy/policy-testing.ts'
import { recordDecision } from '../policy/record-decision.ts'
import type { Rule } from '../policy/rule.ts'
import { listAffected } from './affected.ts'
import { addPerson, at, openStores } from './guardrails-testing.ts'
import { ownRequirements } from './own-requirements.ts'
import { replay } from './replay.ts'

const dayMs = 86_400_000
const permission = (more: Partial<Rule> = {}): Rule =>
  rule({
    id: 'moving',
    title: 'Moving in',
    who: ['group:movers'],
    does: ['sign-in'],
    requires: {},
    permits: { signIn: 'password', until: at + 30 * dayMs },
    ...more,
  })
const keep = (database: Database, userId: Id<'usr'>) =>
  database.write((tx) => keepPassword(tx, { userId, hash: 'x', at }))

async function movers(database: Database): Promise<{ mo: Id<'usr'> }> {
  const mo = await addPerson(database, 'mo', { keys: [], groups: ['movers'] })
  await keep(database, mo)
  await addPerson(database, 'key', { groups: ['movers'] })
  await keep(database, await addPerson(database, 'boss', { role: 'admin', keys: [], groups: ['movers'] }))
  await addPerson(database, 'other', { keys: [] })
  return { mo }
}

for (const [store, open] of Object.entries(openStores)) {
  const meant = async (database: Database, before: Rule[], after: Rule[]) => {
    const policies = { before: compiled(...before), after: compiled(...after), at }
    const { items, permitted, lockedOut } = await listAffected(database.read, policies)
    const told = Object.fromEntries(
      items.map(({ person, outcome, sentence }) => [person.username, [outcome, sentence]]),
    )
    return { told, permitted, lockedOut }
  }

  test(`${store}: a permission says whom it lets in, until when, and whom it never does`, async () => {
    const database = await open()
    await movers(database)
    assert.deepEqual(await meant(database, [], [permission()]), {
      told: {
        mo: ['permitted', 'They may sign in with a password until 14 February 2027, if they bring one.'],
        boss: ['fine', 'A password never lets an owner, an administrator or a guest in.'],
        key: ['fine', 'They have a passkey, so no password lets them in.'],
      },
      permitted: 1,
      lockedOut: 0,
    })
    await database.close()
  })

  test(`${store}: taking it away, or asking for a code too, names who would be out`, async () => {
    const database = await open()
    await movers(database)
    const out = 'They sign in with a password, and have no passkey: they would not get in any more.'
    const without: Rule[][] = [
      [],
      [permission({ mode: 'off' })],
      [permission({ permits: { signIn: 'mfa', until: at + dayMs } })],
    ]
    for (const after of without)
      assert.deepEqual((await meant(database, [permission()], after)).told['mo'], ['locked-out', out])
    // Nobody has a code before the first sign-in: the password alone opens the door to making one.
    const whole = permission({ permits: { signIn: 'mfa', until: at + 30 * dayMs } })
    for (const after of without.slice(0, 2))
      assert.deepEqual((await meant(database, [whole], after)).told['mo'], ['locked-out', out])
    const asking = rule({ id: 'keys', who: ['everyone'], does: ['sign-in'], requires: { strength: 'device-bound' } })
    const both = await meant(database, [permission()], [permission(), asking])
    assert.deepEqual(both.told['mo'], ['locked-out', out])
    await database.close()
  })

  test(`${store}: who lives by it sees its end coming`, async () => {
    const database = await open()
    const { mo } = await movers(database)
    const caller = { id: mo, shortfall: null }
    for (const signIn of ['password', 'mfa'] as const) {
      const policy = compiled(permission({ permits: { signIn, until: at + 30 * dayMs } }))
      const { upcoming } = await ownRequirements(database.read, { policy, caller, at, address: '' })
      assert.deepEqual(
        upcoming.map(({ rule: { id }, enforceFrom }) => [id, enforceFrom]),
        [['moving', at + 30 * dayMs]],
      )
    }
    await database.close()
  })

  test(`${store}: what was signed in by password is replayed as the draft would have had it`, async () => {
    const database = await open()
    const { mo } = await movers(database)
    const policy = compiled(permission())
    const signedIn = facts({
      act: 'sign-in',
      at,
      actor: { kind: 'person', username: 'mo', role: 'member', groups: ['movers'] },
      place: null,
      proof: proof({ strength: 'password', key: null }),
    })
    const decision = recordDecision(policy, signedIn, decide(policy, signedIn))
    await database.write((tx) =>
      recordEvent(tx, {
        action: 'session.started',
        actor: { id: mo, method: 'password', strength: 'password' },
        target: { kind: 'session', id: 'ses_x' },
        decision,
        at,
      }),
    )
    const outcomes = async (...rules: Rule[]) =>
      (
        await replay(database.read, { policy: compiled(...rules), from: at - 1, to: at + 1, examplesPerRow: 1 })
      ).rows.map(({ outcome, rule: named, changed }) => [outcome, named?.id, changed])
    assert.deepEqual(await outcomes(permission()), [['allow', 'moving', 0]])
    assert.deepEqual(await outcomes(permission({ permits: { signIn: 'password', until: at } })), [
      ['step-up', undefined, 1],
    ])
    assert.deepEqual(await outcomes(), [['step-up', undefined, 1]])
    await database.close()
  })
}
