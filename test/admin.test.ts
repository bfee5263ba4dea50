import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { listenForAdmin } from '../src/commands/admin-socket.ts'
import { loadConfig } from '../src/config.ts'
import { lockDataFolder } from '../src/database/lock.ts'
import { createPostern } from '../src/server.ts'
import { Person } from '../src/walk/person.ts'
import { applicant, registerWith, signInWith } from './support/ceremony.ts'
import { postern as command } from './support/command.ts'
import { readPolicy, setRules, shipped } from './support/guardrails.ts'
import { makeRoute } from './support/make-route.ts'
import { refused } from './support/refusal.ts'
import { startRelay } from './support/relay.ts'
import { freePort, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

interface Link {
  url: string
  username: string | null
}

for (const store of eitherStore)
  describe(`the operator’s commands on ${store.name}`, () => {
    test('setup-link asks the running server through its socket, or opens the data itself when none runs', async () => {
      const flags = await store.flags()
      await using postern = await startPostern({ flags })
      const data = join(postern.folder, 'data')
      const args = ['--data', data, '--url', postern.origin, ...flags]
      const setupLink = async (...more: string[]): Promise<Link> => {
        const { code, stdout, stderr } = await command(['admin', 'setup-link', '--json', ...more, ...args])
        assert.equal(code, 0, stderr)
        return JSON.parse(stdout) as Link
      }

      // Running: the folder is locked, so only the socket can answer.
      await using opened = new AsyncDisposableStack()
      const unlock = lockDataFolder(data)
      const stopAdmin = await listenForAdmin(loadConfig(args, {}), postern.postern)
      opened.defer(stopAdmin)
      assert.equal((await stat(join(data, 'admin.sock'))).mode & 0o777, 0o600)
      const ana = postern.stranger()
      await registerWith(ana, (await setupLink()).url, 'ana')
      const bo = postern.stranger()
      await registerWith(bo, (await setupLink()).url, 'bo')
      assert.equal((await bo.call<{ role: string }>('GET', '/me')).role, 'owner')
      const unknown = await command(['admin', 'setup-link', '--owner', 'eve', ...args])
      assert.deepEqual(
        [unknown.code, unknown.stderr],
        [1, 'postern admin setup-link: There is no owner called eve. Owners: ana, bo.\n'],
      )
      await stopAdmin()

      // The socket is gone, the lock is not: another process holds the folder.
      const locked = await command(['admin', 'setup-link', ...args])
      assert.deepEqual(
        [locked.code, locked.stderr],
        [1, 'postern admin setup-link: the server is running on this data folder. Stop it first.\n'],
      )
      unlock?.()

      const { stdout: said } = await command(['admin', 'setup-link', '--owner', 'ana', ...args])
      assert.match(
        said,
        /^ana registers anew with this link\. It works once, until \d\d:\d\d [A-Z]+\S*\.\nWhen it is used, all /,
      )
      assert.match(said, /SSH keys.*\nTheir agents, deploy keys, pipelines and connectors go on\..*\n\n {2}http/s)
      const again = await setupLink('--owner', 'ana')
      assert.equal(again.username, 'ana')
      const anew = postern.stranger()
      await ana.call('GET', '/me')
      await registerWith(anew, again.url, 'ana')
      await refused(ana.call('GET', '/me'), 401, 'sign-in-required')
      const { items } = await anew.call<{ items: { action: string; method: string }[] }>(
        'GET',
        '/audit?action=instance.setup-link',
      )
      assert.deepEqual(
        items.map(({ method }) => method),
        ['shell', 'shell', 'shell'],
      )
    })

    test('setup-link before the first start of the server makes the first owner’s link', async () => {
      const flags = await store.flags()
      await using postern = await startPostern({ flags })
      const args = ['--data', join(postern.folder, 'data'), '--url', postern.origin, ...flags]
      const named = await command(['admin', 'setup-link', '--owner', 'ana', ...args])
      assert.deepEqual([named.code, named.stdout], [1, ''])
      assert.match(
        named.stderr,
        /There is no owner called ana: nobody has set this instance up yet\. Leave out --owner/,
      )
      const { code, stdout } = await command(['admin', 'setup-link', '--json', ...args])
      assert.equal(code, 0)
      const ana = postern.stranger()
      await registerWith(ana, (JSON.parse(stdout) as Link).url, 'ana')
      assert.equal((await ana.call<{ isSetUp: boolean }>('GET', '/instance')).isSetUp, true)
    })

    test('rehome carries people over: links for each, sessions and old links ended, the old address refused', async () => {
      const flags = await store.flags()
      await using postern = await startPostern({ flags })
      const data = join(postern.folder, 'data')
      const ana = await postern.owner()
      const bo = await postern.join(ana, 'bo')
      await makeRoute(ana, 'wiki', { upstream: 'http://127.0.0.1:9' })
      const { link: invitation } = await ana.act<{ link: string }>('POST', '/people', {
        ...applicant('cy'),
        role: 'member',
      })

      const start = (url: string, port: number) =>
        createPostern(
          loadConfig(
            [
              '--url',
              url,
              '--port',
              String(port),
              '--data',
              data,
              '--trusted-proxies',
              '127.0.0.1',
              '--ssh-port',
              'off',
              '--log-level',
              'error',
              ...flags,
            ],
            {},
          ),
        )
      await assert.rejects(
        start('https://git.example.com', 1),
        /passkeys belong to localhost.*postern admin rehome --url https:\/\/git\.example\.com/,
      )

      const noUrl = await command(['admin', 'rehome', '--data', data, ...flags])
      assert.deepEqual(
        [noUrl.code, noUrl.stderr],
        [1, 'postern admin rehome: say where to: --url https://git.example.com\n'],
      )
      const moved = await command([
        'admin',
        'rehome',
        '--url',
        'https://git.example.com',
        '--json',
        '--data',
        data,
        ...flags,
      ])
      assert.equal(moved.code, 0, moved.stderr)
      const links = new Map(
        (JSON.parse(moved.stdout) as (Link & { username: string })[]).map(({ username, url }) => [username, url]),
      )
      assert.deepEqual([...links.keys()], ['ana', 'bo', 'cy'])

      await assert.rejects(start(postern.origin, 1), /passkeys belong to git\.example\.com/)
      const port = await freePort()
      const elsewhere = await start('https://git.example.com', port)
      await elsewhere.listen()
      try {
        await using proxy = await startRelay({
          choosePort: () => port,
          headers: { host: 'git.example.com', 'x-forwarded-proto': 'https' },
        })
        const at = (person: Person): Person =>
          new Person('https://git.example.com', person.authenticator, proxy.address)
        await refused(ana.call('GET', '/me'), 401, 'sign-in-required')
        await refused(registerWith(at(postern.stranger()), invitation, 'cy'), 410, 'link-used')
        assert.throws(
          () => ana.authenticator.get({ challenge: 'AAAA', rpId: 'git.example.com' }, 'https://git.example.com'),
          { name: 'NotAllowedError' },
        )

        const movedAna = at(ana)
        await registerWith(movedAna, links.get('ana') ?? '', 'ana')
        assert.equal((await movedAna.call<{ role: string }>('GET', '/me')).role, 'owner')
        await movedAna.signOut()
        await signInWith(movedAna)
        // A name that could be given there and never here.
        const { attention } = await movedAna.call<{ attention: { kind: string; text: string }[] }>('GET', '/home')
        assert.match(
          attention.find(({ kind }) => kind === 'route-closed-wiki')?.text ?? '',
          /^Wiki is not opened at wiki\.localhost any more\. .+ Choose one that leads here\.$/,
        )
        const tool = await movedAna.call<{ state: string; problem: string }>('GET', '/applications/wiki/route')
        assert.deepEqual([tool.state, tool.problem.slice(0, 21)], ['down', 'Names below localhost'])
        // Somebody who let their link grow old is not locked out for ever.
        const { link } = await movedAna.act<{ link: string }>('POST', '/people/bo/registration-link', {})
        await registerWith(at(bo), link, 'bo')
      } finally {
        await elsewhere.close()
      }
    })

    test('guardrails off is the way back where they keep every administrator out, and says so in the record', async () => {
      const flags = await store.flags()
      await using postern = await startPostern({ flags })
      const data = join(postern.folder, 'data')
      const args = ['--data', data, '--url', postern.origin, ...flags]
      const ana = await postern.owner()
      const enforceFrom = Date.UTC(2099, 0, 1)
      await setRules(ana, [
        shipped('token-lifetime'),
        shipped('session-limits'),
        shipped('hardware-keys', { enforceFrom }),
      ])
      const unlock = lockDataFolder(data)
      const stopAdmin = await listenForAdmin(loadConfig(args, {}), postern.postern)
      const guardrails = (...more: string[]) => command(['admin', 'guardrails', ...more, ...args])
      try {
        assert.match((await guardrails('show')).stdout, /^on +token-lifetime: API tokens live 90 days at most$/m)
        assert.match((await guardrails('show')).stdout, /^from 2099-01-01 +hardware-keys: /m)
        const one = await guardrails('off', '--rule', 'token-lifetime')
        assert.match(one.stdout, /^off +token-lifetime.*\non +session-limits/m)
        // In force at once in the running server.
        const token = { name: 'long', scopes: ['account:read'], repositoryIds: null, expiresInDays: 365 }
        await ana.act('POST', '/me/tokens', token)
        assert.match((await guardrails('off', '--rule', 'none')).stderr, /no guardrail none/)
        assert.equal((await guardrails('off')).code, 0)
      } finally {
        await stopAdmin()
        unlock?.()
      }
      assert.deepEqual(
        (await readPolicy(ana)).policy.rules.map(({ mode }) => mode),
        ['off', 'off', 'off'],
      )
      const { items } = await ana.call<{ items: { method: string; sentence: string }[] }>(
        'GET',
        '/audit?action=guardrail.changed',
      )
      assert.deepEqual(
        [items[0]?.method, items[0]?.sentence.startsWith('The operator of the machine')],
        ['shell', true],
      )
    })
  })
