import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordAddress } from '../../identity/account-addresses.ts'
import { getRegistrationLink } from '../../identity/registration-links.ts'
import { createUser } from '../../identity/users.ts'
import { newGroup, newUser, openDirectory, patchOf, stateOf, type TestDirectory, userUrn } from './test-directory.ts'

const withAddress = (userName: string, more: object = {}) =>
  newUser(userName, { emails: [{ value: `${userName.split('@')[0]}@example.org`, type: 'work' }], ...more })

const actionsOf = async ({ database }: TestDirectory, id: string): Promise<string[]> =>
  (
    await database.read
      .selectFrom('auditEvent')
      .select('action')
      .where('targetId', '=', id)
      .orderBy('occurredAt')
      .orderBy('id')
      .execute()
  ).map(({ action }) => action)

test('a person comes with a name, an address and a role, and is managed', async () => {
  await using directory = await openDirectory()
  const { id: connection } = await directory.connect('Okta')
  const { status, body, headers } = await directory.call(
    'POST',
    '/Users',
    withAddress('Zoë.Müller@corp.example', { name: { givenName: 'Zoë', familyName: 'Müller' }, password: 'secret' }),
  )
  assert.equal(status, 201)
  assert.equal(headers['location'], `http://localhost/scim/v2/Users/${body.id}`)
  assert.ok(!JSON.stringify(body).includes('secret'))
  const user = await directory.database.read.selectFrom('user').selectAll().executeTakeFirstOrThrow()
  assert.deepEqual(
    [user.username, user.displayName, user.email, user.role, user.state, user.managedBy],
    ['zoe-muller', 'Zoë Müller', 'Zoë.Müller@example.org', 'member', 'active', connection],
  )
  assert.ok(
    !JSON.stringify(await directory.database.read.selectFrom('scimUser').selectAll().execute()).includes('secret'),
  )
})

test('names here are never given twice, however many people the directory calls the same', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  for (const domain of ['a', 'b', 'c', 'd', 'e', 'f', 'g'])
    assert.equal((await directory.call('POST', '/Users', newUser(`admin@${domain}.example`))).status, 201)
  const names = await directory.database.read.selectFrom('user').select('username').execute()
  assert.equal(new Set(names.map(({ username }) => username)).size, 7)
  assert.ok(names.every(({ username }) => /^admin\d+$/.test(username)))
})

test('the link of somebody who has not come in yet follows their address, and the one before it opens nothing', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  const { body } = await directory.call('POST', '/Users', withAddress('ana'))
  const change = (value: unknown) =>
    directory.call('PATCH', `/Users/${body.id}`, patchOf({ op: 'replace', path: 'emails', value }))
  const opens = () =>
    Promise.all(
      directory.letters.map(async (letter) => {
        assert.ok(letter.kind === 'invitation')
        const token = new URL(letter.facts.link).hash.slice(1)
        return getRegistrationLink(directory.database.read, token, directory.now()).then(
          () => true,
          () => false,
        )
      }),
    )
  assert.deepEqual(await opens(), [true])
  await change([{ value: 'ANA@example.org', type: 'work' }])
  await directory.call('PATCH', `/Users/${body.id}`, patchOf({ op: 'replace', path: 'displayName', value: 'Ana' }))
  assert.deepEqual(await opens(), [true], 'it is the same address')
  await change([{ value: 'ana.souza@example.org', type: 'work' }])
  assert.deepEqual(await opens(), [false, true])
  await change([])
  assert.deepEqual(await opens(), [false, false])
})

test('active in every spelling ends access or gives it back; PUT without it does neither', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  const { body } = await directory.call('POST', '/Users', withAddress('ana'))
  const path = `/Users/${body.id}`
  const states: (string | undefined)[] = []
  for (const operation of [
    { op: 'Replace', path: 'active', value: 'False' },
    { op: 'add', value: { active: 'TRUE' } },
    { op: 'replace', value: { Active: false } },
    { op: 'remove', path: 'active' },
    { op: 'replace', path: 'title', value: 'x' },
  ]) {
    assert.equal((await directory.call('PATCH', path, patchOf(operation))).status, 200)
    states.push(await stateOf(directory.database, body.id))
  }
  assert.deepEqual(states, ['ended', 'active', 'ended', 'ended', 'ended'])
  assert.equal((await directory.call('PUT', path, withAddress('ana'))).body['active'], false)
  assert.equal(await stateOf(directory.database, body.id), 'ended', 'PUT without active revives nobody')
  assert.equal((await directory.call('PUT', path, withAddress('ana', { active: true }))).body['active'], true)
  assert.equal((await directory.call('PUT', path, withAddress('ana'))).body['active'], true)
})

test('a create with active false for somebody who is here ends their access, and is refused', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  const { body } = await directory.call('POST', '/Users', withAddress('ana'))
  const again = await directory.call('POST', '/Users', newUser('ANA', { active: 'false' }))
  assert.deepEqual([again.status, again.body['scimType']], [409, 'uniqueness'])
  assert.equal(await stateOf(directory.database, body.id), 'ended')
})

test('what somebody here ended, no directory undoes', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  const { body } = await directory.call('POST', '/Users', withAddress('ana'))
  const userId = body.id as `usr_${string}`
  await directory.database.write((tx) =>
    directory.endAccess.end(tx, { userId, cause: 'console', actor: null, at: directory.now() }),
  )
  const path = `/Users/${body.id}`
  assert.equal((await directory.call('GET', path)).body['active'], false, 'the directory is told the truth')
  assert.equal(
    (await directory.call('PATCH', path, patchOf({ op: 'replace', path: 'active', value: true }))).status,
    200,
  )
  await directory.call('PATCH', path, patchOf({ op: 'replace', path: 'active', value: false }))
  await directory.call('PATCH', path, patchOf({ op: 'replace', path: 'active', value: true }))
  assert.equal(await stateOf(directory.database, body.id), 'ended')
})

test('what the directory says of somebody whose access had ended holds when they are to come back', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  const { body } = await directory.call('POST', '/Users', withAddress('ana'))
  const userId = body.id as `usr_${string}`
  const decide = (what: 'end' | 'restore') =>
    directory.database.write((tx) =>
      directory.endAccess[what](tx, { userId, cause: 'guest-end', actor: null, at: directory.now() }),
    )
  const active = (value: boolean) =>
    directory.call('PATCH', `/Users/${userId}`, patchOf({ op: 'replace', path: 'active', value }))
  await decide('end')
  await active(false)
  assert.equal(await decide('restore'), undefined)
  assert.equal(await stateOf(directory.database, userId), 'ended')
  await active(true)
  assert.equal(await stateOf(directory.database, userId), 'ended', 'it ended here')
  await decide('restore')
  assert.equal(await stateOf(directory.database, userId), 'active')
})

test('deleted is 404; the same name again is the same account, another external id another person', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  const first = await directory.call('POST', '/Users', withAddress('ana', { externalId: 'e1' }))
  const path = `/Users/${first.body.id}`
  assert.equal((await directory.call('DELETE', path)).status, 204)
  for (const method of ['GET', 'DELETE'] as const) assert.equal((await directory.call(method, path)).status, 404)
  assert.equal((await directory.call('PUT', path, withAddress('ana', { active: true }))).status, 404)
  assert.equal(await stateOf(directory.database, first.body.id), 'ended')

  const again = await directory.call('POST', '/Users', withAddress('ana', { externalId: 'e1' }))
  assert.deepEqual([again.status, again.body.id, again.body['active']], [201, first.body.id, true])
  await directory.call('DELETE', path)
  const other = await directory.call('POST', '/Users', withAddress('ana', { externalId: 'e2' }))
  assert.equal(other.status, 201)
  assert.notEqual(other.body.id, first.body.id)
  assert.equal(await stateOf(directory.database, first.body.id), 'ended')
})

test('nobody gets another’s name or address, and no connection another’s people', async () => {
  await using directory = await openDirectory()
  await directory.connect('One')
  await directory.connect('Two')
  const ana = await directory.call('POST', '/Users', withAddress('ana'))
  const bo = await directory.call('POST', '/Users', withAddress('bo'))
  const path = `/Users/${bo.body.id}`
  const rename = await directory.call('PATCH', path, patchOf({ op: 'replace', path: 'userName', value: 'Ana' }))
  assert.deepEqual([rename.status, rename.body['scimType']], [409, 'uniqueness'])
  assert.equal((await directory.call('PUT', path, withAddress('ANA'))).status, 409)
  assert.equal((await directory.call('GET', path)).body['userName'], 'bo')

  const two = { 'x-connection': '1' }
  for (const method of ['GET', 'DELETE'] as const)
    assert.equal((await directory.call(method, path, undefined, two)).status, 404)
  assert.equal((await directory.call('PUT', path, withAddress('bo', { active: false }), two)).status, 404)
  assert.equal(
    (await directory.call('PATCH', path, patchOf({ op: 'replace', path: 'active', value: false }), two)).status,
    404,
  )
  const taken = await directory.call('POST', '/Users', withAddress('ana'), two)
  assert.deepEqual([taken.status, taken.body['scimType']], [409, 'uniqueness'])
  assert.equal((await directory.call('GET', '/Users', undefined, two)).body['totalResults'], 0)
  assert.equal(await stateOf(directory.database, ana.body.id), 'active')
})

test('an account that its person made is not taken over by its address; one whose domain was claimed is', async () => {
  await using directory = await openDirectory()
  const { id: connection } = await directory.connect('Okta')
  const { database } = directory
  const make = (username: string, managedBy: string | null, createdBy: 'usr_1' | null = null) =>
    database.write((tx) =>
      createUser(tx, {
        username,
        displayName: username,
        email: `${username}@corp.example`,
        role: 'guest',
        createdBy,
        managedBy,
        at: 1,
      }),
    )
  const own = await make('own', null, 'usr_1')
  const claimed = await make('claimed', 'dom_1')
  await make('elsewhere', 'dom_2')
  await database.write((tx) =>
    tx
      .insertInto('domain')
      .values({ ...domainRow, id: 'dom_1', name: 'corp.example', state: 'verified' })
      .execute(),
  )
  const bring = (name: string) =>
    directory.call('POST', '/Users', newUser(`${name}@CORP.example`, { emails: [{ value: `${name}@Corp.Example` }] }))
  const refused = await bring('own')
  assert.deepEqual([refused.status, refused.body['scimType']], [409, 'uniqueness'])
  assert.match(String(refused.body['detail']), /never confirmed/)
  await database.write((tx) => tx.updateTable('user').set({ emailVerifiedAt: 1 }).where('id', '=', own.id).execute())
  assert.match(String((await bring('own')).body['detail']), /Claim the domain/)
  assert.equal((await bring('elsewhere')).status, 409)
  // Anybody can write an address into their account.
  const unproven = await bring('claimed')
  assert.deepEqual([unproven.status, unproven.body['scimType']], [409, 'uniqueness'])
  assert.match(String(unproven.body['detail']), /has not verified it/)
  await database.write((tx) =>
    tx.updateTable('user').set({ emailVerifiedAt: 1 }).where('id', '=', claimed.id).execute(),
  )
  const adopted = await bring('claimed')
  assert.deepEqual([adopted.status, adopted.body.id], [201, claimed.id])
  const user = await database.read.selectFrom('user').selectAll().where('id', '=', claimed.id).executeTakeFirstOrThrow()
  assert.deepEqual([user.managedBy, user.role, user.username], [connection, 'member', 'claimed'])
})

test('whoever only wrote the address of somebody who is brought, here or gone, keeps them from nothing and loses it', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  const { database } = directory
  const make = (username: string) =>
    database.write((tx) =>
      createUser(tx, {
        username,
        displayName: username,
        email: username === 'here' ? 'ana@Bücher.example' : 'Ana@xn--bcher-kva.example.',
        role: 'guest',
        createdBy: null,
        at: 1,
      }),
    )
  const [here, gone] = [await make('here'), await make('gone')]
  await database.write((tx) => tx.updateTable('user').set({ state: 'ended' }).where('id', '=', gone.id).execute())
  // Whose domain it is need not be shown: what is only written counts for nothing against whoever a directory brings.
  const brought = await directory.call('POST', '/Users', newUser('ana@xn--bcher-kva.example'))
  assert.equal(brought.status, 201)
  const users = await database.read.selectFrom('user').select(['id', 'email']).execute()
  assert.deepEqual(
    new Map(users.map(({ id, email }) => [id as string, email])),
    new Map([
      [here.id as string, ''],
      [gone.id, ''],
      [brought.body.id, 'ana@xn--bcher-kva.example'],
    ]),
  )
  assert.deepEqual(await actionsOf(directory, here.id), ['profile.address-released'])
})

test('whoever was let in with an address confirms it and is taken over; one that a member or an owner writes later blocks nobody', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  const { database } = directory
  await database.write((tx) =>
    tx
      .insertInto('domain')
      .values({ ...domainRow, id: 'dom_1', name: 'corp.example', state: 'verified' })
      .execute(),
  )
  const make = (username: string, role: 'owner' | 'member', createdBy: 'usr_1' | null) =>
    database.write((tx) =>
      createUser(tx, { username, displayName: username, email: `${username}@corp.example`, role, createdBy, at: 1 }),
    )
  const write = async (id: `usr_${string}`, email: string) =>
    database.write(async (tx) => {
      await tx.updateTable('user').set({ email, emailVerifiedAt: null }).where('id', '=', id).execute()
      await recordAddress(tx, { id, email }, { provenAt: null, at: 2 })
    })
  const [ana, bo] = [await make('ana', 'owner', null), await make('bo', 'member', 'usr_1')]
  await write(bo.id, 'robert@corp.example')
  const bring = (name: string) => directory.call('POST', '/Users', newUser(`${name}@corp.example`))
  const refused = await bring('ana')
  assert.deepEqual([refused.status, refused.body['scimType']], [409, 'uniqueness'])
  assert.match(String(refused.body['detail']), /never confirmed/)
  assert.deepEqual(await actionsOf(directory, ana.id), [])
  const robert = await bring('robert')
  assert.equal(robert.status, 201, 'the real one')
  assert.notEqual(robert.body.id, bo.id)
  assert.deepEqual(await actionsOf(directory, bo.id), ['profile.address-released'])
  const second = await make('owner-two', 'owner', null)
  await write(second.id, 'cleo@corp.example')
  assert.equal((await bring('cleo')).status, 201, 'an owner keeps nobody out either')

  await database.write((tx) =>
    tx.updateTable('user').set({ emailVerifiedAt: 3, managedBy: 'dom_1' }).where('id', '=', ana.id).execute(),
  )
  const adopted = await bring('ana')
  assert.deepEqual([adopted.status, adopted.body.id], [201, ana.id])
  await directory.call('DELETE', `/Users/${ana.id}`)
  assert.equal(await stateOf(database, ana.id), 'ended')
})

test('somebody whose access people here ended does not come again by the directory', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  const { database } = directory
  await database.write(async (tx) => {
    await tx
      .insertInto('domain')
      .values({ ...domainRow, id: 'dom_1', name: 'corp.example', state: 'verified' })
      .execute()
    const { id } = await createUser(tx, {
      username: 'ana',
      displayName: 'Ana',
      email: 'ana@corp.example',
      role: 'member',
      createdBy: 'usr_1',
      at: 1,
    })
    await tx.updateTable('user').set({ state: 'ended' }).where('id', '=', id).execute()
  })
  const refused = await directory.call('POST', '/Users', newUser('ana@corp.example'))
  assert.equal(refused.status, 409)
  assert.match(String(refused.body['detail']), /ended their access/)
})

const domainRow = {
  token: 't',
  verifiedBy: 'dns' as const,
  verifiedAt: 1,
  checkedAt: 1,
  lastError: null,
  failingSince: null,
  createdAt: 1,
  createdBy: 'usr_1' as const,
}

test('the last owner ends, too, and that is loud', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  const { body } = await directory.call('POST', '/Users', withAddress('ana'))
  const userId = body.id as `usr_${string}`
  await directory.database.write((tx) =>
    tx.updateTable('user').set({ role: 'owner' }).where('id', '=', userId).execute(),
  )
  assert.equal((await directory.call('DELETE', `/Users/${body.id}`)).status, 204)
  assert.equal(await stateOf(directory.database, body.id), 'ended')
  assert.ok((await actionsOf(directory, body.id)).includes('instance.ownerless'))
})

test('what changes nothing leaves tag and time as they were; a tag of before is refused', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  const made = await directory.call('POST', '/Users', withAddress('ana', { title: 'x' }))
  const path = `/Users/${made.body.id}`
  const same = await directory.call('PATCH', path, patchOf({ op: 'add', path: 'title', value: 'x' }))
  assert.deepEqual(same.body['meta'], made.body['meta'])
  const changed = await directory.call('PATCH', path, patchOf({ op: 'replace', path: 'title', value: 'y' }))
  assert.notEqual(changed.headers['etag'], made.headers['etag'])
  const old = { 'if-match': String(made.headers['etag']) }
  assert.equal((await directory.call('PUT', path, withAddress('ana'), old)).status, 412)
  assert.equal((await directory.call('DELETE', path, undefined, old)).status, 412)
  assert.equal(
    (await directory.call('GET', path, undefined, { 'if-none-match': String(changed.headers['etag']) })).status,
    304,
  )
  assert.deepEqual(await actionsOf(directory, made.body.id), ['directory.user-created', 'directory.user-changed'])
})

test('a refused patch changes nothing of it', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  const made = await directory.call('POST', '/Users', withAddress('ana', { title: 'x' }))
  const path = `/Users/${made.body.id}`
  const refused = await directory.call(
    'PATCH',
    path,
    patchOf({ op: 'replace', path: 'active', value: false }, { op: 'replace', path: 'nothing', value: 'y' }),
  )
  assert.deepEqual([refused.status, refused.body['scimType']], [400, 'invalidPath'])
  assert.deepEqual((await directory.call('GET', path)).body, made.body)
})

test('lists by index and by cursor show everybody once', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  for (let number = 0; number < 25; number += 1) await directory.call('POST', '/Users', newUser(`user${number}`))
  const names = async (query: string): Promise<string[]> =>
    (await directory.call('GET', `/Users?attributes=userName&${query}`)).body.Resources.map(({ userName }) =>
      String(userName),
    )
  const byIndex = [
    ...(await names('count=10')),
    ...(await names('startIndex=11&count=10')),
    ...(await names('startIndex=21&count=10')),
  ]
  for (const query of ['', 'sortBy=userName&', `filter=${encodeURIComponent('userName sw "user"')}&`]) {
    const seen: string[] = []
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const { body } = await directory.call('GET', `/Users?${query}count=7&cursor=${cursor}`)
      seen.push(...body.Resources.map(({ userName }) => String(userName)))
      cursor = body['nextCursor'] as string | undefined
      assert.equal(body['totalResults'], 25)
    }
    assert.deepEqual(seen.toSorted(), byIndex.toSorted())
  }
  assert.equal(new Set(byIndex).size, 25)
  const wrong = await directory.call('GET', '/Users?cursor=nonsense')
  assert.deepEqual([wrong.status, wrong.body['scimType']], [400, 'invalidCursor'])
})

test('a body that is no JSON, no type, or too large is refused in SCIM’s words', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  const broken = await directory.call('POST', '/Users', '{"schemas":')
  assert.deepEqual([broken.status, broken.body['scimType'], broken.body['status']], [400, 'invalidSyntax', '400'])
  assert.equal((await directory.call('POST', '/Users', 'x', { 'content-type': 'text/xml' })).status, 415)
  const large = await directory.call('POST', '/Users', newUser('ana', { title: 'x'.repeat(11_000_000) }))
  assert.equal(large.status, 413)
  assert.match(String(large.body['detail']), /maxPayloadSize/)
  const plain = await directory.call(
    'POST',
    '/Users',
    { schemas: [userUrn], userName: 'bo' },
    { 'content-type': 'application/json' },
  )
  assert.equal(plain.status, 201)
})

test('a connection that has ended meanwhile changes nothing any more', async () => {
  await using directory = await openDirectory()
  const { id } = await directory.connect('Okta')
  const made = await directory.call('POST', '/Users', withAddress('ana'))
  await directory.database.write((tx) =>
    tx.updateTable('directoryConnection').set({ endedAt: 1 }).where('id', '=', id).execute(),
  )
  assert.equal((await directory.call('POST', '/Users', withAddress('bo'))).status, 401)
  assert.equal((await directory.call('DELETE', `/Users/${made.body.id}`)).status, 401)
  assert.equal((await directory.call('POST', '/Groups', newGroup('Crew'))).status, 401)
  assert.equal(await stateOf(directory.database, made.body.id), 'active')
})

test('names as long as an index can hold, and ids that are none', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  // Folds to eighteen characters each.
  for (const wrong of [
    newUser('x'.repeat(257)),
    newUser('\uFDFA'.repeat(200)),
    newUser('ana', { externalId: 'x'.repeat(257) }),
  ]) {
    const { status, body } = await directory.call('POST', '/Users', wrong)
    assert.deepEqual([status, body['scimType']], [400, 'invalidValue'])
  }
  assert.equal((await directory.call('POST', '/Users', newUser('x'.repeat(256)))).status, 201)
  for (const type of ['Users', 'Groups'])
    for (const id of ['%00', 'usr_%00', '..%2F..', "'%20or%201=1--", 'x'.repeat(4000)])
      for (const method of ['GET', 'DELETE'] as const)
        assert.equal((await directory.call(method, `/${type}/${id}`)).status, 404, `${type}/${id}`)
})

test('each value has its bound, and lists have theirs; what is out of bounds never keeps anybody in', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  const long = 'x'.repeat(2_000)
  const bounded = [
    { title: long },
    { nickName: long },
    { name: { givenName: long } },
    { emails: Array.from({ length: 101 }, (_, n) => ({ value: `a${n}@example.org` })) },
    { addresses: [{ formatted: long }] },
    { x509Certificates: [{ value: 'A'.repeat(20_000) }] },
    { 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: long } },
  ]
  for (const more of bounded) {
    const { status, body } = await directory.call('POST', '/Users', newUser('ana', more))
    assert.deepEqual([status, body['scimType']], [400, 'invalidValue'], JSON.stringify(more).slice(0, 60))
  }
  const { body } = await directory.call('POST', '/Users', newUser('ana', { title: 'x'.repeat(1_024) }))
  const path = `/Users/${body.id}`
  for (const more of bounded) assert.equal((await directory.call('PUT', path, newUser('ana', more))).status, 400)
  assert.equal(await stateOf(directory.database, body.id), 'active')
  const put = await directory.call('PUT', path, newUser('ana', { title: long, active: false }))
  assert.equal(put.status, 400)
  assert.equal(await stateOf(directory.database, body.id), 'ended')
})

test('a name or an address that is taken keeps nobody in who is not to come in any more', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  await directory.connect('Entra')
  const two = { 'x-connection': '1' }
  await directory.call('POST', '/Users', withAddress('bo'))
  await directory.call('POST', '/Users', withAddress('cy'), two)
  for (const [name, refused] of [
    ['ana', { op: 'replace', path: 'userName', value: 'bo' }],
    ['ben', { op: 'replace', path: 'emails', value: [{ value: 'cy@example.org', type: 'work' }] }],
  ] as const) {
    const { body } = await directory.call('POST', '/Users', withAddress(name))
    const path = `/Users/${body.id}`
    assert.equal((await directory.call('PATCH', path, patchOf(refused))).status, 409, name)
    assert.equal(await stateOf(directory.database, body.id), 'active', name)
    const out = { op: 'replace', path: 'active', value: false }
    const match = { 'if-match': 'W/"of another time"' }
    assert.equal((await directory.call('PATCH', path, patchOf(out, refused), match)).status, 412, name)
    assert.equal(await stateOf(directory.database, body.id), 'active', name)
    const { status } = await directory.call('PATCH', path, patchOf(out, refused))
    assert.deepEqual([status, await stateOf(directory.database, body.id)], [409, 'ended'], name)
    const { userName, active } = (await directory.call('GET', path)).body
    assert.deepEqual([userName, active], [name, false], 'and nothing else of it is taken')
  }
})

test('what was taken before there were bounds bounds nothing now', async () => {
  await using directory = await openDirectory()
  await directory.connect('Okta')
  const { body } = await directory.call('POST', '/Users', newUser('ana'))
  const attributes = JSON.stringify({ title: 'x'.repeat(2_000) })
  await directory.database.write((tx) => tx.updateTable('scimUser').set({ attributes }).execute())
  const patch = patchOf({ op: 'replace', path: 'active', value: false })
  assert.equal((await directory.call('PATCH', `/Users/${body.id}`, patch)).status, 200)
  assert.equal(await stateOf(directory.database, body.id), 'ended')
})
