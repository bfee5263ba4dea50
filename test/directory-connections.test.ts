import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConnectionGroup, ConnectionList, ConnectionView } from '../src/directory/connections/shapes.ts'
import type { Tx } from '../src/database/handles.ts'
import type { TableName } from '../src/database/schema.ts'
import { findConnection } from '../src/directory/connections/find-connection.ts'
import { letGo } from '../src/directory/connections/let-go.ts'
import { holdConnection } from '../src/directory/connections/list-connections.ts'
import { noteRequest } from '../src/directory/connections/note-request.ts'
import type { ScimRequest } from '../src/directory/scim/scim-parts.ts'
import { writeScim } from '../src/directory/scim/write-scim.ts'
import { inFront } from './support/in-front.ts'
import { refused } from './support/refusal.ts'
import { bulkRequest } from './support/scim-checks/bulk.ts'
import { connectDirectory, newUser, refusedBy } from './support/scim.ts'
import { startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

interface Made {
  connection: ConnectionView
  baseUrl: string
  token: string
}

const all = '/directory/connections'
const wanted = { name: 'Okta', kind: 'okta', tokenDays: 30 }
const dayMs = 24 * 3_600_000

for (const { name, flags } of eitherStore)
  test(`a connection from its making to its end, on ${name}`, async () => {
    let ahead = 0
    const now = () => Date.now() + ahead
    await using postern = await startPostern({ flags: await flags(), now })
    const ana = await postern.owner()
    const { database } = postern.postern.ceremonies
    const isGood = async (token: string) => (await findConnection(database.read, token, now())) !== undefined

    const made = await ana.act<Made>('POST', all, wanted)
    assert.match(made.token, /^pst_scim_[\w-]{43}[0-9a-f]{8}$/)
    assert.equal(made.baseUrl, `${postern.origin}/scim/v2`)
    const { id, ...rest } = made.connection
    assert.deepEqual(
      [rest.name, rest.kind, rest.people, rest.groups, rest.lastRequestAt, rest.lastError, rest.requiredGroup],
      ['Okta', 'okta', 0, 0, null, null, null],
    )
    assert.equal(Math.round(((rest.tokenExpiresAt ?? 0) - rest.tokenMadeAt) / dayMs), 30)
    assert.equal(await isGood(made.token), true)
    const flipped = `${made.token.slice(0, -1)}${made.token.endsWith('0') ? '1' : '0'}`
    for (const wrong of [flipped, made.token.slice(0, -8), `pst_pat_${made.token.slice(9)}`, ''])
      assert.equal(await isGood(wrong), false)
    // The secret is nowhere but in that one answer.
    const rows = await database.read.selectFrom('directoryConnection').selectAll().execute()
    assert.equal(JSON.stringify(rows).includes(made.token), false)
    assert.equal(JSON.stringify(await ana.call('GET', all)).includes('pst_scim_'), false)

    await refused(ana.act('POST', all, { ...wanted, name: 'OKTA' }), 409, 'connection-exists')
    await refused(ana.act('POST', all, { ...wanted, name: 'x\u202Ey' }), 422, 'invalid-input')

    const renamed = await ana.act<ConnectionView>('PATCH', `${all}/${id}`, { name: 'Okta of Acme' })
    assert.equal(renamed.name, 'Okta of Acme')
    // A group that people here keep would let them decide who loses their access.
    await ana.act('POST', '/groups', { name: 'staff', description: '' })
    await refused(ana.act('PATCH', `${all}/${id}`, { requiredGroup: 'staff' }), 422, 'invalid-input')

    const renewed = await ana.act<Made>('POST', `${all}/${id}/token`, { tokenDays: null })
    assert.notEqual(renewed.token, made.token)
    assert.equal(renewed.connection.tokenExpiresAt, null)
    assert.deepEqual([await isGood(made.token), await isGood(renewed.token)], [true, true])
    ahead = 3_600_001
    assert.deepEqual([await isGood(made.token), await isGood(renewed.token)], [false, true])
    await ana.signIn()
    const after = await ana.call<ConnectionView>('GET', `${all}/${id}`)
    assert.equal(after.formerTokenUntil, null)

    await ana.act('DELETE', `${all}/${id}`, { people: 'stay' })
    assert.equal(await isGood(renewed.token), false)
    assert.deepEqual((await ana.call<ConnectionList>('GET', all)).items, [])
    await refused(ana.call('GET', `${all}/${id}`), 404, 'not-found')
    // The name is free again.
    await ana.act('POST', all, { ...wanted, name: 'okta of acme' })
    const { items } = await ana.call<{ items: { action: string }[] }>('GET', '/audit?action=directory.disconnected')
    assert.equal(items.length, 1)
  })

test('a token that expires stops, and renewing it does not make it last longer', async () => {
  let ahead = 0
  const now = () => Date.now() + ahead
  await using postern = await startPostern({ now })
  const ana = await postern.owner()
  const { database } = postern.postern.ceremonies
  const made = await ana.act<Made>('POST', all, { ...wanted, tokenDays: 1 })
  ahead = dayMs - 60_000
  await ana.signIn()
  await ana.act('POST', `${all}/${made.connection.id}/token`, { tokenDays: 1 })
  assert.ok(await findConnection(database.read, made.token, now()))
  ahead = dayMs + 60_000
  assert.equal(await findConnection(database.read, made.token, now()), undefined)
})

test('who may look and who may change', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  const adam = await postern.join(ana, 'adam', 'admin')
  const mel = await postern.join(ana, 'mel')
  const { connection } = await ana.act<Made>('POST', all, wanted)
  const one = `${all}/${connection.id}`
  assert.equal((await adam.call<ConnectionList>('GET', all)).items.length, 1)
  for (const person of [adam, mel]) {
    await refused(person.act('POST', all, { ...wanted, name: 'mine' }), 403, 'not-allowed')
    await refused(person.act('PATCH', one, { name: 'mine' }), 403, 'not-allowed')
    await refused(person.act('POST', `${one}/token`, { tokenDays: 1 }), 403, 'not-allowed')
    await refused(person.act('DELETE', one, { people: 'stay' }), 403, 'not-allowed')
  }
  await refused(mel.call('GET', all), 403, 'not-allowed')
  await refused(postern.stranger().call('GET', all), 401, 'sign-in-required')
})

test('what was asked and refused last is kept, and a busy sync does not write each time', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  const { database } = postern.postern.ceremonies
  const { token } = await ana.act<Made>('POST', all, wanted)
  let writes = 0
  const counting = { write: ((work) => ((writes += 1), database.write(work))) as typeof database.write }
  const at = Date.now()
  const note = async (offset: number, error: string | null = null) => {
    const row = await findConnection(database.read, token, at)
    assert.ok(row)
    await noteRequest(counting, row, { error, at: at + offset })
  }
  for (const offset of [0, 1, 59_999]) await note(offset)
  assert.equal(writes, 1)
  await note(60_000)
  assert.equal(writes, 2)
  for (const offset of [60_001, 60_002]) await note(offset, 'The name is taken.')
  assert.equal(writes, 3)
  await note(60_003, 'Something else.')
  const [view] = (await ana.call<ConnectionList>('GET', all)).items
  assert.deepEqual(view?.lastError, { sentence: 'Something else.', at: at + 60_003 })
  assert.equal(view?.lastRequestAt, at + 60_003)
})

for (const { name, flags } of eitherStore)
  test(`disconnecting: its people stay or their access ends, as was chosen, on ${name}`, async () => {
    await using postern = await startPostern({ flags: await flags() })
    const ana = await postern.owner()
    const statesOf = async (q: string): Promise<string[]> => {
      const { items } = await ana.call<{ items: { state: string; managedBy: string | null }[] }>(
        'GET',
        `/people?q=${q}`,
      )
      return items.map(({ state, managedBy }) => `${state} ${String(managedBy)}`)
    }
    for (const people of ['stay', 'end'] as const) {
      const { id, scim } = await connectDirectory(ana, `Okta ${people}`)
      const members: string[] = []
      for (const each of ['a', 'b', 'c']) members.push((await scim.makeUser(`${people}-${each}@example.org`)).id)
      await scim.makeGroup(`Crew ${people}`, members)
      const [view] = (await ana.call<ConnectionList>('GET', all)).items
      assert.deepEqual([view?.people, view?.peopleWithoutPasskey, view?.groups], [3, 3, 1])
      const groups = await ana.call<{ items: ConnectionGroup[] }>('GET', `${all}/${id}/groups?q=crew`)
      assert.deepEqual(
        groups.items.map(({ displayName, members: count, isRequired }) => [displayName, count, isRequired]),
        [[`Crew ${people}`, 3, false]],
      )
      await ana.act('DELETE', `${all}/${id}`, { people })
      // One after the other, after the answer.
      for (;;) if ((await ana.call<ConnectionList>('GET', all)).ending.length === 0) break
      assert.deepEqual(await statesOf(`${people}-`), Array(3).fill(people === 'stay' ? 'active null' : 'ended null'))
      refusedBy(await scim.get('/Users'), 401)
    }
    const ends = await postern.postern.ceremonies.database.read.selectFrom('accessEnd').selectAll().execute()
    assert.deepEqual(
      ends.map(({ cause, reason, decidedBy }) => [cause, reason, decidedBy !== null]),
      Array.from({ length: 3 }, () => ['scim', 'Okta end was disconnected', true]),
    )
    // The groups are kept by people here from now on.
    const { items } = await ana.call<{ items: { name: string }[] }>('GET', '/groups')
    for (const { name: group } of items) await ana.act('DELETE', `/groups/${group}`)
    // Its people are here under their addresses: another connection does not get them by naming those.
    const next = await connectDirectory(ana, 'Okta again')
    refusedBy(await next.scim.post('/Users', newUser('stay-a@example.org')), 409, 'uniqueness')
  })

test('what a disconnecting server had left to do, the next start does', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  const { id, scim } = await connectDirectory(ana)
  for (const each of ['a', 'b']) await scim.makeUser(`${each}@example.org`)
  const { database } = postern.postern.ceremonies
  // As a crash right after the answer leaves it.
  await database.write((tx) =>
    tx
      .updateTable('directoryConnection')
      .set({ endedAt: Date.now(), endsPeople: 1 })
      .where('id', '=', id as `dir_${string}`)
      .execute(),
  )
  await postern.restart()
  for (;;) if ((await ana.call<ConnectionList>('GET', all)).ending.length === 0) break
  const { items } = await ana.call<{ items: { state: string }[] }>('GET', '/people?q=example.org')
  assert.deepEqual(
    items.map(({ state }) => state),
    ['ended', 'ended'],
  )
})

for (const { name, flags } of eitherStore)
  test(`disconnecting stops a long job of its directory in the middle, on ${name}`, async () => {
    await using postern = await startPostern({ flags: await flags() })
    const ana = await postern.owner()
    const { id, scim } = await connectDirectory(ana)
    const operations = Array.from({ length: 1000 }, (_, at) => ({
      method: 'POST',
      path: '/Users',
      bulkId: `u${at}`,
      data: newUser(`u${at}@example.org`),
    }))
    // The tap comes first, so that nothing but the end itself happens in the middle.
    const refusal = await refused(ana.call('DELETE', `${all}/${id}`, { people: 'stay' }), 401, 'seal-required')
    const seal = await ana.tap(refusal.sealRequestId ?? '')
    const job = scim.post('/Bulk', bulkRequest(operations))
    for (;;) if (((await scim.get('/Users?count=0')).body.totalResults ?? 0) > 0) break
    await ana.call('DELETE', `${all}/${id}`, { people: 'stay' }, { 'postern-seal': seal })
    const { database } = postern.postern.ceremonies
    const brought = async (): Promise<number> =>
      (await database.read.selectFrom('user').select('id').where('email', 'like', 'u%@example.org').execute()).length
    const then = await brought()
    assert.ok(then < operations.length, 'the job had ended before')
    const answer = await job
    // One that was being written at that moment may still have been.
    assert.ok((await brought()) <= then + 1, `${then} were here, and then ${await brought()}`)
    assert.ok(answer.status === 401 || answer.body.Operations.some(({ status }) => status === '401'))
    const managed = await database.read.selectFrom('user').select('id').where('managedBy', '=', id).execute()
    assert.deepEqual(managed, [], 'what was being written was let go of with the rest')

    // Read before the end, and written in its instant.
    const late = await connectDirectory(ana, 'Late')
    const ending = async (tx: Tx<TableName>): Promise<void> => {
      const { id: lateId } = await holdConnection(database, tx, late.id)
      await tx.updateTable('directoryConnection').set({ endedAt: Date.now() }).where('id', '=', lateId).execute()
      await letGo(tx, lateId)
    }
    const written = await inFront({ database, write: ending }, () =>
      late.scim.post('/Users', newUser('late@example.org')),
    )
    assert.equal(written.status === 'fulfilled' && written.value.status, 401)
    const { items } = await ana.call<{ items: unknown[] }>('GET', '/people?q=late@example.org')
    assert.deepEqual(items, [])

    // While something of it is being written for long, whoever only asks is answered. SQLite has one writer at a time.
    if (database.dialect === 'postgres') {
      const long = await connectDirectory(ana, 'Long')
      const writing = { database, connection: { id: long.id } } as unknown as ScimRequest
      const { status } = await writeScim(writing, () => long.scim.get('/Users?count=0'))
      assert.equal(status, 200)
    }
  })
