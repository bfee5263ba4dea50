import { randomBytes } from 'node:crypto'
import { parseAttestationObject } from '../src/protocols/webauthn/attestation-object.ts'
import { parseAuthenticatorData } from '../src/protocols/webauthn/authenticator-data.ts'
import { ES256 } from '../src/protocols/webauthn/cose.ts'
import { parseAuthenticationResponse } from '../src/protocols/webauthn/response-json.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { verifyAuthentication } from '../src/protocols/webauthn/verify-authentication.ts'
import { ownCpuMs } from './cpu-time.ts'
import { alternate, type Group } from './measure.ts'
import { createRawVerify } from './raw-verify.ts'

const origin = 'http://localhost:7400'
const rpId = 'localhost'
const times = 5000

/** What every sign-in and every seal rests on: the check of one authentication response. */
export const authentication: Group = {
  name: 'authentication',
  does: 'verification of an authentication response beside raw crypto.verify',
  async run({ rounds }) {
    const raw = createRawVerify()
    const ours = createVerification()
    const repeat = (work: () => void) => () => (ownCpuMs(() => void Array.from({ length: times }, work)) * 1000) / times
    await alternate(2, { raw: repeat(raw), ours: repeat(ours) })
    const measured = await alternate(rounds, { raw: repeat(raw), ours: repeat(ours) })
    return [
      {
        measured: 'verification of an authentication response, CPU',
        unit: 'µs',
        ours: measured.ours,
        peer: { name: 'raw `crypto.verify`, ES256, cached key', value: measured.raw },
        reach: { ratio: 1.15 },
      },
    ]
  },
}

function createVerification(): () => void {
  const authenticator = new SoftwareAuthenticator()
  const userHandle = randomBytes(32)
  const created = authenticator.create(
    {
      rp: { name: 'Postern', id: rpId },
      user: { id: userHandle.toString('base64url'), name: 'ana', displayName: 'Ana' },
      challenge: randomBytes(32).toString('base64url'),
      pubKeyCredParams: [{ type: 'public-key', alg: ES256 }],
    },
    origin,
  )
  const { authenticatorData } = parseAttestationObject(Buffer.from(created.response.attestationObject, 'base64url'))
  const publicKey = parseAuthenticatorData(authenticatorData).attested?.coseKey
  if (publicKey === undefined) throw new TypeError('a registration holds a key')
  const challenge = randomBytes(32)
  const response = parseAuthenticationResponse(
    authenticator.get({ challenge: challenge.toString('base64url'), rpId, userVerification: 'required' }, origin),
  )
  const credential = { id: created.id, publicKey, backupEligible: false, counter: 0, userHandle }
  const expected = {
    challenge,
    origins: [origin],
    rpId,
    requireUserVerification: true,
    credential,
    userHandleRequired: true,
  }
  return () => void verifyAuthentication({ response, expected })
}
