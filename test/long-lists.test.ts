import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '../src/database/id.ts'
import type { Group } from '../src/identity/shapes.ts'
import { createUser } from '../src/identity/users.ts'
import type { ProjectView } from '../src/repositories/shapes.ts'
import type { Person } from '../src/walk/person.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { stores } from './support/stores.ts'

const many = 120

for (const store of stores)
  test(`lists of an organisation of any size come in pages, on ${store.name}`, async () => {
    await using postern = await startPostern({ flags: await store.flags() })
    const ana = await postern.owner()
    const bo = await postern.join(ana, 'bo')
    await fill(postern)
    for (const [project, name, visibility] of [
      ['project-000', 'hidden', 'private'],
      ['project-000', 'secret', 'private'],
      ['project-000', 'shared', 'internal'],
      ['project-002', 'hidden', 'private'],
      ['project-002', 'secret', 'private'],
    ] as const)
      await ana.call('POST', `/projects/${project}/repositories`, {
        name,
        description: '',
        visibility,
      })
    const groups = await readAll<Group>(ana, '/groups')
    assert.deepEqual(
      groups.map(({ name }) => name),
      numbered('group', 'Group').map(({ shown }) => shown),
      'each once, by name, in whatever case it is written',
    )
    const [whole, none] = groups
    assert.deepEqual([whole?.memberCount, whole?.members.length], [many, 20])
    assert.deepEqual([none?.memberCount, none?.members], [0, []])
    assert.deepEqual(
      (await readAll<{ username: string }>(bo, '/groups/GROUP-000/members')).map(({ username }) => username),
      numbered('person').map(({ name }) => name),
    )
    const found = await bo.call<{ items: Group[]; nextCursor: null }>('GET', '/groups?q=P-11%25')
    assert.deepEqual([found.items.length, found.nextCursor, found.items[0]?.name], [10, null, 'group-110'])

    const projects = await readAll<ProjectView>(ana, '/projects')
    assert.deepEqual(
      projects.map(({ name }) => name),
      numbered('project', 'Project').map(({ shown }) => shown),
    )
    assert.deepEqual([projects[0]?.repositoryCount, projects[0]?.myRole], [3, 'admin'])
    // Somebody who reaches a few: by a role in the whole project, by one repository, by being of the organisation.
    await ana.act('PUT', '/projects/project-001/members/user/bo', { role: 'admin' })
    await ana.act('PUT', '/projects/project-002/repositories/hidden/members/user/bo', { role: 'read' })
    const seen = async (query = ''): Promise<unknown[]> =>
      (await readAll<ProjectView>(bo, `/projects${query}`)).map((one) => [one.name, one.repositoryCount, one.myRole])
    assert.deepEqual(await seen(), [
      ['Project-000', 1, null],
      ['Project-001', 0, 'admin'],
      ['Project-002', 1, null],
    ])
    assert.deepEqual(await seen('?role=admin'), [['Project-001', 0, 'admin']])
    assert.deepEqual(await seen('?q=T-002'), [['Project-002', 1, null]])
    assert.equal(
      (await bo.call<ProjectView>('GET', '/projects/project-000')).repositoryCount,
      1,
      'not how many there are',
    )
    await ana.call('POST', '/projects', { name: 'clinic', description: 'For Ärzte' })
    const clinics = await readAll<ProjectView>(ana, `/projects?q=${encodeURIComponent('FOR Ärzte')}`)
    assert.deepEqual(
      clinics.map(({ name }) => name),
      ['clinic'],
      'capitals that the stores do not fold are found as they are written',
    )
    await ana.call('POST', '/projects', { name: 'day_ward', description: String.raw`All of C:\wards, 100% of it` })
    for (const typed of ['Y_WA', String.raw`c:\ward`, '100% of'])
      assert.deepEqual(
        (await readAll<ProjectView>(ana, `/projects?q=${encodeURIComponent(typed)}`)).map(({ name }) => name),
        ['day_ward'],
        `what a pattern would read as more than itself is found too: ${typed}`,
      )
    const token = { authorization: `Bearer ${await bo.makeToken('git', ['account:read'])}` }
    assert.deepEqual((await bo.call<{ items: unknown[] }>('GET', '/projects', undefined, token)).items, [])
  })

/** Names with a number, and how they are written: the first half with a capital. */
const numbered = (name: string, written = name) =>
  Array.from({ length: many }, (_, index) => {
    const number = String(index).padStart(3, '0')
    return { name: `${name}-${number}`, shown: `${index < many / 2 ? written : name}-${number}` }
  })

/** Groups, the first of which has everybody in it, and projects. */
async function fill({ postern: { ceremonies } }: StartedPostern): Promise<void> {
  const { database, now } = ceremonies
  const at = now()
  await database.write(async (tx) => {
    const made = { description: '', isDemo: 0 as const, createdAt: at }
    const free = { managedBy: null, organisationRole: null }
    const groups = numbered('group', 'Group').map(({ shown }) => ({ id: newId('grp'), name: shown, ...made, ...free }))
    await tx.insertInto('userGroup').values(groups).execute()
    const groupId = groups[0]?.id ?? newId('grp')
    let createdBy = newId('usr')
    for (const { name } of numbered('person')) {
      const about = { username: name, displayName: name, email: `${name}@example.com`, role: 'member' as const }
      const { id: userId } = await createUser(tx, { ...about, createdBy: null, at })
      await tx.insertInto('groupMember').values({ groupId, userId, joinedAt: at }).execute()
      createdBy = userId
    }
    const projects = numbered('project', 'Project').map(({ shown }) => ({
      id: newId('prj'),
      name: shown,
      ...made,
      createdBy,
    }))
    await tx.insertInto('project').values(projects).execute()
  })
}

async function readAll<Item>(person: Person, path: string): Promise<Item[]> {
  const all: Item[] = []
  let cursor: string | null = null
  do {
    const query: string = cursor === null ? path : `${path}${path.includes('?') ? '&' : '?'}cursor=${cursor}`
    const page: { items: Item[]; nextCursor: string | null } = await person.call('GET', query)
    assert.ok(page.items.length <= 50)
    all.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return all
}
