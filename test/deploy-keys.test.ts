import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { SshCaller, SshSource } from '../src/access-keys/ssh-credential.ts'
import { createDeployKeySource } from '../src/machines/deploy-keys/deploy-key-source.ts'
import { lookAfterDeployKeys } from '../src/machines/deploy-keys/look-after-deploy-keys.ts'
import type { DeployKeyView, OwnDeployKey } from '../src/machines/deploy-keys/shapes.ts'
import { parseSshPublicKey } from '../src/protocols/ssh/public-key.ts'
import { ProblemError } from '../src/http/problem.ts'
import type { Person } from '../src/walk/person.ts'
import { makeHeld, type Repository } from './support/held-repository.ts'
import { type MailServer, startMailServer } from './support/mail-server.ts'
import { refused } from './support/refusal.ts'
import { newSshKey } from './support/ssh-key-line.ts'
import { type KeyFile, makeKeyFile, signFile } from './support/ssh-key-files.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const dayMs = 24 * 3_600_000
const monthly = { expiresInDays: null, rotation: { everyDays: 30, overlapDays: 7 } }
const yearly = { expiresInDays: 365, rotation: null }

for (const store of eitherStore)
  describe(`deploy keys on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let held: Repository
    let source: SshSource
    let mail: MailServer
    let ahead = 0
    let made = 0
    const now = (): number => Date.now() + ahead
    before(async () => {
      mail = await startMailServer()
      const smtp = ['--smtp-url', `smtp://127.0.0.1:${mail.port}`, '--mail-from', 'postern@example.com']
      postern = await startPostern({ flags: [...(await store.flags()), ...smtp], now })
      ana = await postern.owner()
      held = await makeHeld(postern, ana, 'pay/api')
      const { database, policy } = postern.postern.ceremonies
      source = createDeployKeySource({ database, policy, now })
    })
    after(async () => {
      await postern[Symbol.asyncDispose]()
      await mail[Symbol.asyncDispose]()
    })
    // Days pass between the tests, and sessions end.
    beforeEach(() => ana.signIn())

    const keys = (): string => `${held.path}/deploy-keys`
    const newKey = (): Promise<KeyFile> => makeKeyFile(postern.folder, `key-${(made += 1)}`)
    const add = (line: string, more: object = {}): Promise<DeployKeyView> =>
      ana.act('POST', keys(), { name: 'builds', publicKey: line, access: 'read', ...yearly, ...more })
    const list = async (): Promise<DeployKeyView[]> => (await ana.call<{ items: DeployKeyView[] }>('GET', keys())).items
    const view = async (id: string): Promise<DeployKeyView> =>
      (await list()).find((key) => key.id === id) ?? assert.fail('it is gone')
    const proven = (line: string) => {
      const { blob: publicKey, fingerprint, type } = parseSshPublicKey(line)
      return { publicKey, fingerprint, type, touch: null, certificate: null }
    }
    const comeIn = (line: string, user = 'git'): Promise<SshCaller | undefined> =>
      source.find(proven(line), { user, address: '203.0.113.7' }, now())
    const keptOut = async (line: string): Promise<string> => {
      const problem = await comeIn(line).then(
        (caller) => assert.fail(`it came in as ${caller?.username}`),
        (error: unknown) => error,
      )
      assert.ok(problem instanceof ProblemError, String(problem))
      return problem.message
    }
    const lookAfter = () =>
      lookAfterDeployKeys({ database: postern.postern.ceremonies.database, cut: async () => {}, now })
    const send = async (path: 'rotate' | 'current', body: Buffer) => {
      // What curl calls it.
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const response = await fetch(`${postern.origin}/api/v1/deploy-keys/${path}`, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
      })
      const retryAfter = response.headers.get('retry-after')
      return { status: response.status, retryAfter, answer: (await response.json()) as OwnDeployKey & { code: string } }
    }
    const rotate = async (old: KeyFile, next: KeyFile) => {
      await rm(`${next.file}.pub.sig`, { force: true })
      return send('rotate', await signFile(old, 'rotate@postern', `${next.file}.pub`))
    }
    const eventsOf = async (id: string): Promise<{ action: string; facts: Record<string, string | number> }[]> => {
      const rows = await postern.postern.ceremonies.database.read
        .selectFrom('auditEvent')
        .select(['action', 'leaf'])
        .where('targetId', '=', id)
        .orderBy('occurredAt')
        .orderBy('id')
        .execute()
      return rows.map(({ action, leaf }) => ({ action, facts: (JSON.parse(leaf) as { facts: object }).facts as never }))
    }

    test('is added with one tap, shown as ssh-keygen shows it, and comes in for its repository alone', async () => {
      const { line } = await newKey()
      const body = { name: 'builds', publicKey: line, access: 'read', ...yearly }
      await refused(ana.call('POST', keys(), body), 401, 'seal-required')
      const key = await add(line)
      assert.equal(key.fingerprint, proven(line).fingerprint)
      assert.deepEqual(
        [key.access, key.steward?.username, key.lastUsedAt, key.successor, key.rotation],
        ['read', 'ana', null, null, null],
      )
      assert.ok(Math.abs(key.expiresAt - now() - 365 * dayMs) < 60_000)
      assert.equal(await source.isKnown(proven(line)), true)
      const caller = (await comeIn(line)) ?? assert.fail()
      assert.deepEqual(
        [caller.kind, caller.displayName, caller.strength, caller.role, caller.by],
        [
          'system',
          'builds',
          'password',
          'guest',
          { kind: 'deploy-key', keyId: key.id, name: 'builds', scopes: ['repository:read'], repositoryIds: [held.id] },
        ],
      )
      const used = await view(key.id)
      assert.deepEqual([used.lastUsedFrom, (used.lastUsedAt ?? 0) > 0], ['203.0.113.7', true])
      assert.equal((await source.again(caller, now()))?.id, caller.id)
      await assert.rejects(comeIn(line, 'ana'), /comes in as the user git/)
      assert.equal(await source.isKnown(proven(newSshKey())), false)
      assert.equal(await comeIn(newSshKey()), undefined)
    })

    test('no key is taken twice, and none that a machine cannot use', async () => {
      const { line } = await newKey()
      await add(line)
      await refused(add(line), 409, 'key-taken')
      const other = await makeHeld(postern, ana, 'pay/other')
      const again = ana.act('POST', `${other.path}/deploy-keys`, {
        name: 'x',
        publicKey: line,
        access: 'write',
        ...yearly,
      })
      await refused(again, 409, 'key-taken')
      const weak = await makeKeyFile(postern.folder, `weak-${(made += 1)}`, '-t', 'rsa', '-b', '2048')
      for (const [publicKey, words] of [
        ['ssh-ed25519 AAAA', /This key is not taken/],
        [weak.line, /3072/],
        ['-----BEGIN OPENSSH PRIVATE KEY-----', /private key/],
        [
          `sk-ssh-ed25519@openssh.com ${Buffer.concat(
            ['sk-ssh-ed25519@openssh.com', proven(line).publicKey.subarray(-32), 'ssh:'].flatMap((part) => {
              const bytes = Buffer.from(part)
              return [Buffer.from([0, 0, 0, bytes.length]), bytes]
            }),
          ).toString('base64')}`,
          /cannot/,
        ],
      ] as const) {
        const { title } = await refused(add(publicKey), 422, 'invalid-input')
        assert.match(title, words)
      }
      await refused(add(newSshKey(), { expiresInDays: 366 }), 422, 'invalid-input')
      await refused(add(newSshKey(), monthly.rotation), 422, 'invalid-input')
      await refused(add(newSshKey(), { expiresInDays: 5, rotation: monthly.rotation }), 422, 'invalid-input')
      await refused(add(newSshKey(), { expiresInDays: null }), 422, 'invalid-input')
    })

    test('lives as long as the organisation allows, and so does what follows it', async () => {
      const [old, next] = [await newKey(), await newKey()]
      const { id } = await add(old.line, { expiresInDays: null, rotation: { everyDays: 60, overlapDays: 7 } })
      await ana.act('PUT', '/settings/deployKeyDays', { value: 30 })
      try {
        assert.equal((await ana.call<{ mostDays: number }>('GET', keys())).mostDays, 30)
        for (const lifetime of [
          { expiresInDays: 31, rotation: null },
          { expiresInDays: null, rotation: { everyDays: 30, overlapDays: 1 } },
        ]) {
          const { title } = await refused(add(newSshKey(), lifetime), 422, 'invalid-input')
          assert.match(title, /^A deploy key lives 30 days at most here, and this would be 31\.$/)
          await refused(ana.act('PATCH', `${keys()}/${id}`, { lifetime }), 422, 'invalid-input')
        }
        const short = await add(newSshKey(), { expiresInDays: 30 })
        assert.ok(Math.abs(short.expiresAt - now() - 30 * dayMs) < 60_000)
        const { answer } = await rotate(old, next)
        assert.ok(Math.abs((answer.successor?.expiresAt ?? 0) - now() - 30 * dayMs) < 60_000)
      } finally {
        await ana.act('PUT', '/settings/deployKeyDays', { value: 365 })
      }
    })

    test('whoever only writes to the repository sees and changes none', async () => {
      const ben = await postern.join(ana, store.name === 'SQLite' ? 'ben' : 'ben2')
      const { username } = await ben.call<{ username: string }>('GET', '/me')
      await ana.act('PUT', `${held.path}/members/user/${username}`, { role: 'write' })
      await refused(ben.call('GET', keys()), 403, 'not-allowed')
      const body = { name: 'x', publicKey: newSshKey(), access: 'write', ...yearly }
      await refused(ben.call('POST', keys(), body), 403, 'not-allowed')
      const token = await ana.makeToken('act', ['act', 'repository:write'])
      const headers = { authorization: `Bearer ${token}` }
      await refused(postern.stranger().call('POST', keys(), body, headers), 403, 'person-required')
    })

    test('ended by its administrator it comes in no more, and its actor is no more', async () => {
      const { line } = await newKey()
      const { id } = await add(line)
      const caller = (await comeIn(line)) ?? assert.fail()
      await ana.act('DELETE', `${keys()}/${id}`)
      assert.match(await keptOut(line), /^The deploy key “builds” ended on \d{4}-/)
      assert.equal(await source.again(caller, now()), undefined)
      const { database } = postern.postern.ceremonies
      const machine = await database.read.selectFrom('user').select('state').where('id', '=', caller.id).execute()
      assert.deepEqual(
        machine.map(({ state }) => state),
        ['ended'],
      )
      assert.equal(
        (await list()).some((key) => key.id === id),
        false,
      )
    })

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
      ahead += 6 * dayMs
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
      ahead += 7 * dayMs - 3_600_000
      await lookAfter()
      assert.ok(await comeIn(old.line))
      ahead += 2 * 3_600_000
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
      ahead += 3 * dayMs
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
      ahead += 10 * 60_000
      assert.equal((await rotate(second, third)).status, 200)
    })

    test('a key that nobody ever used is forgotten when another had taken its place long ago', async () => {
      const [old, lost, next] = [await newKey(), await newKey(), await newKey()]
      await add(old.line, monthly)
      const mine = async () =>
        (
          await postern.postern.ceremonies.database.read
            .selectFrom('deployKey')
            .select('fingerprint')
            .where('repositoryId', '=', held.id)
            .execute()
        ).map(({ fingerprint }) => fingerprint)
      await rotate(old, lost)
      ahead += 20 * 60_000
      await rotate(old, next)
      await comeIn(next.line)
      ahead += 89 * dayMs
      await lookAfter()
      assert.ok((await mine()).includes(proven(lost.line).fingerprint))
      ahead += 2 * dayMs
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
      await ana.act('DELETE', `${keys()}/${key.id}`)
      await keptOut(old.line)
      await keptOut(next.line)
    })

    test('ending the successor that waits leaves the key, which may bring another', async () => {
      const [old, next, third] = [await newKey(), await newKey(), await newKey()]
      const key = await add(old.line, monthly)
      await rotate(old, next)
      const { successor } = await view(key.id)
      await ana.act('DELETE', `${keys()}/${successor?.id}`)
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
      await ana.act('PATCH', `${keys()}/${key.id}`, { lifetime: monthly })
      assert.equal((await rotate(old, next)).status, 200)
      await refused(ana.act('PATCH', `${keys()}/${key.id}`, { lifetime: yearly }), 409, 'successor-waits')
    })

    test('an administrator can give it a successor too', async () => {
      const [old, next] = [await newKey(), await newKey()]
      const key = await add(old.line)
      const path = `${keys()}/${key.id}/successor`
      await refused(ana.call('POST', path, { publicKey: next.line, overlapDays: 3 }), 401, 'seal-required')
      const given = await ana.act<DeployKeyView>('POST', path, { publicKey: next.line, overlapDays: 3 })
      assert.deepEqual([given.isWaiting, given.access, given.name], [true, 'read', 'builds'])
      assert.ok(await comeIn(old.line))
      assert.ok(await comeIn(next.line))
      await keptOut(old.line)
    })

    test('one that leaked ends when an administrator says so, whatever was said before', async () => {
      const [old, next, last] = [await newKey(), await newKey(), await newKey()]
      const key = await add(old.line)
      const give = (line: string, overlapDays: number) =>
        ana.act('POST', `${keys()}/${key.id}/successor`, { publicKey: line, overlapDays })
      await give(next.line, 60)
      await give(last.line, 1)
      assert.ok(Math.abs((await view(key.id)).expiresAt - now() - dayMs) < 60_000)
      ahead += dayMs + 60_000
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
      const json = await fetch(`${postern.origin}/api/v1/deploy-keys/rotate`, {
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
      ahead += 10 * 60_000
      assert.equal((await rotate(old, victim)).answer.code, 'key-taken')
    })

    test('its holder asks how it stands with a signature that is of now', async () => {
      const key = await newKey()
      await add(key.line, monthly)
      const file = join(postern.folder, `now-${(made += 1)}`)
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
      ahead += 31 * dayMs
      const old = await ask(now())
      assert.deepEqual([old.answer.isDue, old.answer.dueAt], [true, young.answer.dueAt])
    })

    test('says once that a new key is due, and warns 14, 7 and 1 days before the end', async () => {
      const key = await newKey()
      const { id } = await add(key.line, {
        name: 'warned',
        expiresInDays: null,
        rotation: { everyDays: 30, overlapDays: 20 },
      })
      const told = async () =>
        (await eventsOf(id))
          .slice(1)
          .map(({ action, facts }) => `${action.replace('deploy-key.', '')} ${facts['days'] ?? ''}`)
      const days = async (count: number): Promise<void> => {
        ahead += count * dayMs
        await Promise.all([lookAfter(), lookAfter()])
        await lookAfter()
      }
      await days(29)
      assert.deepEqual(await told(), [])
      await days(2)
      assert.deepEqual(await told(), ['rotation-due '])
      await days(6)
      assert.deepEqual(await told(), ['rotation-due ', 'expiring 14'])
      // As soon as it is written: old news is not sent.
      const nextSubject = async (): Promise<string | undefined> => {
        for (;;) {
          const letter = await mail.next()
          if (letter.text.includes('“warned”')) return letter.headers.get('subject')
        }
      }
      assert.equal(await nextSubject(), 'A deploy key ends in 14 days')
      await days(7)
      assert.equal(await nextSubject(), 'A deploy key ends in 7 days')
      await days(5.5)
      assert.equal(await nextSubject(), 'A deploy key ends in a day')
      assert.deepEqual(await told(), ['rotation-due ', 'expiring 14', 'expiring 7', 'expiring 1'])
      await ana.signIn()
      const { attention } = await ana.call<{ attention: { kind: string; text: string }[] }>('GET', '/home')
      assert.match(attention.find(({ kind }) => kind === `key-ends-${id}`)?.text ?? '', /“warned” of pay\/api ends on/)
      await days(1)
      assert.deepEqual((await told()).at(-1), 'expired ')
      await keptOut(key.line)
      assert.equal(await nextSubject(), 'A deploy key has ended')
    })

    test('is not warned of an end that was nearer when it was settled', async () => {
      const key = await newKey()
      const { id } = await add(key.line, { expiresInDays: 5 })
      await lookAfter()
      assert.equal((await eventsOf(id)).length, 1)
      ahead += 4.5 * dayMs
      await lookAfter()
      assert.equal((await eventsOf(id)).at(-1)?.facts['days'], 1)
    })

    test('goes on when who looked after it leaves, until nobody has kept it in time; kept with a tap it stays', async () => {
      const bo = await postern.join(ana, 'bo')
      await ana.act('PUT', `${held.path}/members/user/bo`, { role: 'admin' })
      const lines = [(await newKey()).line, (await newKey()).line] as const
      const [kept, left] = await Promise.all(
        lines.map((publicKey) =>
          bo.act<DeployKeyView>('POST', keys(), { name: 'of bo', publicKey, access: 'read', ...yearly }),
        ),
      )
      assert.ok(kept && left)
      await ana.act('POST', '/people/bo/end', { reason: '' })
      for (const line of lines) assert.ok(await comeIn(line))
      const days = ((await view(left.id)).keepBy ?? 0) - now()
      assert.ok(Math.abs(days - 14 * dayMs) < 60_000, `${days} ms`)
      const keep = `${keys()}/${kept.id}/keep`
      await refused(ana.call('POST', keep, {}), 401, 'seal-required')
      await ana.act('POST', keep, {})
      const { keepBy, steward } = await view(kept.id)
      assert.deepEqual([keepBy, steward?.username], [null, 'ana'])
      await refused(ana.act('POST', keep, {}), 409, 'not-left-behind')
      const told = async (subject: string): Promise<void> => {
        for (;;) {
          const { text, headers } = await mail.next()
          if (headers.get('subject') === subject && text.includes('“of bo”')) return
        }
      }
      // Read before the clock moves on: news that have waited a week are no longer sent.
      await told('Somebody must keep a deploy key of your repository')
      ahead += 14 * dayMs - 3_600_000
      await lookAfter()
      assert.ok(await comeIn(lines[1]))
      ahead += 2 * 3_600_000
      await lookAfter()
      assert.match(await keptOut(lines[1]), /ended on/)
      assert.match(
        String((await eventsOf(left.id)).at(-1)?.facts['reason']),
        /^Bo Example, who looked after it, has left, and nobody kept it$/,
      )
      assert.ok(await comeIn(lines[0]))
      await told('A deploy key has ended')
    })

    test('goes with its repository', async () => {
      const other = await makeHeld(postern, ana, 'pay/gone')
      const key = await newKey()
      await ana.act('POST', `${other.path}/deploy-keys`, {
        name: 'x',
        publicKey: key.line,
        access: 'read',
        ...yearly,
      })
      const caller = (await comeIn(key.line)) ?? assert.fail()
      await ana.act('DELETE', other.path)
      assert.equal(await comeIn(key.line), undefined)
      assert.equal(await source.again(caller, now()), undefined)
      const { database } = postern.postern.ceremonies
      const machine = await database.read.selectFrom('user').select('state').where('id', '=', caller.id).execute()
      assert.deepEqual(
        machine.map(({ state }) => state),
        ['ended'],
      )
    })
  })
