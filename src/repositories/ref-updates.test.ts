import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { FastifyRequest } from 'fastify'
import type { RefUpdateTable } from '../database/schema.ts'
import { floorOnly } from '../policy/policy-testing.ts'
import { zeroOid } from '../protocols/git/receive-commands.ts'
import { tagOid } from '../seals/format/tag.ts'
import { commitFiles } from './git-testing.ts'
import type { RepositoryPlace } from './place.ts'
import { reconcile } from './reconcile.ts'
import { keepsFirstParents, readRef, updateServerRef } from './refs.ts'
import { moveRef, type MoveRef, prepareRefUpdates, type RefMove } from './ref-updates.ts'
import { openRepositories, type RepositoryFixture } from './repository-testing.ts'
import { refDeletion } from './routes/deletions.ts'

describe('the way refs move', () => {
  let fixture: RepositoryFixture
  before(async () => {
    fixture = await openRepositories()
  })
  after(() => fixture[Symbol.asyncDispose]())

  let number = 0
  const add = (): Promise<RepositoryPlace> => fixture.addRepository(`moved-${(number += 1)}`)
  const commit = (place: RepositoryPlace, ref: string, text: string) =>
    commitFiles(fixture.git, place.folder, ref, { file: text })
  const states = async (place: RepositoryPlace): Promise<string[]> =>
    (
      await fixture.database.read
        .selectFrom('refUpdate')
        .select('state')
        .where('repositoryId', '=', place.repository.id)
        .orderBy('createdAt')
        .execute()
    ).map(({ state }) => state)
  const prepare = (place: RepositoryPlace, ...moves: RefMove[]): Promise<RefUpdateTable[]> =>
    fixture.database.write((tx) =>
      prepareRefUpdates(tx, {
        repositoryId: place.repository.id,
        moves,
        actorId: fixture.owner.id,
        method: 'token tok_x',
        strength: 'password',
        at: fixture.now(),
      }),
    )
  const move = (
    place: RepositoryPlace,
    wanted: Pick<MoveRef, 'door' | 'ref' | 'oldOid' | 'newOid'> & Partial<MoveRef>,
  ): Promise<void> =>
    moveRef({ ...fixture, place, actor: fixture.owner, method: 'session ses_x', strength: 'device-bound', ...wanted })

  it('deletes a branch in two transactions with its event, and not one that moved', async () => {
    const place = await add()
    const oid = await commit(place, 'refs/heads/gone', 'one')
    const other = await commit(place, 'refs/heads/other', 'two')
    await assert.rejects(move(place, { door: 'delete', ref: 'refs/heads/gone', oldOid: other, newOid: zeroOid }), {
      status: 409,
      code: 'ref-moved',
    })
    assert.equal(await readRef(fixture.git, place.folder, 'refs/heads/gone'), oid)
    const done: string[] = []
    await move(place, {
      door: 'delete',
      ref: 'refs/heads/gone',
      oldOid: oid,
      newOid: zeroOid,
      onDone: async (_tx, row) => void done.push(row.ref),
    })
    assert.deepEqual(done, ['refs/heads/gone'])
    assert.equal(await readRef(fixture.git, place.folder, 'refs/heads/gone'), zeroOid)
    assert.deepEqual(await states(place), ['abandoned', 'done'])
    const events = (await fixture.events())
      .filter(({ facts }) => facts['repository'] === place.path)
      .map(({ action }) => action)
    assert.deepEqual(events, ['repository.created', 'ref.deleted'])
  })

  it('deletes no other tip than was tapped for, where a push comes in between', async () => {
    const place = await add()
    const ref = 'refs/heads/old'
    const seen = await commit(place, ref, 'one')
    const deletion = refDeletion({ ...fixture, policy: floorOnly }, 'branch')
    const request = { params: { '*': 'old' }, place, caller: fixture.owner } as unknown as FastifyRequest
    const { rows } = await deletion.describe(request)
    assert.ok(rows.some(({ value }) => value === seen))
    const pushed = await commit(place, ref, 'two')
    await assert.rejects(move(place, await deletion.getMove(request)), { status: 409, code: 'ref-moved' })
    assert.equal(await readRef(fixture.git, place.folder, ref), pushed)
    // Let in with a role that has gone since.
    const late = { ...request, caller: await fixture.addPerson('bob') } as unknown as FastifyRequest
    await assert.rejects(
      fixture.database.write((tx) => deletion.prove(tx, late)),
      { status: 403, code: 'access-ended' },
    )
  })

  it('does nothing at all where the first transaction throws', async () => {
    const place = await add()
    const oid = await commit(place, 'refs/heads/stays', 'one')
    const onPrepare = () => Promise.reject(new Error('the seal is spent'))
    await assert.rejects(
      move(place, { door: 'delete', ref: 'refs/heads/stays', oldOid: oid, newOid: zeroOid, onPrepare }),
      /spent/,
    )
    assert.equal(await readRef(fixture.git, place.folder, 'refs/heads/stays'), oid)
    assert.deepEqual(await states(place), [])
  })

  it('lets nothing onto a branch between the first push and the protection that begins with it', async () => {
    const place = await add()
    const ref = 'refs/heads/main'
    const first = await commit(place, ref, 'one')
    const second = await commit(place, 'refs/heads/aside', 'two')
    await prepare(place, { ref, oldOid: zeroOid, newOid: first })
    for (const moved of [
      { ref, oldOid: first },
      { ref: 'refs/heads/other', oldOid: zeroOid },
    ])
      await assert.rejects(move(place, { door: 'edit', newOid: second, ...moved }), {
        status: 409,
        code: 'first-push-raced',
      })
    assert.equal(await readRef(fixture.git, place.folder, ref), first)
    await reconcile(fixture)
    await assert.rejects(move(place, { door: 'edit', newOid: second, ref, oldOid: first }), {
      code: 'protected-branch',
    })
    await move(place, { door: 'edit', newOid: second, ref: 'refs/heads/other', oldOid: zeroOid })
  })

  it('tells a foxtrot merge, which takes the old tip off the first-parent line', async () => {
    const { folder } = await add()
    const run = async (...args: string[]): Promise<string> => {
      const person = {
        GIT_AUTHOR_NAME: 'A',
        GIT_AUTHOR_EMAIL: 'a@b',
        GIT_COMMITTER_NAME: 'A',
        GIT_COMMITTER_EMAIL: 'a@b',
      }
      return (await fixture.git.run(args, { repository: folder, env: person, input: '' })).stdout.toString().trim()
    }
    const tree = await run('mktree')
    const root = await run('commit-tree', tree, '-m', 'root')
    const tip = await run('commit-tree', tree, '-p', root, '-m', 'tip')
    const side = await run('commit-tree', tree, '-p', root, '-m', 'side')
    const merge = await run('commit-tree', tree, '-p', tip, '-p', side, '-m', 'merge')
    const foxtrot = await run('commit-tree', tree, '-p', side, '-p', tip, '-m', 'foxtrot')
    const above = await run('commit-tree', tree, '-p', foxtrot, '-m', 'above')
    const keeps = (newOid: string, oldOid = tip) => keepsFirstParents(fixture.git, folder, { oldOid, newOid })
    assert.equal(await keeps(merge), true)
    assert.equal(await keeps(tip), true)
    assert.equal(await keeps(foxtrot), false)
    assert.equal(await keeps(above), false)
    assert.equal(await keeps(root), false, 'a rewind')
    assert.equal(await keeps(side), false, 'another history')
    assert.equal(await keeps(zeroOid), false)
  })

  it('moves refs of its own only below refs/pull and refs/postern', async () => {
    const { folder } = await add()
    for (const ref of ['refs/heads/main', 'refs/replace/x', 'HEAD'])
      await assert.rejects(updateServerRef(fixture.git, folder, { ref, newOid: zeroOid }), TypeError)
  })

  it('settles after a crash what git had done, and abandons what it had not', async () => {
    const place = await add()
    const main = await commit(place, 'refs/heads/main', 'one')
    const elsewhere = await commit(place, 'refs/heads/scratch', 'two')
    await prepare(
      place,
      { ref: 'refs/heads/main', oldOid: zeroOid, newOid: main },
      { ref: 'refs/heads/lost', oldOid: zeroOid, newOid: elsewhere },
      { ref: 'refs/heads/removed', oldOid: elsewhere, newOid: zeroOid },
    )
    const seen: string[] = []
    const parts = { ...fixture, onDone: async (_tx: unknown, row: RefUpdateTable) => void seen.push(row.ref) }
    await reconcile(parts)
    assert.deepEqual(seen.sort(), ['refs/heads/main', 'refs/heads/removed'])
    assert.deepEqual((await states(place)).sort(), ['abandoned', 'done', 'done'])
    const protection = await fixture.database.read
      .selectFrom('protectedBranch')
      .selectAll()
      .where('repositoryId', '=', place.repository.id)
      .execute()
    assert.deepEqual(
      protection.map(({ ref, baselineOid }) => [ref, baselineOid]),
      [['refs/heads/main', main]],
    )
    await reconcile(parts)
    assert.equal(seen.length, 2)
  })

  it('finishes after a crash a tag that was tapped for, and no push', async () => {
    const place = await add()
    const main = await commit(place, 'refs/heads/main', 'one')
    const tag = Buffer.from(`object ${main}\ntype commit\ntag v1\ntagger Ana <ana@localhost> 1 +0000\n\nFirst\n`)
    const moves = [{ ref: 'refs/tags/v1', oldOid: zeroOid, newOid: tagOid(tag) }]
    const tapped = { actorId: fixture.owner.id, strength: 'passkey', sealId: 'sea_x', method: 'seal sea_x' } as const
    const common = { repositoryId: place.repository.id, at: fixture.now(), ...tapped }
    await fixture.database.write(async (tx) => {
      await prepareRefUpdates(tx, { ...common, moves, commitBytes: tag })
      await prepareRefUpdates(tx, { ...common, moves: [{ ref: 'refs/heads/held', oldOid: zeroOid, newOid: main }] })
    })
    await reconcile(fixture)
    assert.equal(await readRef(fixture.git, place.folder, 'refs/tags/v1'), tagOid(tag))
    assert.equal(await readRef(fixture.git, place.folder, 'refs/heads/held'), zeroOid)
    assert.deepEqual((await states(place)).sort(), ['abandoned', 'done'])
  })

  it('knows that an update took place by the one that followed it', async () => {
    const place = await add()
    const first = await commit(place, 'refs/heads/x', 'one')
    const second = await commit(place, 'refs/heads/x', 'two')
    await prepare(place, { ref: 'refs/heads/x', oldOid: zeroOid, newOid: first })
    await prepare(place, { ref: 'refs/heads/x', oldOid: first, newOid: second })
    await reconcile(fixture)
    assert.deepEqual(await states(place), ['done', 'done'])
  })

  it('abandons what was prepared for a repository that is gone', async () => {
    const place = await add()
    await prepare(place, { ref: 'refs/heads/x', oldOid: zeroOid, newOid: '1'.repeat(40) })
    await fixture.database.write((tx) => tx.deleteFrom('repository').where('id', '=', place.repository.id).execute())
    await reconcile(fixture)
    assert.deepEqual(await states(place), ['abandoned'])
  })
})
