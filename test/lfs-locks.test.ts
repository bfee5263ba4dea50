import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Id } from '../src/database/id.ts'
import type { Caller } from '../src/identity/caller.ts'
import { releaseLfsLock, takeLfsLock } from '../src/repositories/lfs/locks.ts'
import type { RepositoryPlace } from '../src/repositories/place.ts'
import type { Person } from '../src/walk/person.ts'
import { makeHeld, type Repository } from './support/held-repository.ts'
import { basic, lfsJson as json, lfsWorkTree, noLfs } from './support/lfs.ts'
import { openSshDoor, type SshDoor } from './support/ssh-door.ts'
import { eitherStore } from './support/stores.ts'

for (const store of eitherStore)
  describe(`locks of Git LFS on ${store.name}`, () => {
    let door: SshDoor
    let ana: Person
    let held: Repository
    let other: Repository
    before(async () => {
      door = await openSshDoor(await store.flags())
      ana = await door.started.owner()
      held = await makeHeld(door.started, ana, 'payments/api')
      other = await makeHeld(door.started, ana, 'payments/other')
    })
    after(() => door[Symbol.asyncDispose]())

    const lfs = (repository: Repository, path: string): string => `${repository.url}/info/lfs/${path}`

    test('whoever may push locks a file, git-lfs sends nothing of it for others, an administrator takes the lock away', async () => {
      const locked = await makeHeld(door.started, ana, 'payments/locked')
      const leo = await door.started.join(ana, 'leo')
      const mia = await door.started.join(ana, 'mia')
      await ana.act('PUT', `${locked.path}/members/user/leo`, { role: 'write' })
      await ana.act('PUT', `${locked.path}/members/user/mia`, { role: 'read' })
      const hers = basic(locked.token)
      const his = basic(await leo.makeToken('his'))
      const reads = basic(await mia.makeToken('reads'))
      interface Lock {
        id: string
        path: string
        locked_at: string
        owner: { name: string }
      }
      interface Said {
        lock?: Lock
        locks?: Lock[]
        ours?: Lock[]
        theirs?: Lock[]
        next_cursor?: string
        message?: string
      }
      const ask = async (path: string, headers: Record<string, string> = {}, body?: object) => {
        const method = body === undefined ? 'GET' : 'POST'
        const sent = { method, headers: { ...json, ...headers }, ...(body && { body: JSON.stringify(body) }) }
        const answer = await fetch(lfs(locked, path), sent)
        return { status: answer.status, ...((await answer.json()) as Said) }
      }
      const taken = await ask('locks', his, { path: 'art/cover.psd', ref: { name: 'refs/heads/main' } })
      const { id = '', ...lock } = taken.lock ?? {}
      assert.equal(taken.status, 201)
      assert.deepEqual({ ...lock, locked_at: '' }, { path: 'art/cover.psd', owner: { name: 'leo' }, locked_at: '' })
      assert.match(taken.lock?.locked_at ?? '', /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
      const second = await ask('locks', hers, { path: 'art/cover.psd' })
      assert.deepEqual(
        [second.status, second.lock, second.message],
        [409, taken.lock, 'leo has locked art/cover.psd already.'],
      )
      // Of two at once one has it.
      const raced = await Promise.all([his, hers].map((headers) => ask('locks', headers, { path: 'song.bin' })))
      assert.deepEqual(raced.map(({ status }) => String(status)).toSorted(), ['201', '409'])
      for (const path of ['', '../up', '/root', 'a//b', 'a\u001b[2J', 'x'.repeat(4097)])
        assert.equal((await ask('locks', his, { path })).status, 422, path.slice(0, 10))

      // Whoever may fetch sees them and takes none; nobody else hears that they are there.
      assert.deepEqual((await ask('locks?path=art/cover.psd', reads)).locks, [taken.lock])
      const [one, rest] = [await ask('locks?limit=1', reads), await ask('locks?limit=many', reads)]
      assert.deepEqual([one.locks?.length, rest.status], [1, 422])
      const two = await ask(`locks?limit=1&cursor=${one.next_cursor}`, reads)
      assert.deepEqual([two.locks?.length, two.next_cursor], [1, undefined])
      assert.equal((await ask(`locks?id=${id}`, reads)).locks?.length, 1)
      for (const path of ['locks', 'locks/verify', `locks/${id}/unlock`]) {
        assert.equal((await ask(path, reads, { path: 'mine.bin', force: true })).status, 403, path)
        assert.equal((await ask(path, {}, { path: 'mine.bin' })).status, 401, path)
      }
      const eve = basic(await (await door.started.join(ana, 'eve')).makeToken('hers'))
      assert.deepEqual([(await ask('locks', eve)).status, (await ask('locks', {})).status], [404, 401])
      const verified = await ask('locks/verify', hers, { limit: 100 })
      assert.ok(verified.theirs?.some((found) => found.id === id) && !verified.ours?.some((found) => found.id === id))
      // Nor is a lock reached through another repository.
      const elsewhere = await fetch(lfs(other, `locks/${id}/unlock`), {
        method: 'POST',
        headers: { ...json, ...basic(other.token) },
        body: '{"force":true}',
      })
      assert.equal(elsewhere.status, 404)

      const hersToo = await ask('locks', hers, { path: 'hers.bin' })
      assert.equal(
        (await ask(`locks/${hersToo.lock?.id}/unlock`, his, { force: true })).message,
        'ana locked hers.bin. Ask them, or an administrator.',
      )
      assert.equal((await ask(`locks/${id}/unlock`, hers, {})).status, 403)
      assert.deepEqual((await ask(`locks/${id}/unlock`, hers, { force: true })).lock, taken.lock)
      assert.equal((await ask(`locks/${id}/unlock`, hers, { force: true })).status, 404)
      const { database } = door.started.postern.ceremonies
      const events = await database.read
        .selectFrom('auditEvent')
        .select('action')
        .where('repositoryId', '=', locked.id)
        .where('action', 'like', 'lfs-lock.%')
        .orderBy('occurredAt')
        .execute()
      assert.deepEqual(events.map(({ action }) => action).toSorted(), [
        'lfs-lock.broken',
        ...Array(3).fill('lfs-lock.taken'),
      ])
    })

    test('a request that was let in locks nothing once its person may not write there, or the repository is gone', async () => {
      const { database } = door.started.postern.ceremonies
      const past = await makeHeld(door.started, ana, 'payments/past')
      const find = (id: Id<'rep'>) =>
        database.read.selectFrom('repository').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      const repository = await find(past.id)
      const place = { repository, path: 'payments/past', role: 'write' } as unknown as RepositoryPlace
      await door.started.join(ana, 'gil')
      const asked = async (username: string) => {
        const row = await database.read
          .selectFrom('user')
          .selectAll()
          .where('username', '=', username)
          .executeTakeFirstOrThrow()
        const caller = { ...row, address: '127.0.0.1', by: { kind: 'session' } } as unknown as Caller
        return { database, caller, now: () => Date.now() }
      }
      const [hers, his] = [await asked('ana'), await asked('gil')]
      const { lock } = await takeLfsLock(hers, place, 'kept.bin')
      const ended = { status: 403, code: 'access-ended' }
      await assert.rejects(takeLfsLock(his, place, 'late.bin'), ended)
      await assert.rejects(releaseLfsLock(his, place, { id: lock.id, isForced: true }), ended)
      await ana.act('DELETE', past.path)
      await assert.rejects(takeLfsLock(hers, place, 'late.bin'), { status: 404 })
      await assert.rejects(releaseLfsLock(hers, place, { id: lock.id, isForced: true }), { status: 404 })
    })

    test(
      'git-lfs locks, warns of what another has locked or refuses to send it, and unlocks',
      { skip: noLfs },
      async () => {
        const key = await door.addKey(ana, 'locking')
        const { work, git, sh } = await lfsWorkTree(door, { name: 'locks', token: held.token })
        assert.equal((await git(['clone', held.url, 'clone'])).code, 0)
        const clone = join(work, 'clone')
        await writeFile(join(clone, 'film.bin'), randomBytes(1000))
        assert.equal((await sh('git lfs track "*.bin" && git add --all && git commit -q -m Film', clone)).code, 0)
        const lou = await door.started.join(ana, 'lou')
        await ana.act('PUT', `${held.path}/members/user/lou`, { role: 'write' })
        const his = { ...json, ...basic(await lou.makeToken('his')) }
        const body = JSON.stringify({ path: 'film.bin' })
        assert.equal((await fetch(lfs(held, 'locks'), { method: 'POST', headers: his, body })).status, 201)
        const warned = await git(['push', 'origin', 'HEAD:warned'], { folder: clone })
        assert.equal(warned.code, 0, warned.stderr)
        assert.match(warned.stdout + warned.stderr, /film\.bin - lou[^]*would have halted/)
        await git(['config', 'lfs.locksverify', 'true'], { folder: clone })
        await writeFile(join(clone, 'film.bin'), randomBytes(1000))
        await git(['commit', '-q', '-a', '-m', 'Another film'], { folder: clone })
        const refused = await git(['push', 'origin', 'HEAD:locked'], { folder: clone })
        assert.notEqual(refused.code, 0)
        assert.match(refused.stdout + refused.stderr, /film\.bin - lou/)
        const listed = await git(['lfs', 'locks'], { folder: clone })
        assert.match(listed.stdout, /film\.bin\s+lou/)
        const forced = await git(['lfs', 'unlock', '--force', 'film.bin'], { folder: clone })
        assert.equal(forced.code, 0, forced.stderr)
        // Over SSH as over HTTPS.
        await git(['remote', 'set-url', 'origin', door.url('payments/api')], { folder: clone })
        const locks = await git(['lfs', 'lock', 'film.bin'], { folder: clone, key })
        assert.equal(locks.code, 0, locks.stderr)
        const pushed = await git(['push', 'origin', 'HEAD:locked'], { folder: clone, key })
        assert.equal(pushed.code, 0, pushed.stderr)
        const freed = await git(['lfs', 'unlock', 'film.bin'], { folder: clone, key })
        assert.equal(freed.code, 0, freed.stderr)
        assert.doesNotMatch((await git(['lfs', 'locks'], { folder: clone, key })).stdout, /film/)
      },
    )
  })
