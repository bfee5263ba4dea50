import assert from 'node:assert/strict'
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { after, before, describe, test } from 'node:test'
import type { DeployKeyView } from '../src/machines/deploy-keys/shapes.ts'
import type { Person } from '../src/walk/person.ts'
import { setRules } from './support/guardrails.ts'
import { makeHeld, type Repository } from './support/held-repository.ts'
import { refused } from './support/refusal.ts'
import { openSshDoor, type SshDoor } from './support/ssh-door.ts'
import { type KeyFile, makeKeyFile } from './support/ssh-key-files.ts'
import { eitherStore } from './support/stores.ts'

for (const store of eitherStore)
  describe(`a deploy key is nobody, on ${store.name}`, () => {
    let door: SshDoor
    let ana: Person
    let held: Repository
    let key: KeyFile
    let id: string
    let machine: string
    let work: string
    before(async () => {
      door = await openSshDoor(await store.flags())
      ana = await door.started.owner()
      held = await makeHeld(door.started, ana, 'pay/api')
      key = await makeKeyFile(await door.folder('keys'), 'builds')
      ;({ id } = await ana.act<DeployKeyView>('POST', `${held.path}/deploy-keys`, {
        name: 'build server',
        publicKey: key.line,
        access: 'write',
        expiresInDays: 30,
        rotation: null,
      }))
      const { database } = door.started.postern.ceremonies
      ;({ username: machine } = await database.read
        .selectFrom('user')
        .select('username')
        .where('kind', '=', 'system')
        .executeTakeFirstOrThrow())
      work = await door.folder('clones')
      await door.git(key, work, 'clone', '--quiet', door.url('pay/api'), 'api')
      work = `${work}/api`
    })
    after(() => door[Symbol.asyncDispose]())
    const push = async (ref: string) => {
      await door.git(key, work, 'commit', '--quiet', '--allow-empty', '-m', `for ${ref}`)
      return door.git(key, work, 'push', 'origin', `HEAD:${ref}`)
    }

    test('pushes a branch, under its name in the record', async () => {
      const { code, stderr } = await push('refs/heads/topic')
      assert.equal(code, 0, stderr)
      const { method } = await held.lastUpdate('refs/heads/topic')
      assert.equal(method, `deploy-key ${id}`)
      const { items } = await ana.call<{ items: { sentence: string; method: string }[] }>(
        'GET',
        '/audit?action=ref.created&method=deploy-key',
      )
      assert.match(items[0]?.sentence ?? '', /^build server created topic/)
    })

    test('what is protected, takes a tap, or is the server’s own is not its to move', async () => {
      assert.notEqual((await push('refs/heads/main')).code, 0)
      await held.setPush('main', 'tap')
      const { code, stderr } = await push('refs/heads/main')
      assert.notEqual(code, 0)
      assert.match(stderr, /person/)
      await setRules(ana, [
        {
          id: 'tap-per-push',
          title: 'A tap for each push',
          mode: 'enforce' as const,
          who: ['everyone'],
          does: ['push'],
          requires: { freshnessSeconds: 0 },
        },
      ])
      assert.notEqual((await push('refs/heads/another')).code, 0)
      await setRules(ana, [])
      for (const ref of [
        'refs/pull/1/head',
        'refs/postern/seals',
        'refs/replace/0000000000000000000000000000000000000001',
      ])
        assert.notEqual((await push(ref)).code, 0, ref)
    })

    test('nobody finds it among people, or can name it as one', async () => {
      interface Named {
        items: { username?: string; name?: string }[]
      }
      for (const path of ['/people', '/people?q=machine', '/people?q=build', `${held.path}/members`, '/agents']) {
        const { items } = await ana.call<Named>('GET', path)
        assert.ok(!items.some(({ username, name }) => [username, name].includes(machine)), path)
      }
      const counts = await ana.call<Record<string, number>>('GET', '/people/counts')
      assert.deepEqual([counts['people'], counts['guests'], counts['no-sponsor'], counts['no-passkey']], [1, 0, 0, 0])
      await ana.act('POST', '/groups', { name: 'crew', description: '' })
      const rule = {
        id: 'about-a-machine',
        title: 'About it',
        mode: 'enforce' as const,
        who: [`user:${machine}`],
        does: ['push'],
        requires: { freshnessSeconds: 60 },
      }
      const token = { name: 'x', scopes: ['account:read'], repositoryIds: null, expiresInDays: 1 }
      for (const [method, path, body] of [
        ['GET', `/people/${machine}`, undefined],
        ['POST', `/people/${machine}/end`, { reason: '' }],
        ['POST', `/people/${machine}/registration-link`, {}],
        ['POST', `/people/${machine}/recovery`, {}],
        ['PATCH', `/people/${machine}`, { role: 'admin' }],
        ['PUT', `/groups/crew/members/${machine}`, {}],
        ['PUT', `${held.path}/members/user/${machine}`, { role: 'admin' }],
        ['POST', `/agents/${machine}/tokens`, token],
      ] as const)
        await refused(ana.act(method, path, body), 404, 'not-found')
      await assert.rejects(setRules(ana, [rule]), /invalid|422/)
    })

    test('its end cuts what it has open, and nothing comes in after', async () => {
      const [program = '', ...args] = door.sshCommand(key)
      // Waits for what to send, as a clone does between two packets.
      const open = spawn(program, [...args, 'git@localhost', "git-upload-pack 'pay/api.git'"], {
        env: door.env(key),
        stdio: ['pipe', 'pipe', 'ignore'],
      })
      await once(open.stdout, 'data')
      const closed = once(open, 'close')
      await ana.act('DELETE', `${held.path}/deploy-keys/${id}`)
      const late = AbortSignal.timeout(30_000)
      await Promise.race([
        closed,
        new Promise((_, reject) => late.addEventListener('abort', () => reject(new Error('it is still open')))),
      ])
      const { code, stderr } = await push('refs/heads/late')
      assert.notEqual(code, 0)
      assert.match(stderr, /The deploy key “build server” ended on/)
    })
  })
