import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DeployKeyView } from '../src/machines/deploy-keys/shapes.ts'
import { successorTests } from './deploy-keys-successors.ts'
import { dayMs, deployKeysOn, monthly, yearly } from './support/deploy-keys.ts'
import { makeHeld } from './support/held-repository.ts'
import { refused } from './support/refusal.ts'
import { newSshKey } from './support/ssh-key-line.ts'
import { makeKeyFile } from './support/ssh-key-files.ts'
import { eitherStore } from './support/stores.ts'

for (const store of eitherStore)
  describe(`deploy keys on ${store.name}`, () => {
    const here = deployKeysOn(store)
    const { add, comeIn, eventsOf, keptOut, keys, list, lookAfter, newKey, nextName, now, pass, proven, rotate, view } =
      here

    test('is added with one tap, shown as ssh-keygen shows it, and comes in for its repository alone', async () => {
      const { line } = await newKey()
      const body = { name: 'builds', publicKey: line, access: 'read', ...yearly }
      await refused(here.ana.call('POST', keys(), body), 401, 'seal-required')
      const key = await add(line)
      assert.equal(key.fingerprint, proven(line).fingerprint)
      assert.deepEqual(
        [key.access, key.steward?.username, key.lastUsedAt, key.successor, key.rotation],
        ['read', 'ana', null, null, null],
      )
      assert.ok(Math.abs(key.expiresAt - now() - 365 * dayMs) < 60_000)
      assert.equal(await here.source.isKnown(proven(line)), true)
      const caller = (await comeIn(line)) ?? assert.fail()
      assert.deepEqual(
        [caller.kind, caller.displayName, caller.strength, caller.role, caller.by],
        [
          'system',
          'builds',
          'password',
          'guest',
          {
            kind: 'deploy-key',
            keyId: key.id,
            name: 'builds',
            scopes: ['repository:read'],
            repositoryIds: [here.held.id],
          },
        ],
      )
      const used = await view(key.id)
      assert.deepEqual([used.lastUsedFrom, (used.lastUsedAt ?? 0) > 0], ['203.0.113.7', true])
      assert.equal((await here.source.again(caller, now()))?.id, caller.id)
      await assert.rejects(comeIn(line, 'ana'), /comes in as the user git/)
      assert.equal(await here.source.isKnown(proven(newSshKey())), false)
      assert.equal(await comeIn(newSshKey()), undefined)
    })

    test('no key is taken twice, and none that a machine cannot use', async () => {
      const { line } = await newKey()
      await add(line)
      await refused(add(line), 409, 'key-taken')
      const other = await makeHeld(here.postern, here.ana, 'pay/other')
      const again = here.ana.act('POST', `${other.path}/deploy-keys`, {
        name: 'x',
        publicKey: line,
        access: 'write',
        ...yearly,
      })
      await refused(again, 409, 'key-taken')
      const weak = await makeKeyFile(here.postern.folder, nextName('weak'), '-t', 'rsa', '-b', '2048')
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
      await here.ana.act('PUT', '/settings/deployKeyDays', { value: 30 })
      try {
        assert.equal((await here.ana.call<{ mostDays: number }>('GET', keys())).mostDays, 30)
        for (const lifetime of [
          { expiresInDays: 31, rotation: null },
          { expiresInDays: null, rotation: { everyDays: 30, overlapDays: 1 } },
        ]) {
          const { title } = await refused(add(newSshKey(), lifetime), 422, 'invalid-input')
          assert.match(title, /^A deploy key lives 30 days at most here, and this would be 31\.$/)
          await refused(here.ana.act('PATCH', `${keys()}/${id}`, { lifetime }), 422, 'invalid-input')
        }
        const short = await add(newSshKey(), { expiresInDays: 30 })
        assert.ok(Math.abs(short.expiresAt - now() - 30 * dayMs) < 60_000)
        const { answer } = await rotate(old, next)
        assert.ok(Math.abs((answer.successor?.expiresAt ?? 0) - now() - 30 * dayMs) < 60_000)
      } finally {
        await here.ana.act('PUT', '/settings/deployKeyDays', { value: 365 })
      }
    })

    test('whoever only writes to the repository sees and changes none', async () => {
      const ben = await here.postern.join(here.ana, store.name === 'SQLite' ? 'ben' : 'ben2')
      const { username } = await ben.call<{ username: string }>('GET', '/me')
      await here.ana.act('PUT', `${here.held.path}/members/user/${username}`, { role: 'write' })
      await refused(ben.call('GET', keys()), 403, 'not-allowed')
      const body = { name: 'x', publicKey: newSshKey(), access: 'write', ...yearly }
      await refused(ben.call('POST', keys(), body), 403, 'not-allowed')
      const token = await here.ana.makeToken('act', ['act', 'repository:write'])
      const headers = { authorization: `Bearer ${token}` }
      await refused(here.postern.stranger().call('POST', keys(), body, headers), 403, 'person-required')
    })

    test('ended by its administrator it comes in no more, and its actor is no more', async () => {
      const { line } = await newKey()
      const { id } = await add(line)
      const caller = (await comeIn(line)) ?? assert.fail()
      await here.ana.act('DELETE', `${keys()}/${id}`)
      assert.match(await keptOut(line), /^The deploy key “builds” ended on \d{4}-/)
      assert.equal(await here.source.again(caller, now()), undefined)
      const { database } = here.postern.postern.ceremonies
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
        pass(count * dayMs)
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
          const letter = await here.mail.next()
          if (letter.text.includes('“warned”')) return letter.headers.get('subject')
        }
      }
      assert.equal(await nextSubject(), 'A deploy key ends in 14 days')
      await days(7)
      assert.equal(await nextSubject(), 'A deploy key ends in 7 days')
      await days(5.5)
      assert.equal(await nextSubject(), 'A deploy key ends in a day')
      assert.deepEqual(await told(), ['rotation-due ', 'expiring 14', 'expiring 7', 'expiring 1'])
      await here.ana.signIn()
      const { attention } = await here.ana.call<{ attention: { kind: string; text: string }[] }>('GET', '/home')
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
      pass(4.5 * dayMs)
      await lookAfter()
      assert.equal((await eventsOf(id)).at(-1)?.facts['days'], 1)
    })

    test('goes on when who looked after it leaves, until nobody has kept it in time; kept with a tap it stays', async () => {
      const bo = await here.postern.join(here.ana, 'bo')
      await here.ana.act('PUT', `${here.held.path}/members/user/bo`, { role: 'admin' })
      const lines = [(await newKey()).line, (await newKey()).line] as const
      const [kept, left] = await Promise.all(
        lines.map((publicKey) =>
          bo.act<DeployKeyView>('POST', keys(), { name: 'of bo', publicKey, access: 'read', ...yearly }),
        ),
      )
      assert.ok(kept && left)
      await here.ana.act('POST', '/people/bo/end', { reason: '' })
      for (const line of lines) assert.ok(await comeIn(line))
      const days = ((await view(left.id)).keepBy ?? 0) - now()
      assert.ok(Math.abs(days - 14 * dayMs) < 60_000, `${days} ms`)
      const keep = `${keys()}/${kept.id}/keep`
      await refused(here.ana.call('POST', keep, {}), 401, 'seal-required')
      await here.ana.act('POST', keep, {})
      const { keepBy, steward } = await view(kept.id)
      assert.deepEqual([keepBy, steward?.username], [null, 'ana'])
      await refused(here.ana.act('POST', keep, {}), 409, 'not-left-behind')
      const told = async (subject: string): Promise<string> => {
        for (;;) {
          const { text, headers } = await here.mail.next()
          if (headers.get('subject') === subject && text.includes('“of bo”')) return text
        }
      }
      // Read before the clock moves on: news that have waited a week are no longer sent.
      await told('Somebody must keep a deploy key of your repository')
      pass(14 * dayMs - 3_600_000)
      await lookAfter()
      assert.ok(await comeIn(lines[1]))
      pass(2 * 3_600_000)
      await lookAfter()
      assert.match(await keptOut(lines[1]), /ended on/)
      assert.match(
        String((await eventsOf(left.id)).at(-1)?.facts['reason']),
        /^bo, who looked after it, has left, and nobody kept it$/,
      )
      assert.ok(await comeIn(lines[0]))
      assert.match(await told('A deploy key has ended'), /Bo Example, who looked after it, has left/)
    })

    test('goes with its repository', async () => {
      const other = await makeHeld(here.postern, here.ana, 'pay/gone')
      const key = await newKey()
      await here.ana.act('POST', `${other.path}/deploy-keys`, {
        name: 'x',
        publicKey: key.line,
        access: 'read',
        ...yearly,
      })
      const caller = (await comeIn(key.line)) ?? assert.fail()
      await here.ana.act('DELETE', other.path)
      assert.equal(await comeIn(key.line), undefined)
      assert.equal(await here.source.again(caller, now()), undefined)
      const { database } = here.postern.postern.ceremonies
      const machine = await database.read.selectFrom('user').select('state').where('id', '=', caller.id).execute()
      assert.deepEqual(
        machine.map(({ state }) => state),
        ['ended'],
      )
    })

    successorTests(here)
  })
