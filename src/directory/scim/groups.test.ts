import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bulkOf, newGroup, newUser, openDirectory, patchOf, stateOf, type TestDirectory } from './test-directory.ts'

const bring = async (directory: TestDirectory, ...names: string[]): Promise<string[]> => {
  const ids: string[] = []
  for (const name of names) ids.push((await directory.call('POST', '/Users', newUser(name))).body.id)
  return ids
}

const membersOf = async (directory: TestDirectory, id: string): Promise<string[]> => {
  const { body } = await directory.call('GET', `/Groups/${id}`)
  return ((body['members'] ?? []) as { display: string }[]).map(({ display }) => display).toSorted()
}

const roleOf = async ({ database }: TestDirectory, id: string | undefined): Promise<string | undefined> =>
  (
    await database.read
      .selectFrom('user')
      .select('role')
      .where('id', '=', id as `usr_${string}`)
      .executeTakeFirst()
  )?.role

test('members come and go by every shape, and a list of some takes away those alone', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  const [ana = '', bo = '', cy = ''] = await bring(directory, 'ana', 'bo', 'cy')
  const made = await directory.call('POST', '/Groups', newGroup('Crew', [ana]))
  assert.equal(made.status, 201)
  const path = `/Groups/${made.body.id}`
  const steps: [object, string[]][] = [
    [{ op: 'Add', path: 'members', value: [{ value: bo, $ref: null }] }, ['ana', 'bo']],
    [{ op: 'add', path: 'members', value: { value: bo } }, ['ana', 'bo']],
    [{ op: 'add', value: { members: [{ value: cy }] } }, ['ana', 'bo', 'cy']],
    [{ op: 'Remove', path: 'members', value: [] }, ['ana', 'bo', 'cy']],
    [{ op: 'Remove', path: 'members', value: [{ value: bo }] }, ['ana', 'cy']],
    [{ op: 'remove', path: `members[value eq "${cy}"]` }, ['ana']],
    [{ op: 'remove', path: `members[value eq "${cy}"]` }, ['ana']],
    [{ op: 'replace', path: 'members', value: [{ value: bo }, { value: cy }] }, ['bo', 'cy']],
    [{ op: 'remove', path: 'members[display eq "BO"]' }, ['cy']],
    [{ op: 'replace', value: { id: made.body.id, displayName: 'Renamed', members: [{ value: ana }] } }, ['ana']],
    [{ op: 'remove', path: 'members' }, []],
  ]
  for (const [operation, expected] of steps) {
    assert.equal((await directory.call('PATCH', path, patchOf(operation))).status, 204, JSON.stringify(operation))
    assert.deepEqual(await membersOf(directory, made.body.id), expected, JSON.stringify(operation))
  }
  assert.equal((await directory.call('GET', path)).body['displayName'], 'Renamed')
  await directory.call('PUT', path, newGroup('Renamed', [cy]))
  assert.deepEqual(await membersOf(directory, made.body.id), ['cy'])
})

test('only people whom this directory brought are members, and a refused patch leaves all as it was', async () => {
  await using directory = await openDirectory()
  await directory.connect('One')
  await directory.connect('Two')
  const [ana = ''] = await bring(directory, 'ana')
  const foreign = (await directory.call('POST', '/Users', newUser('eve'), { 'x-connection': '1' })).body.id
  const group = (await directory.call('POST', '/Groups', newGroup('Crew', [ana]))).body.id
  for (const value of [foreign, 'usr_nobody', group, '', 7])
    for (const operations of [
      [
        { op: 'remove', path: 'members' },
        { op: 'add', path: 'members', value: [{ value }] },
      ],
      [{ op: 'replace', path: 'members', value: [{ value }] }],
    ]) {
      const refused = await directory.call('PATCH', `/Groups/${group}`, patchOf(...operations))
      assert.deepEqual([refused.status, refused.body['scimType']], [400, 'invalidValue'], String(value))
    }
  assert.equal((await directory.call('POST', '/Groups', newGroup('Other', [foreign]))).status, 400)
  assert.deepEqual(await membersOf(directory, group), ['ana'])
  assert.equal(
    (
      await directory.call('PATCH', `/Groups/${group}`, patchOf({ op: 'remove', path: 'members' }), {
        'x-connection': '1',
      })
    ).status,
    404,
  )
})

test('a group keeps the name it got here, whatever it is called later; two of one name are refused', async () => {
  await using directory = await openDirectory()
  await directory.connect('One')
  await directory.connect('Two')
  const made = await directory.call('POST', '/Groups', newGroup('Équipe Été (prod)'))
  await directory.call(
    'PATCH',
    `/Groups/${made.body.id}`,
    patchOf({ op: 'replace', path: 'displayName', value: 'Owners' }),
  )
  const same = await directory.call('POST', '/Groups', newGroup('OWNERS'))
  assert.deepEqual([same.status, same.body['scimType']], [409, 'uniqueness'])
  assert.equal(
    (await directory.call('POST', '/Groups', newGroup('Équipe Été\u202E (prod)'), { 'x-connection': '1' })).status,
    201,
  )
  const names = await directory.database.read
    .selectFrom('userGroup')
    .select(['name', 'description'])
    .orderBy('createdAt')
    .execute()
  assert.deepEqual(
    names.map(({ name, description }) => [name, description]),
    [
      ['Equipe-Ete-prod', 'Owners'],
      ['Equipe-Ete-prod-2', 'Équipe Été (prod)'],
    ],
  )
})

test('the strongest group gives the role, and leaving it takes the role back', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  const [ana = '', bo = ''] = await bring(directory, 'ana', 'bo')
  const admins = (await directory.call('POST', '/Groups', newGroup('Admins'))).body.id
  const guests = (await directory.call('POST', '/Groups', newGroup('Guests', [ana]))).body.id
  const { database } = directory
  const give = (id: string, organisationRole: 'admin' | 'guest') =>
    database.write((tx) =>
      tx
        .updateTable('userGroup')
        .set({ organisationRole })
        .where('id', '=', id as `grp_${string}`)
        .execute(),
    )
  await give(admins, 'admin')
  await give(guests, 'guest')
  await database.write((tx) =>
    tx
      .updateTable('user')
      .set({ role: 'owner' })
      .where('id', '=', bo as `usr_${string}`)
      .execute(),
  )
  const change = (op: string, id: string) =>
    directory.call('PATCH', `/Groups/${admins}`, patchOf({ op, path: 'members', value: [{ value: id }] }))
  await change('add', ana)
  await change('add', bo)
  assert.deepEqual([await roleOf(directory, ana), await roleOf(directory, bo)], ['admin', 'owner'])
  await change('remove', ana)
  await change('remove', bo)
  assert.deepEqual([await roleOf(directory, ana), await roleOf(directory, bo)], ['member', 'owner'])
  await change('add', ana)
  await directory.call('DELETE', `/Groups/${admins}`)
  assert.equal(await roleOf(directory, ana), 'member')
})

test('whoever leaves the group that is required loses access, and gets it back with the group alone', async () => {
  await using directory = await openDirectory()
  const connection = await directory.connect('Okta')
  const [ana = '', bo = ''] = await bring(directory, 'ana', 'bo')
  const group = (await directory.call('POST', '/Groups', newGroup('Staff', [ana, bo]))).body.id
  await directory.database.write((tx) =>
    tx
      .updateTable('directoryConnection')
      .set({ requiredGroupId: group as `grp_${string}` })
      .where('id', '=', connection.id)
      .execute(),
  )
  const members = (op: string, id: string) =>
    directory.call('PATCH', `/Groups/${group}`, patchOf({ op, path: 'members', value: [{ value: id }] }))
  const active = (id: string, value: boolean) =>
    directory.call('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'active', value }))
  const state = () => stateOf(directory.database, ana)

  await members('remove', ana)
  assert.equal(await state(), 'ended')
  await active(ana, true)
  assert.equal(await state(), 'ended', 'active alone is not enough')
  await members('add', ana)
  assert.equal(await state(), 'active')

  await members('remove', ana)
  await active(ana, false)
  await members('add', ana)
  assert.equal(await state(), 'ended', 'the group alone is not enough')
  await active(ana, true)
  assert.equal(await state(), 'active')

  await active(ana, false)
  await members('remove', ana)
  await active(ana, true)
  assert.equal(await state(), 'ended')
  await members('add', ana)
  assert.equal(await state(), 'active')

  assert.equal((await directory.call('DELETE', `/Groups/${group}`)).status, 409)
  await directory.call('PUT', `/Groups/${group}`, newGroup('Staff', [ana]))
  assert.deepEqual([await state(), await stateOf(directory.database, bo)], ['active', 'ended'])
})

test('a group that a guardrail or a tool names stays when the directory deletes it, and comes back as the same', async () => {
  await using directory = await openDirectory([{ who: ['group:Crew'], title: 'x' }], ['Editors'])
  await directory.connect('Okta')
  const [ana = ''] = await bring(directory, 'ana')
  const { id } = (await directory.call('POST', '/Groups', newGroup('Crew', [ana]))).body
  assert.equal((await directory.call('DELETE', `/Groups/${id}`)).status, 204)
  assert.equal((await directory.call('GET', `/Groups/${id}`)).status, 404)
  assert.equal((await directory.call('GET', '/Groups')).body['totalResults'], 0)
  assert.deepEqual(await directory.database.read.selectFrom('groupMember').selectAll().execute(), [])
  assert.equal((await directory.call('POST', '/Groups', newGroup('crew', [ana]))).body.id, id)
  const other = (await directory.call('POST', '/Groups', newGroup('Other'))).body.id
  await directory.call('DELETE', `/Groups/${other}`)
  assert.equal((await directory.database.read.selectFrom('userGroup').selectAll().execute()).length, 1)
  const { id: editors } = (await directory.call('POST', '/Groups', newGroup('Editors', [ana]))).body
  await directory.call('DELETE', `/Groups/${editors}`)
  // Another directory that brings one of the name brings another one.
  await directory.connect('Entra')
  const brought = (await directory.call('POST', '/Groups', newGroup('Editors'), { 'x-connection': '1' })).body.id
  const names = await directory.database.read.selectFrom('userGroup').select(['id', 'name']).execute()
  assert.equal(names.find(({ id: each }) => each === brought)?.name, 'Editors-2')
  const left = await directory.database.read.selectFrom('groupMember').select('groupId').execute()
  assert.ok(left.every(({ groupId }) => groupId !== editors))
})

test('one member more costs the same in a group of many', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  const ids = await bring(directory, ...Array.from({ length: 60 }, (_, number) => `user${number}`))
  const { id } = (await directory.call('POST', '/Groups', newGroup('Everybody'))).body
  for (const value of ids) {
    const { status, headers, body } = await directory.call(
      'PATCH',
      `/Groups/${id}`,
      patchOf({ op: 'add', path: 'members', value: [{ value }] }),
    )
    assert.equal(status, 204)
    assert.deepEqual(body, {}, 'nobody is listed who was not asked for')
    assert.ok(headers['etag'])
  }
  assert.equal((await membersOf(directory, id)).length, 60)
  const { body } = await directory.call('GET', `/Groups/${id}?excludedAttributes=members`)
  assert.equal(body['members'], undefined)
  const found = await directory.call(
    'GET',
    `/Groups?filter=${encodeURIComponent(`members[value eq "${ids[3]}"]`)}&attributes=displayName`,
  )
  assert.deepEqual(
    found.body.Resources.map(({ displayName }) => displayName),
    ['Everybody'],
  )
})

test('the record names who came and went', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  const ids = await bring(directory, ...Array.from({ length: 130 }, (_, number) => `user${number}`))
  const { id } = (await directory.call('POST', '/Groups', newGroup('Everybody', ids))).body
  const events = await directory.database.read
    .selectFrom('auditEvent')
    .select('leaf')
    .where('targetId', '=', id)
    .where('action', '=', 'directory.members-added')
    .execute()
  const facts = events.map(({ leaf }) => (JSON.parse(leaf) as { facts: { people: string; count: number } }).facts)
  assert.deepEqual(
    facts.map(({ count }) => count).toSorted((one, other) => other - one),
    [100, 30],
  )
  assert.equal(new Set(facts.flatMap(({ people }) => people.split(', '))).size, 130)
})

test('a bulk job: references forward, circles, failures that stop nothing, and an end to failures', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
  const person = (name: string, manager: string) =>
    newUser(name, { [enterprise]: { manager: { value: `bulkId:${manager}` } } })
  const { status, body } = await directory.call(
    'POST',
    '/Bulk',
    bulkOf([
      { method: 'POST', path: '/Groups', bulkId: 'g', data: newGroup('Crew', ['bulkId:a', 'bulkId:b']) },
      { method: 'POST', path: '/Users', bulkId: 'a', data: person('ana', 'b') },
      { method: 'POST', path: '/Users', bulkId: 'b', data: person('bo', 'a') },
      { method: 'POST', path: '/Users', bulkId: 'c', data: person('cy', 'nobody') },
      { method: 'PATCH', path: '/Users/bulkId:a', data: patchOf({ op: 'replace', path: 'active', value: 'False' }) },
      { method: 'DELETE', path: '/Users/usr_nobody' },
    ]),
  )
  const operations = body['Operations'] as { status: string; location?: string; bulkId?: string }[]
  assert.equal(status, 200)
  assert.deepEqual(
    operations.map((one) => one.status),
    ['201', '201', '201', '409', '200', '404'],
  )
  const idOf = (at: number): string => operations[at]?.location?.split('/').at(-1) ?? ''
  assert.deepEqual(await membersOf(directory, idOf(0)), ['ana', 'bo'])
  for (const [one, other] of [
    [1, 2],
    [2, 1],
  ] as const) {
    const { [enterprise]: known } = (await directory.call('GET', `/Users/${idOf(one)}`)).body
    assert.equal((known as { manager: { value: string } }).manager.value, idOf(other))
  }
  assert.equal(await stateOf(directory.database, idOf(1)), 'ended')

  const stopped = await directory.call(
    'POST',
    '/Bulk',
    bulkOf(['x', 'y', { method: 'POST', path: '/Users', bulkId: 'z', data: newUser('zed') }], { failOnErrors: 2 }),
  )
  assert.equal((stopped.body['Operations'] as object[]).length, 2)
  const many = await directory.call('POST', '/Bulk', bulkOf(Array.from({ length: 1001 }, () => ({}))))
  assert.equal(many.status, 413)
  assert.equal((await directory.call('POST', '/Bulk', bulkOf(['x'.repeat(1_100_000)]))).status, 413)
})
