import assert from 'node:assert/strict'
import { test } from 'node:test'
import canonicalize from 'canonicalize'
import { newId } from '../database/id.ts'
import { openDatabase } from '../database/open.ts'
import type { RecordedDecision } from './decision.ts'
import { listEvents } from './list.ts'
import { renderSentence } from './actions.ts'
import { namePerson } from './name-person.ts'
import { commitment, recordEvent } from './record.ts'

const open = () => openDatabase('sqlite::memory:')
const target = { kind: 'group', id: 'grp_x' }

test('the leaf is canonical, holds every fact, and of names and addresses only a salted hash', async () => {
  const database = await open()
  await database.write((tx) =>
    recordEvent(tx, {
      action: 'group.created',
      actor: null,
      method: 'shell',
      target,
      facts: { group: 'crew' },
      personal: { address: '203.0.113.9' },
      at: 7,
    }),
  )
  const { leaf, id } = await database.read.selectFrom('auditEvent').select(['leaf', 'id']).executeTakeFirstOrThrow()
  assert.equal(leaf, canonicalize(JSON.parse(leaf)))
  assert.ok(!leaf.includes('203.0.113.9'))
  const [kept] = await database.read.selectFrom('auditPersonal').selectAll().where('eventId', '=', id).execute()
  const { facts, personal } = JSON.parse(leaf) as { facts: object; personal: Record<string, string> }
  assert.deepEqual(facts, { group: 'crew' })
  assert.equal(personal['address'], commitment(kept?.salt ?? '', '203.0.113.9'))
  await database.close()
})

test('no name can break a line, reorder text or look like another', async () => {
  const database = await open()
  await database.write((tx) =>
    recordEvent(tx, {
      action: 'group.created',
      actor: null,
      target,
      facts: { group: 'a\nb\u202ec\0\u200b\ud800' },
      at: 7,
    }),
  )
  const { items } = await listEvents(database.read, {})
  assert.equal(items[0]?.sentence, 'Postern created the group a\\u{a}b\\u{202e}c\\u{0}\\u{200b}\ufffd')
  await database.close()
})

test('a name stands beside the leaf: once it is erased the username is told; an older leaf is told as it is', async () => {
  const database = await open()
  const at = 7
  const left = { action: 'connector.left', actor: null, target, at } as const
  await database.write(async (tx) => {
    await recordEvent(tx, { ...left, facts: { connector: 'a', person: 'Bo Older' } })
    const { facts, personal } = namePerson('person', { username: 'bo', displayName: 'Bo Example' })
    await recordEvent(tx, {
      ...left,
      facts: { connector: 'b', ...facts },
      personal: { ...personal, address: '192.0.2.1' },
    })
    // What a sentence does not name is nobody's business here.
    await recordEvent(tx, { action: 'group.created', actor: null, target, facts: { group: 'c' }, personal, at })
  })
  const sentences = async () => (await listEvents(database.read, {})).items.map(({ sentence }) => sentence)
  const told = (connector: string, person: string) =>
    `The secret of the connector “${connector}” is known to ${person}, who has left`
  const group = 'Postern created the group c'
  assert.deepEqual(await sentences(), [group, told('b', 'Bo Example'), told('a', 'Bo Older')])
  const leaves = await database.read.selectFrom('auditEvent').select('leaf').orderBy('id').execute()
  assert.deepEqual(
    leaves.map(({ leaf }) => leaf.includes('Bo ')),
    [true, false, false],
  )
  await database.write((tx) => tx.deleteFrom('auditPersonal').execute())
  assert.deepEqual(await sentences(), [group, told('b', 'bo'), told('a', 'Bo Older')])
  await database.close()
})

test('a list tells a refusal in words, and the leaf keeps the code', async () => {
  const database = await open()
  const refuse = (reason: string, decision?: RecordedDecision): Promise<unknown> =>
    database.write((tx) =>
      recordEvent(tx, {
        action: 'session.refused',
        actor: null,
        target,
        outcome: 'refused',
        facts: { reason },
        ...(decision === undefined ? {} : { decision }),
        at: 7,
      }),
    )
  await refuse('user-not-verified')
  await refuse('office-only', { act: 'sign-in', outcome: 'deny', rule: 'office-only' } as RecordedDecision)
  const { items } = await listEvents(database.read, {})
  assert.deepEqual(
    items.map(({ sentence, leaf }) => [sentence, (JSON.parse(leaf) as { facts: { reason: string } }).facts.reason]),
    [
      ['A sign-in was refused: the guardrail “office-only” forbids it', 'office-only'],
      ['A sign-in was refused: the key did not check who held it', 'user-not-verified'],
    ],
  )
  await database.close()
})

test('events of one millisecond keep their order, page after page, each once', async () => {
  const database = await open()
  const written: string[] = []
  for (let n = 0; n < 120; n += 1)
    written.push(
      await database.write((tx) =>
        recordEvent(tx, {
          action: 'group.created',
          actor: null,
          target,
          facts: { group: String(n) },
          at: 1_000 + Math.floor(n / 60),
        }),
      ),
    )
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await listEvents(database.read, { cursor })
    seen.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  assert.deepEqual(seen, written.reverse())
  await database.close()
})

test('the list is filtered by each thing it shows', async () => {
  const database = await open()
  const actor = { id: newId('usr'), method: 'token' as const, strength: 'password' as const }
  await database.write(async (tx) => {
    await recordEvent(tx, { action: 'group.created', actor, target, at: 10 })
    await recordEvent(tx, { action: 'group.deleted', actor: null, target: { kind: 'group', id: 'grp_y' }, at: 20 })
    await recordEvent(tx, { action: 'push.refused', actor: null, target, outcome: 'refused', at: 30 })
  })
  const found = async (filter: Parameters<typeof listEvents>[1]) =>
    (await listEvents(database.read, filter)).items.map(({ action }) => action)
  assert.deepEqual(await found({ action: 'group' }), ['group.deleted', 'group.created'])
  assert.deepEqual(await found({ action: 'group.created' }), ['group.created'])
  assert.deepEqual(await found({ action: 'gro%' }), [])
  assert.deepEqual(await found({ target: 'grp_y' }), ['group.deleted'])
  const [newest] = (await listEvents(database.read, {})).items
  assert.deepEqual(await found({ event: newest?.id }), ['push.refused'])
  assert.deepEqual(await found({ method: 'token' }), ['group.created'])
  assert.deepEqual(await found({ strength: 'password' }), ['group.created'])
  assert.deepEqual(await found({ outcome: 'refused' }), ['push.refused'])
  assert.deepEqual(await found({ from: 15, to: 25 }), ['group.deleted'])
  assert.deepEqual(await found({ from: 20, to: 20 }), ['group.deleted'])
  assert.deepEqual(await found({ from: 20, to: 999_999_999_999_999 }), ['push.refused', 'group.deleted'])
  assert.deepEqual(await found({ from: 21, to: 29 }), [])
  assert.deepEqual(await found({ actor: 'nobody' }), [])
  await database.close()
})

test('what is rare is looked for in stretches: a page may be short, and goes on until everything was seen', async () => {
  const database = await open()
  await database.write(async (tx) => {
    for (let n = 0; n < 95; n += 1)
      await recordEvent(tx, {
        action: n % 40 === 0 ? 'group.deleted' : 'group.created',
        actor: null,
        method: n < 30 ? 'shell' : 'session',
        target,
        facts: { group: String(n) },
        at: 1_000 + n,
      })
  })
  const pagesOf = async (filter: Parameters<typeof listEvents>[1], of = { stretch: 10, times: 2 }) => {
    const pages: number[][] = []
    for (let cursor: string | undefined; ;) {
      const page = await listEvents(database.read, { ...filter, ...(cursor && { cursor }) }, of)
      pages.push(page.items.map(({ occurredAt }) => occurredAt - 1_000))
      if (page.nextCursor === null) return pages
      cursor = page.nextCursor
    }
  }
  assert.deepEqual(await pagesOf({ action: 'group.deleted' }), [[80], [], [40], [], [0]])
  assert.deepEqual(await pagesOf({ action: 'group.deleted', to: 1_080 }), [[80], [], [40], [], [0]])
  assert.deepEqual(await pagesOf({ method: 'link' }), [[], [], [], [], []], 'none, and it ends')
  const shell = Array.from({ length: 30 }, (_, n) => 29 - n)
  assert.deepEqual((await pagesOf({ method: 'shell' })).flat(), shell, 'each once')
  assert.deepEqual(await pagesOf({ method: 'shell' }, { stretch: 10, times: 20 }), [shell])
  const all = (await pagesOf({ action: 'group' }, { stretch: 30, times: 20 })).map(({ length }) => length)
  assert.deepEqual(all, [50, 45], 'as many as are asked for, wherever a stretch ends')
  assert.deepEqual(
    (await pagesOf({})).map(({ length }) => length),
    [50, 45],
  )
  await database.close()
})

test('a sentence takes facts and never a placeholder of another object', () => {
  assert.equal(renderSentence('group.created', { actor: 'Ana', group: 'crew' }), 'Ana created the group crew')
  assert.equal(renderSentence('group.created', { actor: 'Ana' }), 'Ana created the group …')
  assert.equal(renderSentence('constructor', {}), 'constructor')
  const ended = renderSentence('access.ended', { person: 'lena', cause: 'shell' })
  assert.equal(ended, 'The access of lena ended: the operator of the machine decided it')
  assert.match(renderSentence('access.ended', { person: 'lena', cause: 'constructor' }), /ended: constructor$/)
  assert.equal(renderSentence('group.created', { actor: '{group}', group: 'x' }), '{group} created the group x')
  const set = (setting: string, value: string) => renderSentence('setting.changed', { actor: 'Ana', setting, value })
  assert.equal(set('refuseCopiedPasskeys', 'true'), 'Ana set “Refuse a passkey that counts backwards” to on')
  assert.equal(set('guestDays', '30'), 'Ana set “Days until a guest’s access ends by itself” to 30')
  assert.equal(set('of-former-days', 'false'), 'Ana set “of-former-days” to off')
})
