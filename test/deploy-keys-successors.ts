import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { DeployKeyView } from '../src/machines/deploy-keys/shapes.ts'
import { type DeployKeys, dayMs, monthly, yearly } from './support/deploy-keys.ts'
import { refused } from './support/refusal.ts'
import { signFile } from './support/ssh-key-files.ts'

/** What takes the place of a deploy key, and when: part of `deploy-keys.test.ts`, on the server that runs there. */
export function successorTests(here: DeployKeys): void {
  const {
    add,
    comeIn,
    eventsOf,
    keptOut,
    keys,
    list,
    lookAfter,
    newKey,
    nextName,
    now,
    pass,
    proven,
    rotate,
    send,
    view,
  } = here

  test('a successor takes its place when it is used, not before', async () => {
    const [old, next] = [await newKey(), await newKey()]
    const key = await add(old.line, { ...monthly, access: 'write' })
    assert.ok(Math.abs(key.expiresAt - now() - 37 * dayMs) < 60_000)
    await comeIn(old.line)
    const { status, answer } = await rotate(old, next)
    assert.equal(status, 200, JSON.stringify(answer))
    assert.deepEqual(
      [answer.fingerprint, answer.repository, answer.access, answer.successor?.fingerprint, answer.isDue],
      [key.fingerprint, 'pay/api', 'write', proven(next.line).fingerprint, false],
    )
    const follower = (await list()).find(({ fingerprint }) => fingerprint === proven(next.line).fingerprint)
    assert.ok(follower?.isWaiting)
    assert.ok(Math.abs((await view(key.id)).expiresAt - now() - 7 * dayMs) < 60_000, 'good for the overlap')
    const before_ = await comeIn(old.line)
    pass(6 * dayMs)
    assert.ok(await comeIn(old.line), 'the former one still comes in')
    const after_ = (await comeIn(next.line)) ?? assert.fail()
    assert.deepEqual([after_.id, after_.by.scopes], [before_?.id, ['repository:write']], 'the same actor and rights')
    assert.match(await keptOut(old.line), /was replaced by a newer one/)
    assert.ok(await comeIn(next.line))
    assert.deepEqual(
      (await eventsOf(key.id)).map(({ action }) => action),
      ['deploy-key.added', 'deploy-key.rotated', 'deploy-key.replaced'],
    )
    // What the key asked itself was never tapped for, and gave it no day more than it was given.
    assert.ok(follower.expiresAt - follower.createdAt <= 37 * dayMs)
  })

  test('the former one ends at the deadline where the successor was never used', async () => {
    const [old, next] = [await newKey(), await newKey()]
    const key = await add(old.line, monthly)
    await rotate(old, next)
    pass(7 * dayMs - 3_600_000)
    await lookAfter()
    assert.ok(await comeIn(old.line))
    pass(2 * 3_600_000)
    assert.match(await keptOut(old.line), /ended on/, 'also before anything has looked')
    await lookAfter()
    await lookAfter()
    const events = await eventsOf(key.id)
    assert.equal(events.filter(({ action }) => action === 'deploy-key.expired').length, 1)
    assert.match(String(events.at(-1)?.facts['reason']), /was not used in time/)
    assert.ok(await comeIn(next.line), 'the new one is good all the same')
  })

  test('a consumer that lost its new key makes another, and gains no time by it', async () => {
    const [old, lost, next] = [await newKey(), await newKey(), await newKey()]
    const key = await add(old.line, monthly)
    const first = await rotate(old, lost)
    assert.deepEqual((await rotate(old, lost)).answer, first.answer, 'the same again changes nothing')
    pass(3 * dayMs)
    const second = await rotate(old, next)
    assert.equal(second.answer.expiresAt, first.answer.expiresAt)
    await keptOut(lost.line)
    assert.ok(await comeIn(next.line))
    await keptOut(old.line)
    assert.equal((await rotate(old, await newKey())).status, 401, 'what has ended has no successor')
    void key
  })

  test('of those that are brought at once one stays, and it is first used once', async () => {
    const old = await newKey()
    const brought = [await newKey(), await newKey(), await newKey()]
    const key = await add(old.line, monthly)
    const answers = await Promise.all(brought.map((next) => rotate(old, next)))
    assert.deepEqual(
      answers.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 429, 429],
    )
    const waiting = (await list()).filter(({ isWaiting, name }) => isWaiting && name === 'builds')
    const prints = brought.map(({ line }) => proven(line).fingerprint)
    const left = waiting.filter(({ fingerprint }) => prints.includes(fingerprint))
    assert.equal(left.length, 1)
    const { line } = brought.find((next) => proven(next.line).fingerprint === left[0]?.fingerprint) ?? assert.fail()
    await Promise.all(Array.from({ length: 6 }, () => comeIn(line)))
    const events = await eventsOf(key.id)
    assert.equal(events.filter(({ action }) => action === 'deploy-key.replaced').length, 1)
    assert.ok(
      events.every(({ facts }) => !JSON.stringify(facts).includes('203.0.113.7')),
      'no address in the leaf',
    )
    await keptOut(old.line)
  })

  test('a successor that was never used cannot bring another', async () => {
    const [old, next] = [await newKey(), await newKey()]
    await add(old.line, monthly)
    await rotate(old, next)
    const { status, answer } = await rotate(next, await newKey())
    assert.deepEqual([status, answer.code], [409, 'key-not-used'])
    assert.ok(await comeIn(old.line))
  })

  test('a key brings another once in ten minutes; the same one again is free', async () => {
    const [first, second, third] = [await newKey(), await newKey(), await newKey()]
    await add(first.line, monthly)
    await rotate(first, second)
    assert.equal((await rotate(first, second)).status, 200)
    const { status, answer, retryAfter } = await rotate(first, third)
    assert.deepEqual([status, answer.code, Number(retryAfter) > 590], [429, 'rotated-already', true])
    await comeIn(second.line)
    assert.equal((await rotate(second, third)).status, 429, 'however it goes on')
    pass(10 * 60_000)
    assert.equal((await rotate(second, third)).status, 200)
  })

  test('a key that nobody ever used is forgotten when another had taken its place long ago', async () => {
    const [old, lost, next] = [await newKey(), await newKey(), await newKey()]
    await add(old.line, monthly)
    const mine = async () =>
      (
        await here.postern.postern.ceremonies.database.read
          .selectFrom('deployKey')
          .select('fingerprint')
          .where('repositoryId', '=', here.held.id)
          .execute()
      ).map(({ fingerprint }) => fingerprint)
    await rotate(old, lost)
    pass(20 * 60_000)
    await rotate(old, next)
    await comeIn(next.line)
    pass(89 * dayMs)
    await lookAfter()
    assert.ok((await mine()).includes(proven(lost.line).fingerprint))
    pass(2 * dayMs)
    await lookAfter()
    const left = await mine()
    assert.deepEqual(
      [old, lost, next].map(({ line }) => left.includes(proven(line).fingerprint)),
      [true, false, true],
    )
  })

  test('ending a key ends the successor that it brought', async () => {
    const [old, next] = [await newKey(), await newKey()]
    const key = await add(old.line, monthly)
    await rotate(old, next)
    await here.ana.act('DELETE', `${keys()}/${key.id}`)
    await keptOut(old.line)
    await keptOut(next.line)
  })

  test('ending the successor that waits leaves the key, which may bring another', async () => {
    const [old, next, third] = [await newKey(), await newKey(), await newKey()]
    const key = await add(old.line, monthly)
    await rotate(old, next)
    const { successor } = await view(key.id)
    await here.ana.act('DELETE', `${keys()}/${successor?.id}`)
    await keptOut(next.line)
    assert.equal((await view(key.id)).successor, null)
    const again = await rotate(old, next)
    assert.deepEqual([again.status, again.answer.code], [409, 'key-was-here'], 'the same words bring it back no more')
    assert.equal((await rotate(old, third)).status, 200)
    assert.ok(await comeIn(third.line))
  })

  test('is not replaced by itself unless somebody tapped for that', async () => {
    const [old, next] = [await newKey(), await newKey()]
    const key = await add(old.line)
    const { status, answer } = await rotate(old, next)
    assert.deepEqual([status, answer.code], [409, 'rotation-off'])
    await here.ana.act('PATCH', `${keys()}/${key.id}`, { lifetime: monthly })
    assert.equal((await rotate(old, next)).status, 200)
    await refused(here.ana.act('PATCH', `${keys()}/${key.id}`, { lifetime: yearly }), 409, 'successor-waits')
  })

  test('an administrator can give it a successor too', async () => {
    const [old, next] = [await newKey(), await newKey()]
    const key = await add(old.line)
    const path = `${keys()}/${key.id}/successor`
    await refused(here.ana.call('POST', path, { publicKey: next.line, overlapDays: 3 }), 401, 'seal-required')
    const given = await here.ana.act<DeployKeyView>('POST', path, { publicKey: next.line, overlapDays: 3 })
    assert.deepEqual([given.isWaiting, given.access, given.name], [true, 'read', 'builds'])
    assert.ok(await comeIn(old.line))
    assert.ok(await comeIn(next.line))
    await keptOut(old.line)
  })

  test('one that leaked ends when an administrator says so, whatever was said before', async () => {
    const [old, next, last] = [await newKey(), await newKey(), await newKey()]
    const key = await add(old.line)
    const give = (line: string, overlapDays: number) =>
      here.ana.act('POST', `${keys()}/${key.id}/successor`, { publicKey: line, overlapDays })
    await give(next.line, 60)
    await give(last.line, 1)
    assert.ok(Math.abs((await view(key.id)).expiresAt - now() - dayMs) < 60_000)
    pass(dayMs + 60_000)
    await keptOut(old.line)
    assert.ok(await comeIn(last.line))
  })

  test('a signature says which key follows, and nothing else does', async () => {
    const [old, next, other, stranger] = [await newKey(), await newKey(), await newKey(), await newKey()]
    await add(old.line, monthly)
    const file = `${next.file}.pub`
    const signed = await signFile(old, 'rotate@postern', file)
    const at = signed.indexOf('-----BEGIN')
    const swapped = Buffer.concat([Buffer.from(other.line), signed.subarray(at)])
    await rm(`${file}.sig`)
    const elsewhere = await signFile(old, 'git', file)
    await rm(`${file}.sig`)
    const foreign = await signFile(stranger, 'rotate@postern', file)
    const own = await signFile(old, 'rotate@postern', `${old.file}.pub`)
    for (const [what, body, status] of [
      ['another key than was signed', swapped, 401],
      ['a byte more', Buffer.concat([Buffer.from(' '), signed]), 401],
      ['signed for something else', elsewhere, 401],
      ['a key that is none of ours', foreign, 401],
      ['its own key again', own, 422],
      ['no signature', Buffer.from(next.line), 422],
      ['nothing but a signature', signed.subarray(at), 422],
      ['a signature cut off', signed.subarray(0, -40), 401],
      ['nothing', Buffer.alloc(0), 422],
      ['too much', Buffer.alloc(100_000, 'a'), 413],
    ] as const)
      assert.equal((await send('rotate', body)).status, status, what)
    const json = await fetch(`${here.postern.origin}/api/v1/deploy-keys/rotate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    assert.equal(json.status, 415)
    assert.equal(await comeIn(next.line), undefined)
    assert.equal((await send('rotate', signed)).status, 200)
    // The key of another repository is not taken over by signing it.
    const victim = await newKey()
    await add(victim.line)
    pass(10 * 60_000)
    assert.equal((await rotate(old, victim)).answer.code, 'key-taken')
  })

  test('its holder asks how it stands with a signature that is of now', async () => {
    const key = await newKey()
    await add(key.line, monthly)
    const file = join(here.postern.folder, nextName('now'))
    const ask = async (at: number, namespace = 'current@postern') => {
      await rm(`${file}.sig`, { force: true })
      await writeFile(file, `${new Date(at).toISOString()}\n`)
      return send('current', await signFile(key, namespace, file))
    }
    const young = await ask(now())
    assert.deepEqual([young.status, young.answer.isDue, young.answer.successor], [200, false, null])
    assert.equal((await ask(now() - 10 * 60_000)).status, 401)
    assert.equal((await ask(now() + 10 * 60_000)).status, 401)
    assert.equal((await ask(now(), 'rotate@postern')).status, 401)
    await writeFile(file, 'whenever\n')
    await rm(`${file}.sig`, { force: true })
    assert.equal((await send('current', await signFile(key, 'current@postern', file))).status, 401)
    pass(31 * dayMs)
    const old = await ask(now())
    assert.deepEqual([old.answer.isDue, old.answer.dueAt], [true, young.answer.dueAt])
  })
}
