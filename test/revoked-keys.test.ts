import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { parseRevocation } from '../src/seals/format/revocation.ts'
import { judged } from '../src/verifier/judged-testing.ts'
import { Person } from '../src/walk/person.ts'
import { startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const execute = promisify(execFile)
const MOST_LOOKS = 200

for (const { name, flags } of eitherStore) {
  describe(`a key in wrong hands, on ${name}`, () => {
    it('is published with what stands of it, once and for all', async () => {
      await using postern = await startPostern({ flags: await flags() })
      const ana = await postern.owner()
      await ana.call('POST', '/projects', { name: 'payments', description: '' })
      await ana.call('POST', '/projects/payments/repositories', { name: 'api', description: '' })
      const api = '/projects/payments/repositories/api'
      const token = await ana.makeToken('laptop')
      const work = join(postern.folder, 'work')
      await mkdir(work)
      const env = { PATH: process.env['PATH'], HOME: work }
      const git = async (...args: string[]): Promise<string> =>
        (await execute('git', args, { cwd: work, env, encoding: 'utf8' })).stdout.trim()
      await git('init', '-q', '-b', 'main')
      await git('config', 'user.name', 'Ana')
      await git('config', 'user.email', 'ana@example.com')
      await git('remote', 'add', 'origin', `${postern.origin.replace('//', `//ana:${token}@`)}/payments/api.git`)
      await writeFile(join(work, 'README.md'), 'hello\n')
      await git('add', '.')
      await git('commit', '-q', '-m', 'first')
      await git('push', '-q', 'origin', 'main')
      const start = `${api}/protected-branches/main`
      const { sealRequestId } = await ana.call<{ sealRequestId: string }>('POST', `${start}/start-seal`, {})
      await ana.call('POST', `${start}/start`, {}, { 'postern-seal': await ana.tap(sealRequestId) })

      const fetchProofs = () => git('fetch', '-q', 'origin', '+refs/postern/*:refs/postern/*')
      const revokedKeys = async () =>
        (
          await fetch(`${postern.origin}/payments/api.git/revoked_keys`, {
            headers: { authorization: `Bearer ${token}` },
          })
        ).text()
      assert.equal(await revokedKeys(), '')
      assert.equal((await fetch(`${postern.origin}/payments/api.git/revoked_keys`)).status, 401)

      const second = new SoftwareAuthenticator()
      const added = await ana.addPasskey(second, 'spare')
      const { items } = await ana.call<{ items: { id: string; fingerprint: string }[] }>('GET', '/me/credentials')
      const first = items.find(({ id }) => id !== added.id)
      assert.ok(first)
      const later = new Person(ana.origin, second)
      await later.signIn()

      // A tap for a mere removal does not say that the key was stolen, nor the other way round.
      const lost = `/me/credentials/${first.id}`
      const asked = await later.fetch('DELETE', lost)
      const plain = (await asked.json()) as { sealRequestId: string }
      const seal = await later.tap(plain.sealRequestId)
      const swapped = await later.fetch('DELETE', lost, { compromised: true }, { 'postern-seal': seal })
      assert.notEqual(swapped.status, 204)
      assert.equal(await revokedKeys(), '')

      await later.act('DELETE', lost, { compromised: true })
      assert.match(await revokedKeys(), /^sk-ecdsa-sha2-nistp256@openssh\.com [A-Za-z0-9+/=]+\n$/)
      // The projection follows on its own.
      let listed = ''
      for (let look = 0; look < MOST_LOOKS && listed === ''; look++) {
        await fetchProofs()
        listed = await git('show', 'refs/postern/signers:revoked_keys')
      }
      assert.equal(`${listed}\n`, await revokedKeys())
      const paths = (await git('ls-tree', '-r', '--name-only', 'refs/postern/signers')).split('\n')
      const [path, ...more] = paths.filter((one) => one.startsWith('revoked/'))
      assert.deepEqual(more, [])
      const revocation = parseRevocation(Buffer.from(await git('cat-file', 'blob', `refs/postern/signers:${path}`)))
      // The start of protection, and the tap that let the second key in.
      assert.equal(revocation.standing.length, 2)

      const report = await judged(work, '--trust', first.fingerprint)
      assert.deepEqual([report.verdict, report.start.state], ['proven', 'sealed'])
      assert.ok(report.notes.some((note) => note.includes('may be in wrong hands')))
      assert.ok(!report.notes.some((note) => note.startsWith('The endorsement')))

      const tip = await git('rev-parse', 'refs/postern/signers')
      await postern.restart()
      await postern.restart()
      await fetchProofs()
      assert.equal(await git('rev-parse', 'refs/postern/signers'), tip)
    })
  })
}
