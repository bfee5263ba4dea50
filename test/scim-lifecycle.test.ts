import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import type { Person } from '../src/walk/person.ts'
import { applicant } from './support/ceremony.ts'
import { startMailServer } from './support/mail-server.ts'
import { bulkRequest } from './support/scim-checks/bulk.ts'
import { setRules } from './support/guardrails.ts'
import { refused } from './support/refusal.ts'
import { connectDirectory, core, messages, newUser, ok, refusedBy, type ScimClient } from './support/scim.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { stores } from './support/stores.ts'

interface Brought {
  id: string
  username: string
  /** Registered and signed in. */
  person: Person
}

/** Somebody whom the directory brought, with a passkey. */
async function bring(postern: StartedPostern, owner: Person, scim: ScimClient, userName: string): Promise<Brought> {
  const { id } = await scim.makeUser(userName)
  const { items } = await owner.call<{ items: { id: string; username: string }[] }>('GET', '/people?q=' + userName)
  const username = items.find((each) => each.id === id)?.username ?? assert.fail('is not here')
  const { link } = await owner.act<{ link: string }>('POST', `/people/${username}/registration-link`, {})
  const person = postern.stranger()
  await person.register(link, { username, displayName: username, email: userName })
  return { id, username, person }
}

const isIn = async (person: Person): Promise<boolean> => (await person.fetch('GET', '/me')).status === 200
const active = (value: unknown) => ({ op: 'replace', path: 'active', value })

for (const { name, flags } of stores)
  test(`every way in which a directory says that somebody has gone, on ${name}`, async () => {
    await using postern = await startPostern({ flags: await flags() })
    const ana = await postern.owner()
    const { scim } = await connectDirectory(ana)
    const { id, person } = await bring(postern, ana, scim, 'zoe@example.org')
    const path = `/Users/${id}`
    const patch = { schemas: [`${messages}:PatchOp`], Operations: [active(false)] }
    const ways: Record<string, () => Promise<unknown>> = {
      'PATCH with a path': () => scim.patch(path, active(false)),
      'PATCH without a path': () => scim.patch(path, { op: 'replace', value: { active: false } }),
      'PATCH as Entra spells it': () => scim.patch(path, { op: 'Replace', path: 'Active', value: 'False' }),
      'PATCH by the whole name': () => scim.patch(path, { op: 'add', path: `${core}:User:active`, value: false }),
      'PATCH after other operations': () =>
        scim.patch(path, { op: 'replace', path: 'title', value: 'Gone' }, active(true), active(false)),
      PUT: async () => scim.put(path, { ...ok(await scim.get(path)), active: false }),
      'PUT as text': async () => scim.put(path, { ...ok(await scim.get(path)), active: 'false' }),
      'bulk PATCH': () => scim.post('/Bulk', bulkRequest([{ method: 'PATCH', path, data: patch }])),
      'bulk PUT': async () =>
        scim.post(
          '/Bulk',
          bulkRequest([{ method: 'PUT', path, data: { ...ok(await scim.get(path)), active: false } }]),
        ),
    }
    for (const [way, end] of Object.entries(ways)) {
      await person.signIn()
      assert.equal(await isIn(person), true, way)
      await end()
      assert.equal(await isIn(person), false, way)
      await assert.rejects(person.signIn(), way)
      assert.equal(ok(await scim.get(path)).active, false, way)
      ok(await scim.patch(path, active(true)))
    }
    await person.signIn()
    const bulk = ok(await scim.post('/Bulk', bulkRequest([{ method: 'DELETE', path }])))
    assert.equal(bulk.Operations[0].status, '204')
    assert.equal(await isIn(person), false)
    await assert.rejects(person.signIn())
  })

test('a directory takes back what it ended itself, and nothing that a person ended', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  const { scim } = await connectDirectory(ana)
  const zoe = await bring(postern, ana, scim, 'zoe@example.org')
  const path = `/Users/${zoe.id}`
  const second = new SoftwareAuthenticator()
  const { id: stolen } = await zoe.person.addPasskey(second, 'second')
  await zoe.person.act('DELETE', `/me/credentials/${stolen}`)
  await zoe.person.makeToken('mine', ['account:read'])
  await scim.patch(path, active(false))
  await scim.patch(path, active(true))
  await zoe.person.signIn()
  const { items: keys } = await zoe.person.call<{ items: { name: string }[] }>('GET', '/me/credentials')
  assert.equal(keys.length, 1)
  const { items: tokens } = await zoe.person.call<{ items: unknown[] }>('GET', '/me/tokens')
  assert.deepEqual(tokens, [])

  await ana.act('POST', `/people/${zoe.username}/end`, { reason: 'Left in anger.' })
  for (const back of [
    () => scim.patch(path, active(true)),
    async () => scim.put(path, { ...ok(await scim.get(path)), active: true }),
    () => scim.post('/Users', newUser('zoe@example.org')),
  ]) {
    await back()
    assert.equal(await isIn(zoe.person), false)
    await assert.rejects(zoe.person.signIn())
  }
})

test('whoever leaves the group one must be in is out, and is back when they join it again', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  const { scim, id: connection } = await connectDirectory(ana)
  const zoe = await bring(postern, ana, scim, 'zoe@example.org')
  const group = await scim.makeGroup('Staff', [zoe.id])
  await ana.act('PATCH', `/directory/connections/${connection}`, { requiredGroup: 'Staff' })
  const path = `/Groups/${group.id}`
  const empty = { schemas: [`${core}:Group`], displayName: 'Staff', members: [] }
  const without = { schemas: [`${messages}:PatchOp`], Operations: [{ op: 'remove', path: 'members' }] }
  const ways = [
    () => scim.patch(path, { op: 'remove', path: `members[value eq "${zoe.id}"]` }),
    () => scim.patch(path, { op: 'Remove', path: 'members', value: [{ value: zoe.id }] }),
    () => scim.patch(path, { op: 'replace', path: 'members', value: [] }),
    () => scim.patch(path, { op: 'replace', value: { members: [] } }),
    () => scim.patch(path, { op: 'Remove', path: 'members' }),
    () => scim.put(path, empty),
    () => scim.post('/Bulk', bulkRequest([{ method: 'PATCH', path, data: without }])),
    () => scim.post('/Bulk', bulkRequest([{ method: 'PUT', path, data: empty }])),
  ]
  for (const leave of ways) {
    await zoe.person.signIn()
    await leave()
    assert.equal(await isIn(zoe.person), false)
    await assert.rejects(zoe.person.signIn())
    await scim.patch(path, { op: 'add', path: 'members', value: [{ value: zoe.id }] })
  }
  await zoe.person.signIn()
  // Deleting it must neither end everybody silently nor leave nobody bound.
  const refusal = await scim.delete(path)
  refusedBy(refusal, 409)
  assert.equal(await isIn(zoe.person), true)
})

test('what a person decided on top of a directory’s end stands above it, whatever the directory says later', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  const { scim } = await connectDirectory(ana)
  const zoe = await bring(postern, ana, scim, 'zoe@example.org')
  const path = `/Users/${zoe.id}`
  await scim.patch(path, active(false))
  const { id } = await ana.act<{ id: string }>('POST', '/people/zoe/end', { reason: 'theft' })
  const receipt = await ana.call<{ cause: string; reason: string; ended: unknown[] }>('GET', `/access-ends/${id}`)
  assert.deepEqual([receipt.cause, receipt.reason, receipt.ended], ['console', 'theft', []])
  await refused(ana.act('POST', '/people/zoe/end', { reason: 'again' }), 409, 'already-ended')
  await refused(ana.act('POST', '/people/zoe/restore', {}), 409, 'managed')

  for (const back of [
    () => scim.patch(path, active(true)),
    () => scim.put(path, newUser('zoe@example.org', { active: true })),
    () => scim.patch(path, active('True')),
  ]) {
    await back()
    assert.equal((await scim.get(path)).body.active, false)
    await assert.rejects(zoe.person.signIn())
  }
  // The directory wants them again: from now on it is for people here to say so. Their passkeys stay ended.
  await ana.act('POST', '/people/zoe/restore', {})
  await assert.rejects(zoe.person.signIn())
  await scim.patch(path, active(false))
  await scim.patch(path, active(true))
  await assert.rejects(zoe.person.signIn(), 'a key that a person’s decision ended is not revived by a later round')
  assert.equal((await scim.get(path)).body.active, true)
})

test('whoever is new waits for the group one must be in, and is invited when they are put into it', async () => {
  await using mail = await startMailServer()
  const smtp = ['--smtp-url', `smtp://127.0.0.1:${mail.port}`, '--mail-from', 'git@postern.example']
  await using postern = await startPostern({ flags: smtp })
  const ana = await postern.owner()
  const { scim, id: connection } = await connectDirectory(ana)
  const group = await scim.makeGroup('Staff', [])
  await ana.act('PATCH', `/directory/connections/${connection}`, { requiredGroup: 'Staff' })
  const { body: zoe } = await scim.post('/Users', {
    schemas: [`${core}:User`],
    userName: 'zoe@example.org',
    active: true,
  })
  const sees = async () => (await scim.get(`/Users/${zoe.id}`)).body.active
  assert.equal(zoe.active, false)
  await scim.patch(`/Users/${zoe.id}`, { op: 'replace', path: 'active', value: true })
  assert.equal(await sees(), false)
  await refused(ana.act('POST', '/people/zoe/restore', {}), 409, 'managed')
  assert.ok(!mail.letters.some(({ to }) => to.includes('zoe@example.org')))
  await scim.patch(`/Groups/${group.id}`, { op: 'add', path: 'members', value: [{ value: zoe.id }] })
  assert.equal(await sees(), true)
  for (;;) {
    const link = /http:\/\/localhost:\d+\/-\/setup#[\w-]+/.exec(
      mail.letters.find(({ to, text }) => to.includes('zoe@example.org') && text.includes('/-/setup#'))?.text ?? '',
    )
    if (link === null) {
      await mail.next()
      continue
    }
    const person = postern.stranger()
    await person.register(link[0], applicant('zoe'))
    assert.ok(await isIn(person))
    break
  }
})

test('a group’s role is its members’, the strongest of several, and goes when they leave', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  const adam = await postern.join(ana, 'adam', 'admin')
  const { scim } = await connectDirectory(ana)
  const zoe = await bring(postern, ana, scim, 'zoe@example.org')
  const roleOf = async (): Promise<string> =>
    (await ana.call<{ items: { role: string }[] }>('GET', '/people?q=zoe')).items[0]?.role ?? ''
  const [staff, heads] = [await scim.makeGroup('Staff', [zoe.id]), await scim.makeGroup('Heads', [zoe.id])]
  assert.equal(await roleOf(), 'member')
  await refused(adam.act('PATCH', '/groups/Heads', { organisationRole: 'admin' }), 403, 'not-allowed')
  await ana.act('PATCH', '/groups/Heads', { organisationRole: 'admin' })
  await ana.act('PATCH', '/groups/Staff', { organisationRole: 'guest' })
  assert.equal(await roleOf(), 'admin')
  await scim.patch(`/Groups/${heads.id}`, { op: 'remove', path: `members[value eq "${zoe.id}"]` })
  assert.notEqual(await roleOf(), 'admin')
  await scim.patch(`/Groups/${heads.id}`, { op: 'add', path: 'members', value: [{ value: zoe.id }] })
  assert.equal(await roleOf(), 'admin')
  // It opens projects and stands in guardrails as every group does; the next request goes by who is in it then.
  await ana.call('POST', '/projects', { name: 'pay', description: '' })
  await ana.call('POST', '/projects/pay/repositories', { name: 'api', description: '', visibility: 'private' })
  await ana.act('PUT', '/projects/pay/members/group/Staff', { role: 'read' })
  const sees = async () => (await zoe.person.fetch('GET', '/projects/pay/repositories/api')).status
  const put = (op: string) => scim.patch(`/Groups/${staff.id}`, { op, path: 'members', value: [{ value: zoe.id }] })
  await scim.patch(`/Groups/${heads.id}`, { op: 'remove', path: 'members' })
  assert.equal(await sees(), 200)
  await put('Remove')
  assert.equal(await sees(), 404)
  await setRules(ana, [
    {
      id: 'staff',
      title: 'x',
      mode: 'enforce',
      who: ['group:Staff'],
      does: ['sign-in'],
      requires: { strength: 'attested' },
    },
  ])
  await zoe.person.call('GET', '/projects')
  await put('Add')
  await refused(zoe.person.call('GET', '/projects'), 403, 'stronger-key-needed')
  await setRules(ana, [])
  assert.equal(await sees(), 200)
  await scim.patch(`/Groups/${heads.id}`, { op: 'add', path: 'members', value: [{ value: zoe.id }] })
  assert.equal(await roleOf(), 'admin')
  await scim.delete(`/Groups/${heads.id}`)
  assert.notEqual(await roleOf(), 'admin')

  // Who is in it is the directory's matter, and nobody else's.
  await refused(ana.act('PUT', '/groups/Staff/members/adam', {}), 409, 'managed-group')
  await refused(ana.act('DELETE', `/groups/Staff/members/${zoe.username}`), 409, 'managed-group')
  await refused(ana.act('DELETE', '/groups/Staff'), 409, 'managed-group')
  assert.equal(ok(await scim.get(`/Groups/${staff.id}`)).members.length, 1)
})

test('what a directory is refused is kept in words for whoever looks after it', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  await postern.join(ana, 'mel')
  const { scim } = await connectDirectory(ana)
  refusedBy(await scim.find('Users', 'userName eq "nobody"').then(() => scim.get('/Users/nobody')), 404)
  const read = async () =>
    (
      await ana.call<{ items: { lastError: { sentence: string } | null; lastRequestAt: number }[] }>(
        'GET',
        '/directory/connections',
      )
    ).items[0]
  assert.equal((await read())?.lastError, null)
  assert.ok((await read())?.lastRequestAt)
  const { body } = await scim.post('/Users', newUser('mel@example.com'))
  const sentence = (await read())?.lastError?.sentence ?? ''
  assert.equal(sentence, body.detail)
  assert.match(sentence, /^mel@example\.com: /)
})
