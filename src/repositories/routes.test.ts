import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { refused } from '../../test/support/refusal.ts'
import { type StartedPostern, startPostern } from '../../test/support/start-postern.ts'
import type { Person } from '../walk/person.ts'
import type { MemberView, ProjectView, RepositorySummary, RepositoryView } from './shapes.ts'

type Page<Item> = { items: Item[]; nextCursor: string | null }

describe('projects, repositories and their members over the API', () => {
  let postern: StartedPostern
  let ana: Person
  let max: Person
  let gus: Person
  before(async () => {
    postern = await startPostern()
    ana = await postern.owner()
    max = await postern.join(ana, 'max')
    gus = await postern.join(ana, 'gus', 'guest')
    await ana.call('POST', '/projects', { name: 'payments', description: 'money' })
  })
  after(() => postern[Symbol.asyncDispose]())

  const add = (name: string, visibility?: string): Promise<RepositoryView> =>
    ana.call('POST', '/projects/payments/repositories', {
      name,
      description: '',
      ...(visibility === undefined ? {} : { visibility }),
    })
  const folders = async (): Promise<string[]> =>
    (await readdir(join(postern.folder, 'data', 'repositories'), { recursive: true })).filter((name) =>
      name.endsWith('.git'),
    )

  /** What stands at the field of a name that was refused, and nowhere else. */
  async function wordsFor(call: Promise<unknown>): Promise<string> {
    const { title, fields } = await refused(call, 422, 'invalid-input')
    assert.deepEqual(fields, { name: title })
    return title
  }

  it('makes private repositories, and shows them to nobody else', async () => {
    const view = await add('api')
    assert.deepEqual(
      [view.visibility, view.isEmpty, view.myRole, view.cloneUrl],
      ['private', true, 'admin', `${postern.origin}/payments/api.git`],
    )
    for (const stranger of [max, gus]) {
      await assert.rejects(stranger.call('GET', '/projects/payments/repositories/api'), { status: 404 })
      await assert.rejects(stranger.call('GET', '/projects/payments'), { status: 404 })
      assert.deepEqual((await stranger.call<Page<RepositorySummary>>('GET', '/repositories')).items, [])
      assert.deepEqual((await stranger.call<{ items: ProjectView[] }>('GET', '/projects')).items, [])
    }
    await assert.rejects(postern.stranger().call('GET', '/projects/payments/repositories/api'), { status: 401 })
    await assert.rejects(postern.stranger().call('GET', '/projects/payments/repositories/nothing'), { status: 401 })
  })

  it('refuses names that cannot be, are reserved, or taken, with the field that is wrong', async () => {
    const refusedNames: [RegExp, string[]][] = [
      [/has 2 to 64 characters/, ['a', 'x'.repeat(300)]],
      [/has letters, digits/, ['..', '-x', 'a/b', 'a\u0000b', 'a\nb', 'ä1']],
      [/may not contain “\.\.”/, ['a..b']],
      [/may not end with/, ['x.git', 'x.lock']],
    ]
    for (const [why, names] of refusedNames)
      for (const name of names) assert.match(await wordsFor(add(name)), why, JSON.stringify(name))
    for (const name of ['api', 'OIDC', 'healthz'])
      assert.match(await wordsFor(ana.call('POST', '/projects', { name, description: '' })), /is reserved/, name)
    await assert.rejects(add('API'), { status: 409 })
    await assert.rejects(ana.call('POST', '/projects', { name: 'Payments', description: '' }), { status: 409 })
    assert.equal((await folders()).length, 1, 'a refused repository leaves no folder')
    await assert.rejects(gus.call('POST', '/projects', { name: 'mine', description: '' }), { status: 403 })
  })

  it('gives and takes roles, and says which come from the project', async () => {
    await add('members')
    const root = '/projects/payments/repositories/members'
    await ana.act('PUT', `${root}/members/user/max`, { role: 'write' })
    assert.equal((await max.call<RepositoryView>('GET', root)).myRole, 'write')
    assert.equal((await max.call<ProjectView>('GET', '/projects/payments')).myRole, null)
    await assert.rejects(max.call('PUT', `${root}/members/user/gus`, { role: 'admin' }), { status: 403 })
    await ana.act('PUT', '/projects/payments/members/user/gus', { role: 'read' })
    const { items } = await ana.call<{ items: MemberView[] }>('GET', `${root}/members`)
    assert.deepEqual(
      items.map(({ name, role, from }) => `${name} ${role} ${from}`),
      ['ana admin project', 'gus read project', 'max write repository'],
    )
    await ana.act('DELETE', `${root}/members/user/max`)
    await ana.act('DELETE', '/projects/payments/members/user/gus')
    await assert.rejects(max.call('GET', root), { status: 404 })
    await assert.rejects(ana.call('PUT', `${root}/members/user/nobody`, { role: 'read' }), { status: 404 })
  })

  it('gives each role to a group too: who reads may not write, who writes may not administer', async () => {
    await add('by-group')
    const root = '/projects/payments/repositories/by-group'
    await ana.act('POST', '/groups', { name: 'crew', description: 'Ana Example' })
    await ana.act('PUT', '/groups/crew/members/max', {})
    const token = await max.makeToken('git')
    const pushStatus = async (): Promise<number> => {
      const authorization = `Basic ${Buffer.from(`max:${token}`).toString('base64')}`
      const service = '/payments/by-group.git/info/refs?service=git-receive-pack'
      return (await fetch(`${postern.origin}${service}`, { headers: { authorization } })).status
    }
    const mayAdminister = (): Promise<boolean> =>
      max.act('PUT', `${root}/members/user/gus`, { role: 'read' }).then(
        () => true,
        () => false,
      )
    assert.equal(await pushStatus(), 404)
    for (const [role, push, administers] of [
      ['read', 403, false],
      ['write', 200, false],
      ['admin', 200, true],
    ] as const) {
      await ana.act('PUT', `${root}/members/group/crew`, { role })
      const { items } = await ana.call<{ items: MemberView[] }>('GET', `${root}/members`)
      assert.deepEqual(
        items.filter(({ kind }) => kind === 'group'),
        [{ kind: 'group', name: 'crew', displayName: 'crew', role, from: 'repository' }],
        'shown by its name, never as what it is described as',
      )
      assert.deepEqual(
        [(await max.call<RepositoryView>('GET', root)).myRole, await pushStatus(), await mayAdminister()],
        [role, push, administers],
      )
    }
    await ana.act('DELETE', `${root}/members/group/crew`)
    await assert.rejects(max.call('GET', root), { status: 404 })
  })

  it('keeps former paths alive after a rename', async () => {
    const { id } = await add('before')
    await ana.act('PATCH', '/projects/payments/repositories/before', { name: 'after', visibility: 'internal' })
    const found = await max.call<RepositoryView>('GET', '/projects/payments/repositories/before')
    assert.deepEqual([found.id, found.path, found.myRole], [id, 'payments/after', 'read'])
    await assert.rejects(gus.call('GET', '/projects/payments/repositories/after'), { status: 404 })
  })

  it('gives a former name to nobody but whoever administers what it leads to, and who then says so', async () => {
    const create = (who: Person, path: string, name: string, more = {}) =>
      who.call<ProjectView>('POST', path, { name, description: '', ...more })
    const rename = (who: Person, path: string, name: string, more = {}) => who.act('PATCH', path, { name, ...more })
    const answer = (call: Promise<unknown>, code = 'name-taken') => refused(call, 409, code)
    const kay = await postern.join(ana, 'kay')
    await create(max, '/projects', 'till')
    const { id } = await create(max, '/projects/till/repositories', 'api')
    await create(max, '/projects/till/repositories', 'other')
    await rename(max, '/projects/till', 'shop')
    const leadsTo = async (path: string) => (await max.call<RepositoryView>('GET', `/projects/${path}`)).id

    // Whose clones of `till/api` they would be: the same answer as for a name that is in use.
    const inUse = await answer(create(kay, '/projects', 'shop'))
    const former = await answer(create(kay, '/projects', 'Till'))
    assert.deepEqual(former, JSON.parse(JSON.stringify(inUse).replaceAll('shop', 'Till')))
    await create(kay, '/projects', 'kays')
    assert.deepEqual(await answer(rename(kay, '/projects/kays', 'Till')), former)
    assert.equal(await leadsTo('till/repositories/api'), id)

    // Who sees it is told where it leads; who administers it is asked.
    await max.act('PUT', '/projects/shop/members/user/kay', { role: 'write' })
    assert.match((await answer(create(kay, '/projects', 'till'))).title, /former name of shop/)
    for (const who of [max, ana]) await answer(create(who, '/projects', 'till'), 'former-name')

    // Within a project: a former path is no other repository's, though its administrator could take any other.
    await rename(max, '/projects/shop/repositories/api', 'interface')
    await max.act('PUT', '/projects/shop/repositories/other/members/user/kay', { role: 'admin' })
    const other = '/projects/shop/repositories/other'
    await answer(rename(kay, other, 'api', { takesFormerName: true }))
    await answer(create(max, '/projects/shop/repositories', 'api'), 'former-name')
    const at = { url: 'https://git.example.com/x.git', visibility: 'private' }
    await answer(max.call('POST', '/projects/shop/imports', { name: 'api', ...at }), 'former-name')
    assert.equal(await leadsTo('shop/repositories/api'), id)
    const taken = await create(max, '/projects/shop/repositories', 'api', { takesFormerName: true })
    assert.equal(await leadsTo('shop/repositories/api'), taken.id)
    await rename(max, '/projects/shop', 'till')
    assert.equal(await leadsTo('till/repositories/interface'), id, 'back to its own former name without a question')

    // What was deleted leads nowhere; its name is still not for whoever comes along.
    for (const name of ['interface', 'api', 'other']) await max.act('DELETE', `/projects/till/repositories/${name}`)
    await answer(rename(kay, '/projects/kays', 'shop'))
    await max.act('DELETE', '/projects/till')
    for (const name of ['till', 'shop']) await answer(create(kay, '/projects', name, { takesFormerName: true }))
    await create(max, '/projects', 'till')
    await create(ana, '/projects', 'shop')
  })

  it('deletes a repository only with a tap, folder and all; a project only when it is empty', async () => {
    await ana.call('POST', '/projects', { name: 'short-lived', description: '' })
    const folder = await folders()
    await ana.call('POST', '/projects/short-lived/repositories', { name: 'gone', description: '' })
    await assert.rejects(ana.act('DELETE', '/projects/short-lived'), { status: 409 })
    await assert.rejects(ana.call('DELETE', '/projects/short-lived/repositories/gone'), { status: 401 })
    await ana.act('DELETE', '/projects/short-lived/repositories/gone')
    await assert.rejects(ana.call('GET', '/projects/short-lived/repositories/gone'), { status: 404 })
    assert.deepEqual((await folders()).sort(), folder.sort())
    await ana.act('DELETE', '/projects/short-lived')
    await assert.rejects(ana.call('GET', '/projects/short-lived'), { status: 404 })
  })

  it('pages and searches by path', async () => {
    for (let index = 10; index < 65; index++) await add(`page-${index}`)
    const first = await ana.call<Page<RepositorySummary>>('GET', '/repositories?q=page-')
    assert.equal(first.items.length, 50)
    const second = await ana.call<Page<RepositorySummary>>('GET', `/repositories?q=page-&cursor=${first.nextCursor}`)
    assert.deepEqual([second.items[0]?.name, second.items.length, second.nextCursor], ['page-60', 5, null])
  })
})
