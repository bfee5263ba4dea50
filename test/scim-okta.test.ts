import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectDirectory, core, type Json, messages, newUser, ok, refusedBy, ScimClient } from './support/scim.ts'
import { startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

/**
 * The twelve steps of the suite "Okta SCIM 2.0 SPEC Test" that Okta publishes for those who build an integration
 * (developer.okta.com/docs/guides/scim-provisioning-integration-test, the file "Okta SCIM Spec Test" for Runscope),
 * written from its description.
 */
for (const { name, flags } of eitherStore)
  test(`Okta’s SPEC test, on ${name}`, async (context) => {
    await using postern = await startPostern({ flags: await flags() })
    const { scim } = await connectDirectory(await postern.owner())
    await scim.makeUser('first@atko.example')
    const userName = 'Runscope300Ruth@atko.example'
    const byName = (value: string) => scim.find('Users', `userName eq "${value}"`)
    const checkUser = (user: Json): void => {
      for (const value of [user.id, user.name.familyName, user.name.givenName, user.userName, user.emails[0].value])
        assert.ok(typeof value === 'string' && value !== '')
      assert.equal(typeof user.active, 'boolean')
    }
    let known = ''
    let made = ''

    await context.test('1 Users can be listed', async () => {
      const list = ok(await scim.get('/Users?count=1&startIndex=1'))
      assert.deepEqual(list.schemas, [`${messages}:ListResponse`])
      for (const count of [list.itemsPerPage, list.startIndex, list.totalResults]) assert.ok(Number.isInteger(count))
      checkUser(list.Resources[0])
      known = list.Resources[0].id
    })
    await context.test('2 one of them can be read by id', async () => {
      const user = ok(await scim.get(`/Users/${known}`))
      checkUser(user)
      assert.equal(user.id, known)
    })
    await context.test('3 a name that nobody has gives an empty list', async () => {
      const list = ok(await byName('abcdefgh@atko.example'))
      assert.deepEqual([list.schemas, list.totalResults], [[`${messages}:ListResponse`], 0])
    })
    await context.test('4 an id that nobody has gives 404, as an error in words', async () => {
      refusedBy(await scim.get('/Users/010101001010101011001010101011'), 404)
    })
    await context.test('5 the user of this run does not exist yet', async () => {
      assert.equal(ok(await byName(userName)).totalResults, 0)
    })
    await context.test('6 a user with realistic values is created', async () => {
      const user = ok(
        await scim.post('/Users', {
          schemas: [`${core}:User`],
          userName,
          name: { givenName: 'Ruth', familyName: 'Runscope' },
          emails: [{ primary: true, value: userName, type: 'work' }],
          displayName: 'Ruth Runscope',
          active: true,
        }),
        201,
      )
      assert.deepEqual(
        [user.active, user.name.familyName, user.name.givenName, user.userName, user.schemas],
        [true, 'Runscope', 'Ruth', userName, [`${core}:User`]],
      )
      made = user.id
    })
    await context.test('7 it was created', async () => {
      const user = ok(await scim.get(`/Users/${made}`))
      assert.deepEqual([user.userName, user.name], [userName, { givenName: 'Ruth', familyName: 'Runscope' }])
    })
    await context.test('8 creating it again is refused with 409', async () => {
      refusedBy(await scim.post('/Users', newUser(userName)), 409, 'uniqueness')
    })
    await context.test('9 its name is found in whatever case', async () => {
      const list = ok(await byName(userName.toUpperCase()))
      assert.deepEqual([list.totalResults, list.Resources[0].id], [1, made])
    })
    await context.test('10 Groups can be listed', async () => {
      const list = ok(await scim.get('/Groups'))
      assert.deepEqual(list.schemas, [`${messages}:ListResponse`])
    })
    await context.test('11 a wrong token gives 401, as an error in words', async () => {
      refusedBy(await new ScimClient(postern.origin, 'wrong').get('/Users?count=1'), 401)
    })
    await context.test('12 another unknown id gives 404, as an error in words', async () => {
      refusedBy(await scim.get('/Users/00919288221112222'), 404)
    })
  })

/** From "Okta and SCIM Version 2.0" (developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20). */
test('what Okta sends in a person’s life', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  const { scim } = await connectDirectory(ana)
  const find = `/Users?filter=${encodeURIComponent('userName eq "test.user@okta.local"')}&startIndex=1&count=100`
  const none = ok(await scim.get(find))
  assert.deepEqual([none.totalResults, none.startIndex, none.itemsPerPage, none.Resources], [0, 1, 0, []])

  const sent = {
    ...newUser('test.user@okta.local'),
    locale: 'en-US',
    externalId: '00ujl29u0le5T6Aj10h7',
    groups: [],
    password: '1mz050nq',
  }
  const made = ok(await scim.post('/Users', sent), 201)
  const path = `/Users/${made.id}`
  assert.equal(made.password, undefined)
  assert.equal(ok(await scim.get(find)).Resources[0].id, made.id)
  const stateOf = async (): Promise<string> => {
    const { items } = await ana.call<{ items: { email: string; state: string }[] }>('GET', '/people?q=test.user')
    assert.equal(items.length, 1)
    return items[0]?.state ?? ''
  }
  assert.equal(await stateOf(), 'active')

  // The whole user comes back in a PUT, with what is ours still in it.
  const current = ok(await scim.get(path))
  const renamed = {
    ...current,
    name: { givenName: 'Another', middleName: 'Excited', familyName: 'User' },
    password: 'x',
  }
  const put = ok(await scim.put(path, renamed))
  assert.deepEqual([put.id, put.name.givenName, put.externalId], [made.id, 'Another', sent.externalId])

  const deactivate = { op: 'replace', value: { active: false } }
  assert.equal(ok(await scim.patch(path, deactivate)).active, false)
  assert.equal(await stateOf(), 'ended')
  assert.equal(ok(await scim.get(path)).active, false)
  // A PUT that does not speak of it does not bring anybody back.
  const { active: _, ...silent } = ok(await scim.get(path))
  assert.equal(ok(await scim.put(path, silent)).active, false)
  assert.equal(await stateOf(), 'ended')
  assert.equal(ok(await scim.patch(path, { op: 'replace', value: { active: true } })).active, true)
  assert.equal(await stateOf(), 'active')
  // Older integrations deactivate with a PUT of everything.
  assert.equal(ok(await scim.put(path, { ...ok(await scim.get(path)), active: false })).active, false)
  assert.equal(await stateOf(), 'ended')
})

test('a group that Okta pushes: made, filled, renamed, emptied, deleted', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  const { scim } = await connectDirectory(ana)
  const [alice, bob] = [await scim.makeUser('alice@atko.example'), await scim.makeUser('bob@atko.example')]
  const group = await scim.makeGroup('Test SCIMv2')
  const path = `/Groups/${group.id}`
  const members = async (): Promise<string[]> =>
    (ok(await scim.get(path)).members ?? []).map(({ value }) => value).sort()
  const inConsole = async (): Promise<string[]> => {
    const { items } = await ana.call<{ items: { members: { id: string }[] }[] }>('GET', '/groups')
    return items.flatMap((each) => each.members.map(({ id }) => id)).sort()
  }
  const change = async (...operations: unknown[]): Promise<void> => {
    const { status } = await scim.patch(path, ...operations)
    assert.ok(status === 200 || status === 204, String(status))
  }

  assert.equal(ok(await scim.find('Groups', 'displayName eq "Test SCIMv2"')).totalResults, 1)
  await change({ op: 'replace', value: { id: group.id, displayName: 'Test SCIMv2 renamed' } })
  assert.equal(ok(await scim.get(path)).displayName, 'Test SCIMv2 renamed')
  await change({ op: 'add', path: 'members', value: [{ value: alice.id, display: 'alice@atko.example' }] })
  assert.deepEqual([await members(), await inConsole()], [[alice.id], [alice.id]])
  await change(
    { op: 'remove', path: `members[value eq "${alice.id}"]` },
    { op: 'add', path: 'members', value: [{ value: bob.id, display: 'bob@atko.example' }] },
  )
  assert.deepEqual(await members(), [bob.id])
  await change({ op: 'replace', path: 'members', value: [{ value: alice.id }, { value: bob.id }] })
  assert.deepEqual(await members(), [alice.id, bob.id].sort())
  ok(
    await scim.put(path, {
      schemas: [`${core}:Group`],
      id: group.id,
      displayName: 'Again',
      members: [{ value: bob.id }],
    }),
  )
  assert.deepEqual([await members(), await inConsole()], [[bob.id], [bob.id]])
  assert.equal((await scim.delete(path)).status, 204)
  assert.deepEqual(await inConsole(), [])
  // Whoever was in it is still here.
  assert.equal(ok(await scim.get(`/Users/${bob.id}`)).active, true)
})
