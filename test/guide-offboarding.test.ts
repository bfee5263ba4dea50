import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { mkdir, readFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { listenForAdmin } from '../src/commands/admin-socket.ts'
import { loadConfig } from '../src/config.ts'
import { lockDataFolder } from '../src/database/lock.ts'
import type { AccessEnd, AccessEndSummary, Restored } from '../src/identity/ending/shapes.ts'
import type { Person } from '../src/walk/person.ts'
import { applicant } from './support/ceremony.ts'
import { postern as command } from './support/command.ts'
import { asPattern, readGuide } from './support/guide.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const run = promisify(execFile)
const guide = await readGuide('offboarding.md')

/** The page from top to bottom, by curl, jq, openssl and the command line, as an administrator would. */
for (const store of eitherStore)
  describe(`the guide about people who leave, on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let flags: string[]
    let work: string
    before(async () => {
      const storeFlags = await store.flags()
      postern = await startPostern({ flags: storeFlags })
      flags = ['--data', join(postern.folder, 'data'), '--url', postern.origin, ...storeFlags]
      ana = await postern.owner()
      work = join(postern.folder, 'work')
      await mkdir(work)
    })
    after(() => postern[Symbol.asyncDispose]())
    const sh = async (script: string, env: Record<string, string> = {}): Promise<string> => {
      const here = script.replaceAll('https://git.example.com', postern.origin)
      const { PATH = '' } = process.env
      return (await run('sh', ['-e', '-c', here], { cwd: work, env: { PATH, ...env } })).stdout
    }
    const admin = (...args: string[]) => command(['admin', 'end-access', ...args, ...flags])

    test('End somebody’s access, by a program', async () => {
      const ben = await postern.join(ana, 'ben')
      const env = { TOKEN: await ana.makeToken('offboarding', ['act']) }
      const [ask, repeat] = guide.blocks("End somebody's access", 'sh')
      await sh(ask, env)
      const asked = JSON.parse(await readFile(join(work, 'asked.json'), 'utf8')) as { sealRequestId: string }
      const seal = await ana.tap(asked.sealRequestId)
      await sh(repeat ?? '', { ...env, SEAL: seal })
      await refused(ben.call('GET', '/me'), 401, 'sign-in-required')
    })

    test('The receipt, checked with nothing but openssl', async () => {
      const [check] = guide.blocks('The receipt', 'sh')
      assert.match(await sh(check), /Signature Verified Successfully/)
      await sh('printf x >> message')
      await assert.rejects(
        sh(
          check
            .split('\n')
            .filter((line) => line.startsWith('openssl'))
            .join('\n'),
        ),
      )
    })

    test('On the machine itself, with the server running', async () => {
      const carl = await postern.join(ana, 'carl')
      await using opened = new AsyncDisposableStack()
      const unlock = lockDataFolder(join(postern.folder, 'data'))
      opened.defer(() => unlock?.())
      opened.defer(await listenForAdmin(loadConfig(flags, {}), postern.postern))
      const shown = guide.blocks("End somebody's access", 'sh')[2] ?? ''
      assert.match(shown, /^npm run postern -- admin end-access carl --reason 'left on Friday'$/m)
      const { code, stdout, stderr } = await admin('carl', '--reason', 'left on Friday')
      assert.equal(code, 0, stderr)
      for (const line of [
        'The access of Carl Example (carl) has ended:',
        '  sessions: 1',
        '  passkeys: 1',
        'Open connections cut: 0, the last … ms after the decision.',
        'Receipt: end_…',
      ])
        assert.match(stdout, asPattern(line))
      await refused(carl.call('GET', '/me'), 401, 'sign-in-required')
      const again = await admin('carl')
      assert.deepEqual(
        [again.code, again.stderr],
        [1, 'postern admin end-access: the access of carl has ended already.\n'],
      )
      const nobody = await admin('nobody')
      assert.equal(nobody.stderr, 'postern admin end-access: there is nobody called nobody.\n')
      const { items } = await ana.call<{ items: AccessEndSummary[] }>('GET', '/people/carl/ends')
      assert.deepEqual([items[0]?.cause, items[0]?.reason, items[0]?.decidedBy], ['shell', 'left on Friday', null])
    })

    test('They come back, with nothing but the account', async () => {
      const { link } = await ana.act<Restored>('POST', '/people/carl/restore', {})
      const carl = postern.stranger()
      await carl.register(link ?? '', applicant('carl'))
      assert.equal((await carl.call<{ role: string }>('GET', '/me')).role, 'member')
    })

    test('The same with the server stopped, the last owner too', async () => {
      await postern.postern.close()
      const { code, stdout, stderr } = await admin('ana', '--json')
      assert.equal(code, 0, stderr)
      const end = JSON.parse(stdout) as AccessEnd
      assert.deepEqual([end.person.username, end.cause, end.state], ['ana', 'shell', 'complete'])
      assert.ok(end.receipt)
      const last = await admin('carl')
      assert.match(last.stdout, /Nobody owns this instance now: postern admin setup-link makes a next owner\./)
      await postern.restart()
      await refused(ana.call('GET', '/me'), 401, 'sign-in-required')
    })
  })
