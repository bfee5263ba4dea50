import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectDirectory, core, enterprise, type Json, messages, ok, refusedBy } from './support/scim.ts'
import { startPostern } from './support/start-postern.ts'

/**
 * What Microsoft Entra ID sends, from "Develop and plan provisioning for a SCIM endpoint" (learn.microsoft.com) and its
 * known oddities: capitalised operations, truth values as strings, paths into lists that are empty.
 */
test('a person as Entra brings, changes and takes them away', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  const { scim } = await connectDirectory(ana, 'Entra', 'entra')
  const name = 'Test_User_ab6490ee@testuser.example'
  assert.equal(ok(await scim.find('Users', `userName eq "${name}"`)).totalResults, 0)
  const externalId = '0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef'
  assert.equal(ok(await scim.find('Users', `externalId eq "${externalId}"`)).totalResults, 0)
  const made = ok(
    await scim.post('/Users', {
      schemas: [`${core}:User`, enterprise],
      externalId,
      userName: name,
      active: true,
      meta: { resourceType: 'User' },
      name: { formatted: 'givenName familyName', familyName: 'familyName', givenName: 'givenName' },
      emails: [{ primary: true, type: 'work', value: 'Test_User_ab6490ee@testuser.example' }],
      roles: [],
    }),
    201,
  )
  const path = `/Users/${made.id}`
  const change = async (...operations: unknown[]): Promise<Json> => {
    const answer = await scim.patch(path, ...operations)
    assert.ok([200, 204].includes(answer.status), JSON.stringify(answer.body))
    return ok(await scim.get(path))
  }

  const after = await change(
    { op: 'Replace', path: 'displayName', value: 'Another Name' },
    { op: 'Replace', path: 'name.familyName', value: 'updatedFamilyName' },
    { op: 'Add', path: 'emails[type eq "home"].value', value: 'home@testuser.example' },
    { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+49 30 1' },
    { op: 'Add', path: 'addresses[type eq "work"].streetAddress', value: 'Main Street 1' },
    { op: 'Add', path: `${enterprise}:department`, value: 'Sales' },
    { op: 'Add', path: `${enterprise}:manager`, value: 'mgr-7' },
  )
  assert.deepEqual([after.displayName, after.name.familyName], ['Another Name', 'updatedFamilyName'])
  assert.deepEqual(after.emails.map(({ type, value }) => `${type} ${value}`).sort(), [
    'home home@testuser.example',
    `work ${name}`,
  ])
  assert.deepEqual([after.phoneNumbers[0].type, after.phoneNumbers[0].value], ['mobile', '+49 30 1'])
  assert.equal(after.addresses[0].streetAddress, 'Main Street 1')
  assert.deepEqual([after[enterprise].department, after[enterprise].manager.value], ['Sales', 'mgr-7'])
  const dotted = await change({ op: 'Replace', path: `${enterprise}:manager.value`, value: 'mgr-8' })
  assert.equal(dotted[enterprise].manager.value, 'mgr-8')
  const moved = await change({ op: 'Replace', path: 'emails[type eq "work"].value', value: 'new@testuser.example' })
  assert.equal(moved.emails.find(({ type }) => type === 'work')?.value, 'new@testuser.example')
  const gone = await change({ op: 'Remove', path: `${enterprise}:manager` })
  assert.equal(gone[enterprise].manager, undefined)

  const isActive = async (): Promise<unknown> => ok(await scim.get(path)).active
  for (const [value, active] of [
    ['False', false],
    ['True', true],
    ['false', false],
    ['true', true],
  ] as const) {
    assert.equal((await change({ op: 'Replace', path: 'active', value })).active, active, value)
    // Both spellings of one request that it has had over the years.
    assert.equal((await change({ op: 'Replace', value: { active: String(!active) } })).active, !active)
    await change({ op: 'Replace', path: 'active', value })
  }
  for (const value of ['no', 'f', 0, 1, 'FALSE!'])
    refusedBy(await scim.patch(path, { op: 'Replace', path: 'active', value }), 400)
  // No value at all says nothing: it ends nobody, and brings nobody back.
  for (const active of [true, false]) {
    await change({ op: 'Replace', path: 'active', value: active })
    for (const value of [null, [], {}]) await scim.patch(path, { op: 'Replace', path: 'active', value })
    await scim.patch(path, { op: 'Remove', path: 'active' })
    assert.equal(await isActive(), active)
  }
  await change({ op: 'Replace', path: 'active', value: true })

  // First it says that the person is no longer there, thirty days later that they never come back.
  assert.equal((await change({ op: 'Replace', path: 'active', value: 'False' })).active, false)
  assert.equal((await scim.delete(path)).status, 204)
  refusedBy(await scim.get(path), 404)
  assert.equal(ok(await scim.find('Users', `userName eq "${name}"`)).totalResults, 0)
})

test('an address into a list that is empty makes the entry', async () => {
  await using postern = await startPostern()
  const { scim } = await connectDirectory(await postern.owner(), 'Entra', 'entra')
  const made = ok(await scim.post('/Users', { schemas: [`${core}:User`], userName: 'bare@testuser.example' }), 201)
  const first = { op: 'Add', path: 'emails[type eq "work"].value', value: 'bare@testuser.example' }
  assert.ok([200, 204].includes((await scim.patch(`/Users/${made.id}`, first)).status))
  const [email] = ok(await scim.get(`/Users/${made.id}`)).emails
  assert.deepEqual([email.type, email.value], ['work', 'bare@testuser.example'])
})

interface Member {
  value: string
}

test('groups as Entra keeps them: names, members added and removed by list', async () => {
  await using postern = await startPostern()
  const { scim } = await connectDirectory(await postern.owner(), 'Entra', 'entra')
  const people: Json[] = []
  for (const name of ['a', 'b', 'c']) people.push(await scim.makeUser(`${name}@testuser.example`))
  const [a, b, c] = people.map(({ id }) => ({ value: id })) as [Member, Member, Member]
  const made = ok(
    await scim.post('/Groups', {
      schemas: [`${core}:Group`, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
      externalId: '8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159',
      displayName: 'displayName',
      meta: { resourceType: 'Group' },
    }),
    201,
  )
  const path = `/Groups/${made.id}`
  const send = async (...operations: unknown[]): Promise<string[]> => {
    const answer = await scim.patch(path, ...operations)
    assert.ok([200, 204].includes(answer.status), JSON.stringify(answer.body))
    return (ok(await scim.get(path)).members ?? []).map(({ value }) => value).sort()
  }
  const sorted = (...members: Member[]): string[] => members.map(({ value }) => value).sort()

  const found = await scim.get(
    `/Groups?excludedAttributes=members&filter=${encodeURIComponent('displayName eq "displayName"')}`,
  )
  assert.deepEqual([ok(found).totalResults, found.body.Resources[0].members], [1, undefined])
  assert.deepEqual(await send({ op: 'Add', path: 'members', value: [a, b, c] }), sorted(a, b, c))
  assert.deepEqual(await send({ op: 'Replace', path: 'displayName', value: 'renamed' }), sorted(a, b, c))
  assert.equal(ok(await scim.get(path)).displayName, 'renamed')
  // Its way to remove is a list of values beside the path: it means those, never all of them.
  assert.deepEqual(await send({ op: 'Remove', path: 'members', value: [b] }), sorted(a, c))
  assert.deepEqual(await send({ op: 'Remove', path: 'members', value: [b] }), sorted(a, c))
  assert.deepEqual(await send({ op: 'Remove', path: 'members', value: [{ value: 'usr_nobody' }] }), sorted(a, c))
  assert.deepEqual(await send({ op: 'Remove', path: `members[value eq "${a.value}"]` }), sorted(c))
  assert.deepEqual(await send({ op: 'Add', path: 'members', value: [c, c, a] }), sorted(a, c))
  assert.deepEqual(await send({ op: 'Remove', path: 'members' }), [])
  refusedBy(
    await scim.send('PATCH', path, {
      schemas: [`${messages}:PatchOp`],
      Operations: [{ op: 'Add', path: 'members', value: [{ value: 'usr_nobody' }] }],
    }),
    400,
  )
  // One list of requests is one transaction: the good half of a bad one is not done.
  const bad = await scim.patch(
    path,
    { op: 'Add', path: 'members', value: [a] },
    { op: 'Replace', path: 'id', value: 'x' },
  )
  assert.equal(bad.status, 400)
  assert.deepEqual(await send({ op: 'Add', path: 'members', value: [b] }), sorted(b))
})
