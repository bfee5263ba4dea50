import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { EDDSA, RS256 } from './cose.ts'
import { SoftwareAuthenticator } from './software-authenticator.ts'
import { ORIGIN, RP_ID, authenticationOf, creationOptions, enrol } from './test-ceremony.ts'
import { verifyAuthentication } from './verify-authentication.ts'

const options = () => creationOptions(randomBytes(32), randomBytes(32))
const request = { challenge: 'AAAA', rpId: RP_ID }
const idOf = (id: string) => ({ id, type: 'public-key' })

test('writes client data as browsers do: type, challenge and origin first', () => {
  const authenticator = new SoftwareAuthenticator()
  authenticator.create(options(), ORIGIN)
  const { clientDataJSON } = authenticator.get(request, ORIGIN).response
  assert.equal(
    Buffer.from(clientDataJSON, 'base64url').toString(),
    `{"type":"webauthn.get","challenge":"AAAA","origin":"${ORIGIN}","crossOrigin":false}`,
  )
})

test('outlives a restart: the same credentials, keys and counters', async () => {
  const credential = await enrol({ counter: 'increasing' })
  verifyAuthentication(authenticationOf(credential))
  const revived = SoftwareAuthenticator.fromJSON(JSON.parse(JSON.stringify(credential.authenticator)))
  assert.deepEqual(revived.credentialIds, credential.authenticator.credentialIds)
  assert.equal(verifyAuthentication(authenticationOf({ ...credential, authenticator: revived })).counter, 2)
})

describe('behaves as a browser', () => {
  test('an excluded credential is not made twice', () => {
    const authenticator = new SoftwareAuthenticator()
    const { id } = authenticator.create(options(), ORIGIN)
    const again = { ...options(), excludeCredentials: [{ id, type: 'public-key' as const }] }
    assert.throws(() => authenticator.create(again, ORIGIN), { name: 'InvalidStateError' })
    assert.doesNotThrow(() => new SoftwareAuthenticator().create(again, ORIGIN))
  })

  test('an RP ID of somewhere else is refused', () => {
    const authenticator = new SoftwareAuthenticator()
    assert.throws(() => authenticator.create(options(), 'https://evil.example'), { name: 'SecurityError' })
    assert.throws(() => authenticator.get(request, 'http://notlocalhost'), { name: 'SecurityError' })
    authenticator.create({ ...options(), rp: { id: 'example.org', name: 'x' } }, 'https://git.example.org')
    assert.doesNotThrow(() => authenticator.get({ challenge: 'AAAA', rpId: 'example.org' }, 'https://git.example.org'))
  })

  test('no credential, no answer', () => {
    const authenticator = new SoftwareAuthenticator()
    assert.throws(() => authenticator.get(request, ORIGIN), { name: 'NotAllowedError' })
    authenticator.create(options(), ORIGIN)
    assert.throws(() => authenticator.get({ ...request, allowCredentials: [idOf('BBBB')] }, ORIGIN), {
      name: 'NotAllowedError',
    })
  })

  test('no algorithm in common, no credential', () => {
    const authenticator = new SoftwareAuthenticator({ algorithms: [RS256] })
    const only = { ...options(), pubKeyCredParams: [{ type: 'public-key' as const, alg: EDDSA }] }
    assert.throws(() => authenticator.create(only, ORIGIN), { name: 'NotSupportedError' })
  })

  test('a key without a PIN does not answer where verification is required', () => {
    const authenticator = new SoftwareAuthenticator({ userVerifies: false })
    authenticator.create(options(), ORIGIN)
    assert.throws(() => authenticator.get({ ...request, userVerification: 'required' }, ORIGIN), {
      name: 'NotAllowedError',
    })
    const { authenticatorData } = authenticator.get(request, ORIGIN).response
    assert.equal(Buffer.from(authenticatorData, 'base64url').readUInt8(32), 0x01)
  })

  test('with no list the newest credential of the site answers, with a list the listed one', () => {
    const authenticator = new SoftwareAuthenticator()
    const first = authenticator.create(options(), ORIGIN)
    const second = authenticator.create(options(), ORIGIN)
    authenticator.create({ ...options(), rp: { id: 'example.org', name: 'x' } }, 'https://example.org')
    assert.equal(authenticator.get(request, ORIGIN).id, second.id)
    assert.equal(authenticator.get({ ...request, allowCredentials: [idOf(first.id)] }, ORIGIN).id, first.id)
  })
})
