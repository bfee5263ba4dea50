import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerAdmin } from '../src/commands/admin-socket.ts'
import { applicant } from './support/ceremony.ts'
import { countStatements } from './support/count-statements.ts'
import { startMailServer } from './support/mail-server.ts'
import { bulkRequest } from './support/scim-checks/bulk.ts'
import { connectDirectory, core, type Json, messages, newUser, ok, refusedBy, ScimClient } from './support/scim.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const started = async (flags: string[] = []): Promise<StartedPostern> =>
  startPostern({ flags: [...flags, '--rate-limit', '1000000'] })

test('names of prototypes are names like any other, and unknown ones', async () => {
  await using postern = await started()
  const { scim } = await connectDirectory(await postern.owner())
  const { id } = await scim.makeUser('eve@example.org')
  const path = `/Users/${id}`
  const poison = ['__proto__', 'constructor', 'constructor.prototype', '__proto__.active', 'prototype', 'toString']
  for (const name of poison) {
    for (const op of ['add', 'replace', 'remove'])
      await scim.patch(path, { op, path: name, value: { isAdmin: true, active: false } })
    await scim.patch(path, { op: 'add', path: `emails[${name} eq "x"].value`, value: 'x@example.org' })
    await scim.patch(path, { op: 'add', path: `urn:ietf:params:scim:schemas:core:2.0:User:${name}`, value: 'x' })
    await scim.patch(path, { op: 'add', path: `${name}.polluted`, value: 'x' })
    await scim.find('Users', `${name} eq "x"`)
    await scim.find('Users', `emails[${name} pr]`)
    await scim.get(`/Users?sortBy=${name}&attributes=${name}`)
    for (const filter of [`${name} pr`, `${name}.x pr`]) {
      const { status, body } = await scim.find('Users', filter)
      assert.ok(status === 400 || (status === 200 && body.totalResults === 0), `${filter}: ${status}`)
    }
  }
  // As text, because an object literal would set the prototype here already.
  const raw = (op: string): string =>
    `{"schemas":["${messages}:PatchOp"],"Operations":[{"op":"${op}","value":{"__proto__":{"active":false,"x":1},"constructor":{"prototype":{"x":1}}}}]}`
  for (const op of ['add', 'replace']) await scim.send('PATCH', path, raw(op))
  await scim.post('/Users', `{"schemas":["${core}:User"],"__proto__":{"userName":"ghost@example.org"}}`)
  const made = await scim.post(
    '/Users',
    `{"schemas":["${core}:User"],"userName":"mallory@example.org","__proto__":{"active":false},"name":{"__proto__":{"x":1}}}`,
  )
  assert.ok(made.status === 201 || made.status === 400)
  if (made.status === 201) assert.equal(made.body.active, true)
  assert.equal(Reflect.get({}, 'x'), undefined)
  assert.equal(Reflect.get({}, 'polluted'), undefined)
  assert.equal(Reflect.get({}, 'isAdmin'), undefined)
  assert.equal(ok(await scim.find('Users', 'userName eq "ghost@example.org"')).totalResults, 0)
  const user = ok(await scim.get(path))
  assert.equal(user.active, true)
  assert.equal(/polluted|isAdmin/.test(JSON.stringify(user)), false)
  assert.equal('x' in (await scim.makeUser('later@example.org')), false)
})

test('filters of a megabyte and of a thousand levels are refused before they are read', async () => {
  await using postern = await started()
  const { scim } = await connectDirectory(await postern.owner())
  const long = `userName eq "${'a'.repeat(1_000_000)}"`
  const deep = `${'('.repeat(1000)}userName pr${')'.repeat(1000)}`
  const nots = `${'not ('.repeat(400)}userName pr${')'.repeat(400)}`
  const chain = Array.from({ length: 100_000 }, () => 'userName eq "a"').join(' or ')
  const search = (filter: string) => scim.post('/Users/.search', { schemas: [`${messages}:SearchRequest`], filter })
  for (const filter of [deep, nots]) refusedBy(await search(filter), 400, 'invalidFilter')
  for (const filter of [long, chain]) {
    const answer = await search(filter)
    assert.ok(answer.status === 400 || answer.status === 413, String(answer.status))
    assert.deepEqual(answer.body.schemas, [`${messages}:Error`])
  }
  refusedBy(await scim.find('Users', deep), 400, 'invalidFilter')
  // At the bounds themselves: 2048 bytes, 50 levels, 1000 operations.
  const bytes = (size: number): string => `userName eq "${'a'.repeat(size - 14)}"`
  const levels = (depth: number): string => `${'('.repeat(depth)}userName pr${')'.repeat(depth)}`
  for (const filter of [bytes(2048), levels(50)]) ok(await scim.find('Users', filter))
  for (const filter of [bytes(2049), levels(51)]) refusedBy(await scim.find('Users', filter), 400, 'invalidFilter')
  const { id } = await scim.makeUser('a@example.org')
  const titles = (count: number) => Array.from({ length: count }, () => ({ op: 'add', path: 'title', value: 'x' }))
  ok(await scim.patch(`/Users/${id}`, ...titles(1000)))
  refusedBy(await scim.patch(`/Users/${id}`, ...titles(1001)), 400, 'tooMany')
  // In an address, where no route sees it.
  const address = await fetch(`${scim.base}/Users?filter=${'a'.repeat(1_000_000)}`)
  assert.deepEqual(
    [address.status, ((await address.json()) as { title: string }).title],
    [431, 'The address and the headers of this request are longer than can be read.'],
  )
  for (const filter of [`a${'a'.repeat(5000)}`, deep])
    refusedBy(await scim.patch(`/Users/${id}`, { op: 'add', path: `emails[${filter}]`, value: {} }), 400)
  // A body nested as deep as it can be sent.
  const nested = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`
  const answer = await scim.post('/Users', `{"schemas":["${core}:User"],"userName":"n@example.org","name":${nested}}`)
  assert.ok([201, 400, 413].includes(answer.status), String(answer.status))
  refusedBy(await scim.post('/Users', newUser('big@example.org', { title: 'x'.repeat(11 * 1024 * 1024) })), 413)
  refusedBy(await scim.post('/Users', '{'), 400, 'invalidSyntax')
  refusedBy(await scim.post('/Users', '[]'), 400)
  ok(await scim.get('/Users?count=1'))
})

test('bulk: circles, references to nowhere, to oneself, and operations that reach outside', async () => {
  await using postern = await started()
  const { scim } = await connectDirectory(await postern.owner())
  const group = (bulkId: string, members: string[]): unknown => ({
    method: 'POST',
    path: '/Groups',
    bulkId,
    data: { schemas: [`${core}:Group`], displayName: bulkId, members: members.map((value) => ({ value })) },
  })
  const many = Array.from({ length: 50 }, (_, at) => group(`g${at}`, [`bulkId:g${(at + 1) % 50}`]))
  for (const operations of [
    [group('self', ['bulkId:self'])],
    [group('a', ['bulkId:b']), group('b', ['bulkId:c']), group('c', ['bulkId:a'])],
    many,
    [group('x', ['bulkId:', 'bulkId:__proto__', 'bulkId:constructor'])],
    [{ method: 'PATCH', path: '/Groups/bulkId:nothing', data: { schemas: [`${messages}:PatchOp`], Operations: [] } }],
  ]) {
    const answer = ok(await scim.post('/Bulk', bulkRequest(operations)))
    assert.equal(answer.Operations.length, operations.length)
    // Groups have no groups as members: each is refused in a sentence, and none is left half made.
    for (const { status, response } of answer.Operations) {
      assert.match(status, /^4(?:00|09)$/)
      assert.match(response.detail, /^There is no (?:user|resource) /)
    }
    assert.equal(ok(await scim.get('/Groups')).totalResults, 0)
  }
  // So the same names are free for the request that is right, whose good half is not lost beside a bad one.
  const circle = [group('self', ['bulkId:u']), group('b', ['bulkId:b'])]
  const right = { method: 'POST', path: '/Users', bulkId: 'u', data: newUser('u@example.org') }
  const mixed = ok(await scim.post('/Bulk', bulkRequest([...circle, right])))
  assert.deepEqual(
    mixed.Operations.map(({ status }) => status),
    ['201', '400', '201'],
  )
  const twice = [newUser('one@example.org'), newUser('two@example.org')]
  const same = await scim.post(
    '/Bulk',
    bulkRequest(twice.map((data) => ({ method: 'POST', path: '/Users', bulkId: 'b', data }))),
  )
  assert.deepEqual(
    ok(same).Operations.map(({ status, response }) => [status, response?.detail]),
    [
      ['201', undefined],
      ['400', 'The bulkId b is there twice.'],
    ],
  )
})

for (const { name, flags } of eitherStore)
  test(`two at once who want the same name: one gets it, on ${name}`, async () => {
    await using postern = await started(await flags())
    const ana = await postern.owner()
    const [one, two] = [await connectDirectory(ana, 'One'), await connectDirectory(ana, 'Two')]
    for (const clients of [
      [one.scim, one.scim],
      [one.scim, two.scim],
    ]) {
      const userName = `race${clients[1] === one.scim ? 1 : 2}@example.org`
      const answers = await Promise.all(clients.map((scim) => scim.post('/Users', newUser(userName))))
      assert.deepEqual(
        answers.map(({ status }) => status).sort((a, b) => a - b),
        [201, 409],
        JSON.stringify(answers.map(({ body }) => body)),
      )
    }
    const { id } = await one.scim.makeUser('mine@example.org')
    await one.scim.makeUser('taken@example.org')
    for (const wanted of ['taken@example.org', 'TAKEN@EXAMPLE.ORG']) {
      const path = `/Users/${id}`
      refusedBy(await one.scim.patch(path, { op: 'replace', path: 'userName', value: wanted }), 409, 'uniqueness')
      refusedBy(await one.scim.put(path, newUser(wanted)), 409, 'uniqueness')
    }
    assert.equal(ok(await one.scim.get(`/Users/${id}`)).userName, 'mine@example.org')
    const groups = await Promise.all(
      [one, one].map(({ scim }) => scim.post('/Groups', { schemas: [`${core}:Group`], displayName: 'Crew' })),
    )
    assert.deepEqual(
      groups.map(({ status }) => status).sort((a, b) => a - b),
      [201, 409],
    )
  })

test('the same user created by two connections: the second is told why not, and changes nothing of the first’s', async () => {
  await using postern = await started()
  const ana = await postern.owner()
  const [one, two] = [await connectDirectory(ana, 'One'), await connectDirectory(ana, 'Two')]
  const kai = await one.scim.makeUser('kai@example.org', { externalId: 'k1' })
  const others = await two.scim.makeGroup('Others')
  for (const again of [
    newUser('kai@example.org', { externalId: 'k1' }),
    newUser('KAI@EXAMPLE.ORG'),
    newUser('another', { emails: [{ value: 'Kai@example.org.', type: 'work' }] }),
    { schemas: [`${core}:User`], userName: 'kai@example.org' },
    // Nor does it end anybody's access whom it had not brought.
    newUser('kai@example.org', { active: false }),
  ]) {
    const answer = await two.scim.post('/Users', again)
    refusedBy(answer, 409, 'uniqueness')
    assert.match(
      answer.body.detail,
      /^kai@example\.org\.?: Somebody with this address is managed by another directory or domain\.$/i,
    )
  }
  const bulk = ok(
    await two.scim.post(
      '/Bulk',
      bulkRequest([{ method: 'POST', path: '/Users', bulkId: 'k', data: newUser('kai@example.org') }]),
    ),
  )
  assert.equal(bulk.Operations[0].status, '409')
  // By a change of somebody of its own, neither.
  const lea = await two.scim.makeUser('lea@example.org')
  const moved = { op: 'replace', path: 'emails[type eq "work"].value', value: 'kai@example.org' }
  refusedBy(await two.scim.patch(`/Users/${lea.id}`, moved), 409, 'uniqueness')
  refusedBy(
    await two.scim.patch(`/Groups/${others.id}`, { op: 'add', path: 'members', value: [{ value: kai.id }] }),
    400,
  )
  assert.equal(ok(await two.scim.find('Users', 'userName co "kai"')).totalResults, 0)

  assert.deepEqual(ok(await one.scim.get(`/Users/${kai.id}`)), kai)
  const { items } = await ana.call<{ items: { username: string; state: string; managedBy: string; email: string }[] }>(
    'GET',
    '/people?q=example.org',
  )
  assert.deepEqual(
    items.map(({ username, state, managedBy, email }) => [username, state, managedBy, email]),
    [
      ['kai', 'active', 'One', 'kai@example.org'],
      ['lea', 'active', 'Two', 'lea@example.org'],
    ],
  )
  const { items: connections } = await ana.call<{ items: { name: string; lastError: { sentence: string } | null }[] }>(
    'GET',
    '/directory/connections',
  )
  assert.equal(connections.find(({ name }) => name === 'One')?.lastError, null)
  assert.match(connections.find(({ name }) => name === 'Two')?.lastError?.sentence ?? '', /^There is no user /)
})

test('a directory reaches its own people and groups alone, and no one who was here without it', async () => {
  await using postern = await started()
  const ana = await postern.owner()
  await postern.join(ana, 'mel')
  await ana.act('POST', '/groups', { name: 'staff', description: '' })
  const [one, two] = [await connectDirectory(ana, 'One'), await connectDirectory(ana, 'Two')]
  const user = await one.scim.makeUser('hers@example.org')
  const group = await one.scim.makeGroup('Hers', [user.id])
  const mine = await two.scim.makeGroup('Mine')
  const { items } = await ana.call<{ items: { id: string; username: string }[] }>('GET', '/people')
  const mel = items.find(({ username }) => username === 'mel')?.id ?? ''
  const staff = (await ana.call<{ items: { id: string; name: string }[] }>('GET', '/groups')).items.find(
    (each) => each.name === 'staff',
  )
  const hidden = { op: 'replace', path: 'displayName', value: 'theirs' }
  for (const path of [`/Users/${user.id}`, `/Users/${mel}`, `/Groups/${group.id}`, `/Groups/${staff?.id}`]) {
    refusedBy(await two.scim.get(path), 404)
    refusedBy(await two.scim.patch(path, hidden), 404)
    if (path.startsWith('/Users'))
      refusedBy(await two.scim.patch(path, { op: 'replace', path: 'active', value: false }), 404)
    refusedBy(
      await two.scim.put(
        path,
        path.startsWith('/Users') ? newUser('x@example.org') : { schemas: [`${core}:Group`], displayName: 'x' },
      ),
      404,
    )
    refusedBy(await two.scim.delete(path), 404)
    const deleted = ok(await two.scim.post('/Bulk', bulkRequest([{ method: 'DELETE', path }])))
    assert.equal(deleted.Operations[0].status, '404')
  }
  // Nobody of another directory, and nobody who was here before, comes into its groups.
  for (const value of [user.id, mel])
    refusedBy(await two.scim.patch(`/Groups/${mine.id}`, { op: 'add', path: 'members', value: [{ value }] }), 400)
  for (const path of ['/Users', '/Groups', '/Users?filter=id%20pr']) {
    const found: string[] = ok(await two.scim.get(path)).Resources.map(({ id }) => id)
    for (const id of [user.id, mel, group.id]) assert.equal(found.includes(id), false)
  }
  assert.equal(ok(await two.scim.find('Users', 'userName eq "hers@example.org"')).totalResults, 0)
  // Somebody who is here already is not taken over by naming their address.
  const taken = await two.scim.post('/Users', newUser('mel@example.com'))
  refusedBy(taken, 409, 'uniqueness')
  refusedBy(
    await two.scim.post('/Users', { ...newUser('ana'), emails: [{ value: 'ANA@example.com', primary: true }] }),
    409,
  )
  assert.equal(ok(await one.scim.get(`/Users/${user.id}`)).active, true)
  const me = await ana.call<{ username: string }>('GET', '/me')
  assert.equal(me.username, 'ana')
})

test('each kind of secret opens its own door alone', async () => {
  await using postern = await started()
  const ana = await postern.owner()
  const { token, scim, id } = await connectDirectory(ana)
  const pat = await ana.makeToken('all', ['repository:write', 'account:read'])
  for (const other of [pat, `pst_scim_${pat.slice(8)}`, token.toUpperCase(), `${token} `.repeat(2).trim(), ''])
    refusedBy(await new ScimClient(postern.origin, other).get('/Users'), 401)
  // A browser that is signed in is no directory.
  const cookie = await ana.fetch('GET', `${postern.origin}/scim/v2/Users`)
  assert.equal(cookie.status, 401)
  const basic = Buffer.from(`any:${token}`).toString('base64')
  refusedBy(await new ScimClient(postern.origin, null).get('/Users', { authorization: `Basic ${basic}` }), 401)
  refusedBy(await new ScimClient(postern.origin, null).get(`/Users?access_token=${token}`), 401)

  const bearer = { authorization: `Bearer ${token}` }
  for (const path of ['/me', '/people', '/groups', '/directory/connections', '/audit'])
    assert.equal((await postern.stranger().fetch('GET', path, undefined, bearer)).status, 401, path)
  await ana.call('POST', '/projects', { name: 'pay', description: '' })
  await ana.call('POST', '/projects/pay/repositories', { name: 'api', description: '' })
  for (const authorization of [bearer.authorization, `Basic ${basic}`]) {
    const refs = await fetch(`${postern.origin}/pay/api.git/info/refs?service=git-upload-pack`, {
      headers: { authorization },
    })
    assert.equal(refs.status, 401)
  }

  ok(await scim.get('/Users'))
  await ana.act('DELETE', `/directory/connections/${id}`, { people: 'stay' })
  refusedBy(await scim.get('/Users'), 401)
})

test('a token that somebody saw who has left is told of until it is made anew, and then good for nothing', async () => {
  await using postern = await started()
  const ana = await postern.owner()
  const bo = await postern.join(ana, 'bo', 'owner')
  const { token, id } = await connectDirectory(bo)
  const cy = await postern.join(ana, 'cy', 'owner')
  const other = await connectDirectory(cy, 'Other')
  const { kinds } = await ana.call<{ kinds: { kind: string; count: number }[] }>('GET', '/people/bo/access')
  assert.equal(kinds.find(({ kind }) => kind === 'directories whose token they have seen')?.count, 1)
  const told = async (): Promise<string[]> => {
    const { attention } = await ana.call<{ attention: { kind: string }[] }>('GET', '/home')
    return attention.flatMap(({ kind }) => (kind.startsWith('directory-') ? [kind] : []))
  }
  assert.deepEqual(await told(), [])
  const receipt = await ana.act<{ remains: { what: string }[] }>('POST', '/people/bo/end', { reason: 'left' })
  assert.ok(receipt.remains.some(({ what }) => what.includes('The token of directories, which was shown to them')))
  assert.deepEqual(await told(), [`directory-${id}`])
  // What it is told for: whoever has it lets in whom they want.
  const former = new ScimClient(postern.origin, token)
  assert.equal((await former.post('/Users', newUser('bo-again@example.org'))).status, 201)

  const renewed = await ana.act<{ token: string }>('POST', `/directory/connections/${id}/token`, { tokenDays: null })
  refusedBy(await former.get('/Users'), 401)
  ok(await new ScimClient(postern.origin, renewed.token).get('/Users'))
  assert.deepEqual(await told(), [])

  // Made anew before they go, the one before works for an hour, but not for them.
  await ana.act('POST', `/directory/connections/${other.id}/token`, { tokenDays: null })
  const before = new ScimClient(postern.origin, other.token)
  ok(await before.get('/Users'))
  const second = await ana.act<{ remains: { what: string }[] }>('POST', '/people/cy/end', { reason: 'left' })
  assert.ok(!second.remains.some(({ what }) => what.includes('The token of directories')))
  refusedBy(await before.get('/Users'), 401)
})

test('the last administrator, ended by the directory that had brought them: it ends, loudly', async () => {
  await using mail = await startMailServer()
  await using postern = await started([
    '--smtp-url',
    `smtp://127.0.0.1:${mail.port}`,
    '--mail-from',
    'git@postern.example',
  ])
  const ana = await postern.owner()
  const { scim } = await connectDirectory(ana)
  const user = await scim.makeUser('boss@example.org')
  const { database } = postern.postern.ceremonies
  // As a role given through a group would have it, with nobody else left.
  await database.write(async (tx) => {
    await tx
      .updateTable('user')
      .set({ role: 'owner' })
      .where('id', '=', user.id as `usr_${string}`)
      .execute()
    await tx.updateTable('user').set({ role: 'admin' }).where('username', '=', 'ana').execute()
  })
  const warned = async (): Promise<string> =>
    (await ana.call<{ attention: { kind: string; text: string }[] }>('GET', '/home')).attention.find(
      ({ kind }) => kind === 'ownerless',
    )?.text ?? ''
  assert.equal(await warned(), '')
  assert.equal((await scim.delete(`/Users/${user.id}`)).status, 204)
  const row = await database.read
    .selectFrom('user')
    .select('state')
    .where('id', '=', user.id as `usr_${string}`)
    .executeTakeFirstOrThrow()
  assert.equal(row.state, 'ended')
  const events = await database.read
    .selectFrom('auditEvent')
    .select('action')
    .where('action', '=', 'instance.ownerless')
    .execute()
  assert.equal(events.length, 1)
  // Every administrator reads it, and the server's own shell helps (decision 6).
  assert.match(await warned(), /^No owner is left.*`postern admin setup-link` makes a next one\.$/)
  for (;;) {
    const letter = await mail.next()
    if (letter.headers.get('subject') !== 'No owner is left') continue
    assert.deepEqual(letter.to, ['ana@example.com'])
    break
  }
  const { url } = (await answerAdmin(postern.postern, { command: 'setup-link' })) as { url: string }
  const next = postern.stranger()
  await next.register(url, applicant('next'))
  assert.equal((await next.call<{ role: string }>('GET', '/me')).role, 'owner')
  assert.equal(await warned(), '')
})

test('whoever the directory ends is out at once, and comes back only by it', async () => {
  await using postern = await started()
  const ana = await postern.owner()
  const { scim } = await connectDirectory(ana)
  const user = await scim.makeUser('zoe@example.org')
  const { items } = await ana.call<{ items: { id: string; username: string }[] }>('GET', '/people?q=zoe')
  const username = items[0]?.username ?? ''
  const { link } = await ana.act<{ link: string }>('POST', `/people/${username}/registration-link`, {})
  const zoe = postern.stranger()
  await zoe.register(link, { username, displayName: 'Zoe', email: 'zoe@example.org' })
  const token = await zoe.makeToken('mine', ['account:read'])
  const withToken = () => postern.stranger().fetch('GET', '/people', undefined, { authorization: `Bearer ${token}` })
  assert.equal((await withToken()).status, 200)

  ok(await scim.patch(`/Users/${user.id}`, { op: 'replace', path: 'active', value: false }))
  assert.equal((await zoe.fetch('GET', '/me')).status, 401)
  assert.equal((await withToken()).status, 401)
  await assert.rejects(zoe.signIn())
  // A create that says `active: false` of somebody who is here ends their access too; it makes nobody anew.
  ok(await scim.patch(`/Users/${user.id}`, { op: 'replace', path: 'active', value: true }))
  await zoe.signIn()
  assert.equal((await withToken()).status, 401)
  const again = await scim.post('/Users', newUser('zoe@example.org', { active: false }))
  assert.ok([200, 201, 409].includes(again.status))
  assert.equal((await zoe.fetch('GET', '/me')).status, 401)
})

test('whom the directory lets go after people here did, nobody here takes back', async () => {
  await using postern = await started()
  const ana = await postern.owner()
  const { scim } = await connectDirectory(ana)
  const { database, now } = postern.postern.ceremonies
  for (const name of ['zoe', 'guy']) {
    const user = await scim.makeUser(`${name}@example.org`)
    const { username } = await database.read
      .selectFrom('user')
      .select('username')
      .where('id', '=', user.id as `usr_${string}`)
      .executeTakeFirstOrThrow()
    if (name === 'zoe') await ana.act('POST', `/people/${username}/end`, { reason: 'left' })
    else
      await database.write(async (tx) => {
        const userId = user.id as `usr_${string}`
        await tx.updateTable('user').set({ role: 'guest', endsAt: now() }).where('id', '=', userId).execute()
        await postern.postern.endAccess.end(tx, { userId, cause: 'guest-end', actor: null, at: now() })
      })
    ok(await scim.patch(`/Users/${user.id}`, { op: 'replace', path: 'active', value: false }))
    if (name === 'guy') await refused(ana.act('POST', `/people/${username}/extend`, {}), 409, 'managed')
    await refused(ana.act('POST', `/people/${username}/restore`, {}), 409, 'managed')
    ok(await scim.patch(`/Users/${user.id}`, { op: 'replace', path: 'active', value: true }))
    await ana.act('POST', `/people/${username}/restore`, {})
  }
})

test('one member more costs the same in a group of many as in one of few', async () => {
  await using postern = await started()
  const { scim } = await connectDirectory(await postern.owner())
  const size = 1200
  const ids: string[] = []
  for (let at = 0; at < size; at += 100) {
    const operations = Array.from({ length: 100 }, (_, offset) => ({
      method: 'POST',
      path: '/Users',
      bulkId: `u${offset}`,
      data: newUser(`u${at + offset}@example.org`),
    }))
    const { Operations } = ok(await scim.post('/Bulk', bulkRequest(operations)))
    ids.push(...Operations.map(({ location }) => location.split('/').at(-1) ?? ''))
  }
  const few = await scim.makeGroup('Few')
  const many = await scim.makeGroup('Many', ids.slice(0, size - 2))
  assert.equal(ok(await scim.get(`/Groups/${many.id}`)).members.length, size - 2)
  // A page has as many as discovery says, whatever is asked for.
  const { filter, pagination } = ok(await scim.get('/ServiceProviderConfig'))
  for (const [query, length] of [
    ['count=1000000', filter.maxResults],
    ['count=1000000&cursor=', pagination.maxPageSize],
    ['count=1000000&filter=userName%20pr', filter.maxResults],
    ['', pagination.defaultPageSize],
  ] as const) {
    const page = ok(await scim.get(`/Users?attributes=userName&${query}`))
    assert.deepEqual([page.Resources.length, page.itemsPerPage, page.totalResults], [length, length, size], query)
  }
  const value = ids.at(-1) ?? ''
  const costOf = async (group: Json, operation: object) => {
    let bytes = 0
    const cost = await countStatements(async () => {
      const answer = await scim.send('PATCH', `/Groups/${group.id}?excludedAttributes=members`, {
        schemas: [`${messages}:PatchOp`],
        Operations: [operation],
      })
      assert.ok([200, 204].includes(answer.status))
      bytes = JSON.stringify(answer.body ?? '').length
    })
    return { ...cost, bytes }
  }
  const add = { op: 'Add', path: 'members', value: [{ value }] }
  for (const operation of [
    add,
    { op: 'Remove', path: 'members', value: [{ value }] },
    add,
    { op: 'remove', path: `members[value eq "${value}"]` },
    add,
  ]) {
    const [small, big] = [await costOf(few, operation), await costOf(many, operation)]
    const said = `${JSON.stringify(operation)}: ${JSON.stringify(small)} and ${JSON.stringify(big)}`
    // What runs beside it each second may add a few.
    assert.ok(Math.abs(big.statements - small.statements) <= 12, said)
    assert.ok(Math.abs(big.rows - small.rows) <= 12, said)
    assert.ok(Math.abs(big.bytes - small.bytes) < 200, said)
    // Nor does the store look at them by itself: a count of 50,000 is one row, too.
    const reading = [...big.texts].filter((text) => /^(?!delete).* from "groupMember"/.test(text))
    assert.deepEqual(reading, [], said)
  }
  assert.equal(ok(await scim.get(`/Groups/${many.id}`)).members.length, size - 1)
})
