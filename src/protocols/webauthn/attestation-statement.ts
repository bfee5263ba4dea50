import { sha256 } from '../sha256.ts'
import { verifiesAndroidKey } from './android-key.ts'
import { attestationLibrary } from './attestation-library.ts'
import type { AttestationObject } from './attestation-object.ts'
import type { RegistrationResponse } from './response-json.ts'
import { WebauthnError } from './webauthn-error.ts'

/**
 * `none`: nothing attested. `self`: signed by the credential itself, which proves no model. `unverified-chain`: signed by
 * a certificate that nobody has traced to a known maker yet, so the model it claims is a hint.
 */
export type AttestationOutcome = 'none' | 'self' | 'unverified-chain'

// android-key is verified here, not by the library: that trusts the registrant's own root and then fetches the URL which
// the chain names, so anybody could make the server connect to any address. android-safetynet has been shut down.
const LIBRARY_FORMATS = new Set(['packed', 'tpm', 'apple', 'fido-u2f'])

export interface Attested {
  response: RegistrationResponse
  object: AttestationObject
  coseKey: Buffer
  algorithm: number
  challenge: Buffer
  origin: string
  rpId: string
}

/** Verifies the attestation statement, steps 21 and 22 of WebAuthn L3 §7.1. Throws WebauthnError. */
export async function verifyAttestationStatement(attested: Attested): Promise<AttestationOutcome> {
  const { format, statement } = attested.object
  if (format === 'none') {
    if (statement.size > 0) throw new WebauthnError('attestation-invalid', 'a statement although nothing is attested')
    return 'none'
  }
  if (format !== 'android-key' && !LIBRARY_FORMATS.has(format)) {
    throw new WebauthnError('attestation-unsupported', 'an attestation format that is not accepted')
  }
  if (!(format === 'android-key' ? androidKeyVerifies(attested) : await libraryVerifies(attested))) {
    throw new WebauthnError('attestation-invalid', 'the attestation statement does not verify')
  }
  return format === 'packed' && !statement.has('x5c') ? 'self' : 'unverified-chain'
}

function androidKeyVerifies({ response, object, coseKey }: Attested): boolean {
  const clientDataHash = sha256(response.clientDataJSON)
  try {
    return verifiesAndroidKey({ ...object, clientDataHash, coseKey })
  } catch (cause) {
    // Certificates and descriptions that cannot be read.
    throw new WebauthnError('attestation-invalid', 'the attestation statement does not verify', { cause })
  }
}

async function libraryVerifies({ response, ...attested }: Attested): Promise<boolean> {
  const { verifyRegistrationResponse } = await attestationLibrary()
  try {
    const { verified } = await verifyRegistrationResponse({
      response: {
        id: response.id,
        rawId: response.id,
        type: 'public-key',
        response: {
          attestationObject: response.attestationObject.toString('base64url'),
          clientDataJSON: response.clientDataJSON.toString('base64url'),
        },
        clientExtensionResults: {},
      },
      expectedChallenge: attested.challenge.toString('base64url'),
      expectedOrigin: attested.origin,
      expectedRPID: attested.rpId,
      requireUserVerification: false,
      supportedAlgorithmIDs: [attested.algorithm],
    })
    return verified
  } catch (cause) {
    throw new WebauthnError('attestation-invalid', 'the attestation statement does not verify', { cause })
  }
}
