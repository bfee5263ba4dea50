import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { FastifyRequest } from 'fastify'
import { createGroup, setGroupMember } from '../identity/groups.ts'
import type { Caller } from '../identity/caller.ts'
import { createRepositoryGuards, findPlace, findRepositoryRole } from './access.ts'
import { listProjects } from './list-projects.ts'
import { forgetGroupGrants, grantRole, removeRole } from './members.ts'
import type { RepositoryPlace } from './place.ts'
import { changeProject, createProject, deleteProject } from './projects.ts'
import { listReachablePaths, listReachableRepositories } from './reachable.ts'
import { changeRepository, createRepository, deleteRepository } from './repository-records.ts'
import { folderPath } from './storage.ts'
import { openRepositories, type RepositoryFixture } from './repository-testing.ts'

describe('access to repositories', () => {
  let fixture: RepositoryFixture
  const places: Record<'private' | 'internal' | 'public', RepositoryPlace> = {} as never
  before(async () => {
    fixture = await openRepositories()
    for (const visibility of ['private', 'internal', 'public'] as const)
      places[visibility] = await fixture.addRepository(visibility, visibility)
  })
  after(() => fixture[Symbol.asyncDispose]())

  const roles = async (caller: Caller | undefined): Promise<(string | undefined)[]> => {
    const found: (string | undefined)[] = []
    for (const { repository } of Object.values(places))
      found.push(await findRepositoryRole(fixture.database.read, caller, repository))
    const listed = (await listReachableRepositories(fixture.database.read, caller, {})).items.map(({ name }) => name)
    // The list is the same rule, said in SQL.
    assert.deepEqual(
      listed,
      Object.keys(places)
        .filter((_, index) => found[index] !== undefined)
        .sort(),
    )
    return found
  }
  const asToken = (caller: Caller, scopes: string[], repositoryIds: string[] | null = null): Caller => ({
    ...caller,
    by: { kind: 'token', name: 'x', tokenId: 'tok_x', scopes, repositoryIds },
  })
  const inProject = () => ({ kind: 'project' as const, id: places.private.project.id, path: 'payments' })
  const inRepository = () => ({
    kind: 'repository' as const,
    id: places.private.repository.id,
    projectId: places.private.project.id,
    path: 'payments/private',
  })

  it('gives by visibility, organisation role, person and group; the strongest wins', async () => {
    const { database, owner, act } = fixture
    assert.deepEqual(await roles(undefined), [undefined, undefined, 'read'])
    assert.deepEqual(await roles(owner), ['admin', 'admin', 'admin'])
    assert.deepEqual(await roles(await fixture.addPerson('adam', 'admin')), ['admin', 'admin', 'admin'])
    assert.deepEqual(await roles(await fixture.addPerson('gus', 'guest')), [undefined, undefined, 'read'])
    const max = await fixture.addPerson('max')
    assert.deepEqual(await roles(max), [undefined, 'read', 'read'])
    await grantRole(database, act, inRepository(), { kind: 'user', name: 'max', role: 'read' })
    assert.deepEqual(await roles(max), ['read', 'read', 'read'])
    await createGroup(database, act, { name: 'Core', description: '' })
    await setGroupMember(database, act, { group: 'Core', username: 'max', isMember: true })
    await grantRole(database, act, inProject(), { kind: 'group', name: 'core', role: 'write' })
    assert.deepEqual(await roles(max), ['write', 'write', 'write'])
    await removeRole(database, act, inRepository(), { kind: 'user', name: 'max' })
    const group = await database.read.selectFrom('userGroup').select('id').executeTakeFirstOrThrow()
    await database.write((tx) => forgetGroupGrants(tx, group.id))
    assert.deepEqual(await roles(max), [undefined, 'read', 'read'])
    await assert.rejects(removeRole(database, act, inRepository(), { kind: 'user', name: 'max' }), {
      status: 404,
    })
  })

  it('never gives a token more than its scopes, its repositories, or write', async () => {
    const { owner } = fixture
    assert.deepEqual(await roles(asToken(owner, ['repository:write'])), ['write', 'write', 'write'])
    assert.deepEqual(await roles(asToken(owner, ['repository:read'])), ['read', 'read', 'read'])
    assert.deepEqual(await roles(asToken(owner, ['account:read'])), [undefined, undefined, 'read'])
    assert.deepEqual(await roles(asToken(owner, ['repository:write'], [places.private.repository.id])), [
      'write',
      undefined,
      'read',
    ])
  })

  it('answers a stranger as if nothing were there, and says what is missing to somebody who may read', async () => {
    const guards = createRepositoryGuards({ db: fixture.database.read, root: fixture.root })
    const stranger = await fixture.addPerson('sam', 'guest')
    const ask = (kind: keyof typeof guards, caller: Caller | undefined, project: string, repository: string) =>
      guards[kind]({
        caller,
        params: { project, repository },
        routeOptions: { config: {} },
      } as unknown as FastifyRequest)
    for (const name of ['private', 'nothing', '..', 'x'.repeat(300)]) {
      await assert.rejects(ask('repository:read', stranger, 'payments', name), { status: 404, code: 'not-found' })
      await assert.rejects(ask('repository:read', undefined, 'payments', name), {
        status: 401,
        code: 'sign-in-required',
      })
    }
    await assert.rejects(ask('repository:write', stranger, 'payments', 'public'), {
      status: 403,
      message: /You may read payments\/public/,
    })
    await assert.rejects(ask('repository:write', undefined, 'payments', 'public'), { status: 401 })
    await assert.rejects(ask('repository:admin', asToken(fixture.owner, ['repository:write']), 'payments', 'public'), {
      status: 403,
      message: /token/,
    })
    await assert.rejects(ask('repository:write', asToken(fixture.owner, ['repository:read']), 'no', 'where'), {
      status: 403,
      message: /scope/,
    })
    await assert.rejects(ask('project:admin', stranger, 'payments', ''), { status: 403 })
    await assert.rejects(ask('project:read', stranger, 'nothing', ''), { status: 404 })
    await ask('repository:read', undefined, 'PAYMENTS', 'Public')
  })

  it("follows renames of repository and project, until the old path is somebody else's", async () => {
    const { database, git, root, now, owner, act } = fixture
    const parts = { database, git, root, now }
    const moved = await fixture.addRepository('before')
    await changeRepository(database, act, moved, { name: 'after' })
    await changeProject(database, act, { project: moved.project, role: 'admin' }, { name: 'billing' })
    const find = (project: string, repository: string) =>
      findPlace({ db: database.read, root }, owner, { project, repository })
    for (const path of ['payments/before', 'payments/AFTER', 'billing/after', 'Billing/After']) {
      const [project = '', repository = ''] = path.split('/')
      assert.equal((await find(project, repository))?.path, 'billing/after', path)
    }
    assert.equal(await find('billing', 'before'), undefined)
    assert.deepEqual(
      (await listProjects(database.read, owner, {})).items.map(({ name }) => name),
      ['billing'],
    )
    const again = await createRepository(parts, owner, moved.project, { name: 'before', description: '' })
    assert.equal((await find('billing', 'before'))?.repository.id, again.id)
    await assert.rejects(createRepository(parts, owner, moved.project, { name: 'BEFORE', description: '' }), {
      status: 409,
      code: 'name-taken',
    })
    await changeProject(
      database,
      act,
      { project: { ...moved.project, name: 'billing' }, role: 'admin' },
      { name: 'payments' },
    )
  })

  it('changes what is asked and nothing that somebody else changed since the request came', async () => {
    const { database, act } = fixture
    const seen = await fixture.addRepository('seen', 'public')
    await changeRepository(database, act, seen, { visibility: 'private' })
    const renamed = await changeRepository(database, act, seen, { name: 'unseen' })
    assert.deepEqual([renamed.name, renamed.visibility], ['unseen', 'private'])
    const described = await changeRepository(database, act, seen, { description: 'of now' })
    assert.deepEqual([described.name, described.visibility], ['unseen', 'private'])
    const place = { project: seen.project, role: 'admin' as const }
    await changeProject(database, act, place, { name: 'credits' })
    const project = await changeProject(database, act, place, { description: 'of now' })
    assert.equal(project.name, 'credits')
    await changeRepository(database, act, seen, { name: 'found' })
    for (const path of ['payments/seen', 'credits/unseen', 'credits/found']) {
      const [inProject = '', repository = ''] = path.split('/')
      const found = await findPlace({ db: database.read, root: fixture.root }, fixture.owner, {
        project: inProject,
        repository,
      })
      assert.equal(found?.path, 'credits/found', path)
    }
    await changeProject(database, act, place, { name: 'payments' })
  })

  it('puts no repository into a project that was deleted since the request came, and knows one that was renamed', async () => {
    const { database, git, root, now, owner, act } = fixture
    const parts = { database, git, root, now }
    const project = await createProject(database, owner, { name: 'brief', description: '' }, now())
    const place = { project, role: 'admin' as const }
    await changeProject(database, act, place, { name: 'briefer' })
    const made = await createRepository(parts, owner, project, { name: 'one', description: '' })
    const told = (await fixture.events()).findLast(({ action }) => action === 'repository.created')
    assert.equal(told?.facts['repository'], 'briefer/one')
    await assert.rejects(deleteProject(database, act, place), { status: 409, code: 'project-not-empty' })
    await deleteRepository(parts, act, { ...place, repository: made, path: '', folder: folderPath(root, made.folder) })
    await deleteProject(database, act, place)
    const late = createRepository(parts, owner, project, { name: 'two', description: '' })
    await assert.rejects(late, { status: 404, message: /^This project/ })
    await assert.rejects(deleteProject(database, act, place), { status: 404 })
  })

  it('tells only the paths a person reaches', async () => {
    const person = await fixture.addPerson('pia')
    const ids = Object.values(places).map(({ repository }) => repository.id)
    const paths = await listReachablePaths(fixture.database.read, person.id, [...ids, 'rep_nothing'])
    assert.deepEqual([...paths.values()].sort(), ['payments/internal', 'payments/public'])
  })
})
