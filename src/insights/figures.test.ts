import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Action } from '../audit/actions.ts'
import { type AuditEntry, recordEvent } from '../audit/record.ts'
import type { Database } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import { addPerson, addRepository, at, openStores } from '../guardrails/guardrails-testing.ts'
import { compiled, facts, proof } from '../policy/policy-testing.ts'
import { decide } from '../policy/decide.ts'
import type { DecisionFacts } from '../policy/facts.ts'
import { recordDecision } from '../policy/record-decision.ts'
import { computeFigures, createFigures } from './figures.ts'

const dayMs = 86_400_000
const now = at + 30 * dayMs

const record = (database: Database, entries: AuditEntry[]) =>
  database.write(async (tx) => {
    for (const entry of entries) await recordEvent(tx, entry)
  })

const judged = (some: Partial<DecisionFacts>) => {
  const all = facts(some)
  return recordDecision(compiled(), all, decide(compiled(), all))
}

const signedIn = (
  strength: 'passkey' | 'device-bound' | 'attested',
  category: 'synced' | 'platform' | 'hardware-key',
  sinceShownMs?: number,
): AuditEntry => ({
  action: 'session.started',
  actor: { id: 'usr_ana', method: 'passkey', strength },
  target: { kind: 'session', id: 'ses_1' },
  facts: sinceShownMs === undefined ? {} : { sinceShownMs },
  decision: judged({ act: 'sign-in', place: null, proof: proof({ strength, key: { category, aaguid: null } }) }),
  at: now,
})

const tapped = (act: DecisionFacts['act'], sealAction: string = act): AuditEntry => ({
  action: 'seal.made',
  actor: { id: 'usr_ana', method: 'passkey', strength: 'passkey' },
  target: { kind: 'seal', id: newId('sea') },
  facts: { title: '', act: sealAction },
  decision: judged({ act }),
  at: now,
})

const moved = (repositoryId: Id<'rep'>, ref: string, by: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  action: 'ref.updated',
  actor: { id: 'usr_ana', method: by.startsWith('seal') ? 'passkey' : 'token', strength: 'passkey' },
  target: { kind: 'ref', id: ref },
  repositoryId,
  facts: { repository: 'crew/rocket', ref, oldOid: '', newOid: '', by },
  at: now,
  ...more,
})

const event = (action: Action, when = now): AuditEntry => ({
  action,
  actor: null,
  target: { kind: 'seal-request', id: 'srq_1' },
  at: when,
})

for (const [store, open] of Object.entries(openStores)) {
  const figuresOf = (database: Database, days = 30) =>
    computeFigures({ db: database.read, rpId: 'localhost', now: () => now }, days)

  test(`${store}: sign-ins by method, strength and kind of key, and how long they took`, async () => {
    const database = await open()
    await record(database, [
      signedIn('passkey', 'synced', 900),
      signedIn('passkey', 'synced', 2100),
      signedIn('passkey', 'synced'),
      signedIn('attested', 'hardware-key', 5000),
      // Before there were guardrails the record did not say what kind of key it was.
      {
        action: 'session.started',
        actor: { id: 'usr_ana', method: 'passkey', strength: 'device-bound' },
        target: { kind: 'session', id: 'ses_1' },
        at: now,
      },
      event('session.refused'),
      event('session.ended'),
    ])
    const { signIns, timeToSignIn } = await figuresOf(database)
    assert.equal(signIns.count, 5)
    assert.deepEqual(signIns.rows[0], { method: 'passkey', strength: 'passkey', category: 'synced', count: 3 })
    assert.deepEqual(
      signIns.rows
        .slice(1)
        .map(({ strength, category, count }) => `${strength} ${category} ${count}`)
        .toSorted(),
      ['attested hardware-key 1', 'device-bound null 1'],
    )
    assert.deepEqual(timeToSignIn.rows, [
      { category: null, count: 3, medianMs: 2100, p95Ms: 5000 },
      { category: 'hardware-key', count: 1, medianMs: 5000, p95Ms: 5000 },
      { category: 'synced', count: 2, medianMs: 900, p95Ms: 2100 },
    ])
    await database.close()
  })

  test(`${store}: people by the strongest key that still works here; examples and those who left do not count`, async () => {
    const database = await open()
    await addPerson(database, 'ana', { keys: ['synced', 'attested', 'device-bound'] })
    await addPerson(database, 'ben', { keys: ['synced'] })
    await addPerson(database, 'cleo', { keys: [] })
    const dan = await addPerson(database, 'dan', { keys: ['attested', 'synced'] })
    const eve = await addPerson(database, 'eve', { keys: ['attested'] })
    await addPerson(database, 'fay', { isDemo: true })
    const gil = await addPerson(database, 'gil')
    await database.write(async (tx) => {
      const keysOf = (userId: Id<'usr'>) => tx.updateTable('credentialRecord').where('userId', '=', userId)
      await keysOf(dan).set({ endedAt: at }).where('attestationOutcome', '=', 'verified').execute()
      await keysOf(eve).set({ rpId: 'former.example' }).execute()
      await tx.updateTable('user').set({ state: 'ended' }).where('id', '=', gil).execute()
    })
    assert.deepEqual((await figuresOf(database)).people, {
      count: 5,
      rows: [
        { strength: 'attested', count: 1 },
        { strength: 'passkey', count: 2 },
        { strength: null, count: 2 },
      ],
    })
    await database.close()
  })

  test(`${store}: what landed on protected branches, and how much of it a tap proved`, async () => {
    const database = await open()
    const { id: rocket } = await addRepository(database, 'crew/rocket')
    const { id: gone } = { id: newId('rep') }
    await database.write((tx) =>
      tx
        .insertInto('protectedBranch')
        .values({
          repositoryId: rocket,
          ref: 'refs/heads/main',
          baselineOid: '',
          protectSealId: null,
          stockVerifiableOnly: 1,
          rule: '{}',
          createdAt: now - dayMs,
          createdBy: newId('usr'),
        })
        .execute(),
    )
    await record(database, [
      // Where protection begins, and before: nobody could have proven it.
      moved(rocket, 'refs/heads/main', 'token tok_1', { action: 'ref.created', at: now - dayMs }),
      moved(rocket, 'refs/heads/main', 'token tok_1', { at: now - 2 * dayMs }),
      moved(rocket, 'refs/heads/work', 'token tok_1'),
      moved(rocket, 'refs/heads/main', 'seal sea_1'),
      moved(rocket, 'refs/heads/main', 'seal sea_2'),
      moved(rocket, 'refs/heads/work', 'seal sea_3'),
      // Taps that agreed to no change.
      moved(rocket, 'refs/tags/v1', 'seal sea_5', { action: 'ref.created' }),
      moved(rocket, 'refs/heads/work', 'seal sea_6', {
        facts: { repository: 'crew/rocket', ref: 'refs/heads/work', by: 'seal sea_6', tapFor: 'writing' },
      }),
      moved(rocket, 'refs/heads/main', 'token tok_1'),
      moved(gone, 'refs/heads/main', 'seal sea_4', {
        facts: { repository: 'crew/gone', ref: 'refs/heads/main', by: 'seal sea_4' },
      }),
    ])
    assert.deepEqual((await figuresOf(database)).merges, {
      count: 5,
      proven: 4,
      rows: [
        { repository: 'crew/rocket', count: 4, proven: 3 },
        { repository: 'crew/gone', count: 1, proven: 1 },
      ],
    })
    await database.close()
  })

  test(`${store}: taps by act, merges as one whatever their method, and refusals`, async () => {
    const database = await open()
    const { decision: _, ...before } = tapped('token.create')
    await record(database, [
      tapped('merge', 'squash'),
      tapped('merge'),
      tapped('merge'),
      before,
      event('seal.refused'),
      event('seal.withdrawn'),
    ])
    assert.deepEqual((await figuresOf(database)).taps, {
      made: 4,
      refused: 1,
      rows: [
        { act: 'merge', words: 'merge a pull request', count: 3 },
        { act: 'token.create', words: 'make an API token', count: 1 },
      ],
    })
    await database.close()
  })

  test(`${store}: only the period counts, over more pages than one`, async () => {
    const database = await open()
    const times = Array.from({ length: 1300 }, (_, index) => now - index)
    await record(
      database,
      times.map((when) => ({ ...signedIn('passkey', 'synced'), at: when })),
    )
    await record(database, [
      { ...signedIn('passkey', 'synced'), at: now - dayMs },
      { ...signedIn('passkey', 'synced'), at: now - dayMs - 1 },
      { ...signedIn('passkey', 'synced'), at: now + 1 },
    ])
    const { signIns, from, to } = await figuresOf(database, 1)
    assert.deepEqual([signIns.count, to - from, to], [1301, dayMs, now])
    assert.equal((await figuresOf(database, 2)).signIns.count, 1302)
    await database.close()
  })

  test(`${store}: an empty instance has empty figures`, async () => {
    const database = await open()
    assert.deepEqual(await figuresOf(database, 1), {
      days: 1,
      from: now - dayMs,
      to: now,
      signIns: { count: 0, rows: [] },
      timeToSignIn: { rows: [] },
      people: { count: 0, rows: [] },
      merges: { count: 0, proven: 0, rows: [] },
      taps: { made: 0, refused: 0, rows: [] },
    })
    await database.close()
  })
}

test('those who look at one period at the same time share one reading, and the next reads anew', async () => {
  const open = openStores['SQLite']
  assert.ok(open)
  const database = await open()
  const figures = createFigures({ db: database.read, rpId: 'localhost', now: () => now })
  const [one, same, other] = await Promise.all([figures(7), figures(7), figures(8)])
  assert.equal(one, same)
  assert.notEqual(one, other)
  await record(database, [signedIn('passkey', 'synced')])
  assert.equal((await figures(7)).signIns.count, 1)
  await database.close()
})
