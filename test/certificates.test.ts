import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import type {
  CertificateAuthorityView,
  CertificateIssued,
  CertificateView,
} from '../src/access-keys/certificates/shapes.ts'
import { ApiError, type Person } from '../src/walk/person.ts'
import { makeCodes, useCode } from './support/recovery.ts'
import { newSshKey } from './support/ssh-key-line.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const run = promisify(execFile)
const path = '/me/ssh/certificates'
const issue = (person: Person, publicKey = newSshKey(), hours?: number): Promise<CertificateIssued> =>
  person.act('POST', path, { publicKey, ...(hours === undefined ? {} : { hours }) })
const list = async (person: Person): Promise<CertificateView[]> =>
  (await person.call<{ items: CertificateView[] }>('GET', path)).items

async function refusal(work: Promise<unknown>): Promise<ApiError> {
  const error = await work.then(
    () => assert.fail('it was let through'),
    (thrown: unknown) => thrown,
  )
  return error instanceof ApiError ? error : assert.fail(String(error))
}

/** As anybody who trusts the authority would ask: the list as it is published, and stock ssh-keygen. */
async function isRevoked(postern: StartedPostern, line: string): Promise<boolean> {
  const { revoked } = await postern.stranger().call<CertificateAuthorityView>('GET', '/ssh/ca')
  const response = await fetch(revoked)
  assert.equal(response.headers.get('content-type'), 'application/octet-stream')
  await writeFile(join(postern.folder, 'revoked'), Buffer.from(await response.arrayBuffer()))
  await writeFile(join(postern.folder, 'one-cert.pub'), line)
  const asked = ['-Q', '-f', join(postern.folder, 'revoked'), join(postern.folder, 'one-cert.pub')]
  return run('ssh-keygen', asked).then(
    () => false,
    ({ stdout }: { stdout: string }) => stdout.includes('REVOKED'),
  )
}

for (const store of eitherStore)
  describe(store.name, () => {
    test('a tap makes a certificate for some hours, that ssh-keygen reads, and its end is published', async () => {
      await using postern = await startPostern({ flags: await store.flags() })
      const ana = await postern.owner()
      const before = Date.now()
      const { certificate, line } = await issue(ana)
      const file = join(postern.folder, 'id-cert.pub')
      await writeFile(file, line)
      const { stdout } = await run('ssh-keygen', ['-L', '-f', file])
      const { fingerprint, publicKey, principal, hours } = await ana.call<CertificateAuthorityView>('GET', '/ssh/ca')
      const host = new URL(postern.origin).hostname
      assert.equal(principal, `%u@${host}`)
      assert.match(stdout, new RegExp(`Signing CA: ED25519 ${fingerprint.replaceAll(/[+/]/g, '\\$&')} `))
      assert.match(stdout, new RegExp(`Key ID: "ana@${host} ${certificate.id}"`))
      assert.match(stdout, new RegExp(`Principals: \\n\\s+ana@${host}\\n\\s+Critical Options: \\(none\\)`))
      assert.match(publicKey, /^ssh-ed25519 [A-Za-z0-9+/]+=* \S+$/)
      assert.equal(hours, 8)
      const wanted = before + 8 * 3_600_000
      assert.ok(certificate.expiresAt > wanted - 2_000 && certificate.expiresAt < wanted + 60_000)
      assert.deepEqual(await list(ana), [certificate])

      const other = await issue(ana, newSshKey(), 1)
      assert.notEqual(other.certificate.serial, certificate.serial)
      assert.equal(await isRevoked(postern, line), false)
      await ana.call('DELETE', `${path}/${certificate.id}`)
      assert.equal(await isRevoked(postern, line), true)
      assert.equal(await isRevoked(postern, other.line), false)
      assert.deepEqual(
        (await list(ana)).map(({ id }) => id),
        [other.certificate.id],
      )
      assert.equal((await refusal(ana.call('DELETE', `${path}/${certificate.id}`))).status, 404, 'it has ended')

      await postern.restart()
      assert.equal((await ana.call<CertificateAuthorityView>('GET', '/ssh/ca')).fingerprint, fingerprint)
      assert.equal(await isRevoked(postern, line), true)
    })

    test('all of a person’s end with their access, and nobody ends another’s', async () => {
      await using postern = await startPostern({ flags: await store.flags() })
      const ana = await postern.owner()
      const bo = await postern.join(ana, 'bo')
      const { certificate, line } = await issue(bo)
      assert.equal((await refusal(ana.call('DELETE', `${path}/${certificate.id}`))).status, 404)
      await ana.act('POST', '/people/bo/end', { reason: '' })
      assert.equal(await isRevoked(postern, line), true)
    })
  })

test('nothing but a tap of the person makes one, for a key that is one', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  const token = await ana.makeToken('all', ['repository:write', 'account:read', 'act'])
  const bearer = { authorization: `Bearer ${token}` }
  const body = { publicKey: newSshKey() }
  assert.equal((await refusal(ana.call('POST', path, body))).problem.code, 'seal-required')
  const byToken = await refusal(postern.stranger().call('POST', path, body, bearer))
  assert.deepEqual([byToken.status, byToken.problem.sealRequestId], [403, undefined], 'no token asks for the tap')
  assert.equal((await refusal(postern.stranger().call('POST', '/ssh/certificates', body, bearer))).status, 403)
  assert.equal((await refusal(ana.call('POST', '/ssh/certificates', body))).status, 403, 'nor a session alone')
  assert.equal((await refusal(postern.stranger().call('POST', '/ssh/certificates', body))).status, 401)
  for (const publicKey of [
    'ssh-ed25519 AAAA',
    'hello',
    `${newSshKey()}\n${newSshKey()}`,
    (await issue(ana)).line,
    'ssh-dss AAAAB3NzaC1kc3M= x',
    '-----BEGIN OPENSSH PRIVATE KEY-----',
  ]) {
    const refused = await refusal(issue(ana, publicKey))
    assert.deepEqual([refused.status, refused.problem.code], [422, 'invalid-input'], publicKey)
  }
  assert.equal((await refusal(issue(ana, newSshKey(), 25))).status, 422)
  const long = await refusal(issue(ana, newSshKey(), 9))
  assert.match(long.problem.title, /8 hours at most/)
})

test('how long they last is the owner’s to say, and never beyond the end of a guest', async () => {
  let now = Date.now()
  await using postern = await startPostern({ now: () => now })
  const ana = await postern.owner()
  await ana.act('PUT', '/settings/certificateHours', { value: 24 })
  const { certificate } = await issue(ana)
  assert.ok(certificate.expiresAt - now > 23 * 3_600_000)
  const gus = await postern.join(ana, 'gus', 'guest')
  const { database } = postern.postern.ceremonies
  const endsAt = now + 3_600_000
  await database.write((tx) => tx.updateTable('user').set({ endsAt }).where('username', '=', 'gus').execute())
  const brief = await issue(gus)
  assert.ok(brief.certificate.expiresAt <= endsAt)
  now += 25 * 3_600_000
  await ana.signIn()
  assert.deepEqual(await list(ana), [], 'what has expired is not listed')
})

test('when somebody gets back into an account, whatever its certificates were ends', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  const bo = await postern.join(ana, 'bo')
  const [code = ''] = await makeCodes(bo)
  const { line } = await issue(bo)
  await useCode(postern.stranger(), 'bo', code)
  assert.equal(await isRevoked(postern, line), true)
})

test('a rule over the act is asked at the tap', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  const { policy, version } = await ana.call<{ policy: { rules: object[] }; version: number }>('GET', '/policy')
  const rule = {
    id: 'no-certificates',
    title: 'Certificates take a verified key',
    mode: 'enforce',
    who: ['everyone'],
    does: ['certificate.*'],
    requires: { strength: 'attested' },
  }
  await ana.act('PUT', '/policy', { basedOn: version, policy: { ...policy, rules: [...policy.rules, rule] } })
  const refused = await refusal(issue(ana))
  assert.match(`${refused.problem.title} ${refused.problem.detail}`, /Certificates take a verified key/)
})
