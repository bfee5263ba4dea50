import { parseAttestationObject } from '../protocols/webauthn/attestation-object.ts'
import { parseAuthenticatorData } from '../protocols/webauthn/authenticator-data.ts'
import { parseRegistrationResponse } from '../protocols/webauthn/response-json.ts'
import { WebauthnError } from '../protocols/webauthn/webauthn-error.ts'

/** COSE key that a registration response carries, not verified yet: what the seal that admits it has to name. */
export function registeredKey(response: unknown): Buffer {
  const { attestationObject } = parseRegistrationResponse(response)
  const { attested } = parseAuthenticatorData(parseAttestationObject(attestationObject).authenticatorData)
  if (attested === undefined) throw new WebauthnError('malformed', 'a registration without a credential')
  return attested.coseKey
}
