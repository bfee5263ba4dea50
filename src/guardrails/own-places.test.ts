import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { newId } from '../database/id.ts'
import type { OrganisationRole } from '../database/schema.ts'
import type { Caller } from '../identity/caller.ts'
import { findProjectRole, findRepositoryRole } from '../repositories/access.ts'
import { addPerson, addRepository, grant, openStores } from './guardrails-testing.ts'
import { readOwnPlaces } from './own-places.ts'

const role = fc.constantFrom('read' as const, 'write' as const, 'admin' as const)
const world = fc.record({
  person: fc.constantFrom<OrganisationRole>('owner', 'admin', 'member', 'guest'),
  repositories: fc.array(
    fc.record({
      project: fc.constantFrom('one', 'two'),
      visibility: fc.constantFrom('private' as const, 'internal' as const, 'public' as const),
      own: fc.option(role),
      ofGroup: fc.option(role),
      isNamed: fc.boolean(),
    }),
    { maxLength: 6 },
  ),
  inProject: fc.record({ one: fc.option(role), two: fc.option(role) }),
  namesProject: fc.boolean(),
})

test('the samples are exactly the kinds of places that the door itself finds, one of each', async () => {
  const open = openStores['SQLite']
  assert.ok(open)
  await fc.assert(
    fc.asyncProperty(world, async ({ person, repositories, inProject, namesProject }) => {
      const database = await open()
      const id = await addPerson(database, 'ana', { role: person, groups: ['crew'] })
      const group = await database.read.selectFrom('userGroup').select('id').executeTakeFirstOrThrow()
      const made = []
      for (const [index, { project, visibility, own, ofGroup }] of repositories.entries()) {
        const repository = { ...(await addRepository(database, `${project}/r${index}`, visibility)), visibility }
        made.push(repository)
        const scope = { kind: 'repository' as const, id: repository.id }
        if (own !== null) await grant(database, { kind: 'user', id }, scope, own)
        if (ofGroup !== null) await grant(database, { kind: 'group', id: group.id }, scope, ofGroup)
      }
      const projects = await database.read.selectFrom('project').select(['id', 'name']).execute()
      for (const { id: projectId, name } of projects) {
        const given = inProject[name as 'one' | 'two']
        if (given !== null) await grant(database, { kind: 'user', id }, { kind: 'project', id: projectId }, given)
      }
      const named = new Set<string>([
        ...made.flatMap((repository, index) => (repositories[index]?.isNamed ? [repository.id] : [])),
        ...(namesProject ? projects.slice(0, 1).map((project) => project.id) : []),
      ])
      const tell = (projectId: string, repositoryId: string | null, held: string): string =>
        [
          named.has(projectId) ? projectId : '',
          repositoryId && (named.has(repositoryId) ? repositoryId : 'any'),
          held,
        ].join(' ')
      const caller = { id, role: person, by: { kind: 'session' } } as unknown as Caller
      const expected = new Set<string>()
      for (const repository of made) {
        const held = await findRepositoryRole(database.read, caller, repository)
        if (held !== undefined) expected.add(tell(repository.projectId, repository.id, held))
      }
      for (const project of projects) {
        const held = await findProjectRole(database.read, caller, project.id)
        if (held !== undefined) expected.add(tell(project.id, null, held))
      }
      const ownPlaces = await readOwnPlaces(database.read, named)
      const found = ownPlaces({ id, role: person, groupIds: [group.id] }).map((place) =>
        tell(place.projectId, place.repositoryId === '' ? newId('rep') : place.repositoryId, place.role ?? ''),
      )
      assert.deepEqual(found.toSorted(), [...expected].toSorted())
      await database.close()
    }),
    { numRuns: 60 },
  )
})
