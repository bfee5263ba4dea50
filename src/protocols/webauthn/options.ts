import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import { COSE_ALGORITHMS } from './cose.ts'

const timeoutMs = 300_000

/** Which kind of key the browser should look for first, WebAuthn Level 3 §5.8.7. Never enforced: any key may answer. */
export const hints = ['client-device', 'security-key', 'hybrid'] as const
export type Hint = (typeof hints)[number]

/** Options for `navigator.credentials.create`: a discoverable credential, user verification, attestation if the person agrees. */
export function renderCreationOptions(wanted: {
  challenge: Buffer
  rpId: string
  user: { handle: string; name: string; displayName: string }
  exclude: readonly { id: string; transports: string[] }[]
  hint?: Hint | undefined
}): PublicKeyCredentialCreationOptionsJSON {
  return {
    rp: { id: wanted.rpId, name: 'Postern' },
    user: { id: wanted.user.handle, name: wanted.user.name, displayName: wanted.user.displayName },
    challenge: wanted.challenge.toString('base64url'),
    pubKeyCredParams: COSE_ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
    timeout: timeoutMs,
    excludeCredentials: wanted.exclude.map((one) => descriptor(one)),
    authenticatorSelection: {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
      // For browsers that know no hints yet.
      ...(wanted.hint === undefined
        ? {}
        : { authenticatorAttachment: wanted.hint === 'client-device' ? 'platform' : 'cross-platform' }),
    },
    ...(wanted.hint === undefined ? {} : { hints: [wanted.hint] }),
    attestation: 'direct',
  }
}

/** Options for `navigator.credentials.get`; an empty `allow` lets the person choose any passkey they hold here. */
export function renderRequestOptions(wanted: {
  challenge: Buffer
  rpId: string
  allow: readonly { id: string; transports: string[] }[]
  hint?: Hint | undefined
}): PublicKeyCredentialRequestOptionsJSON {
  return {
    rpId: wanted.rpId,
    challenge: wanted.challenge.toString('base64url'),
    timeout: timeoutMs,
    userVerification: 'required',
    allowCredentials: wanted.allow.map((one) => descriptor(one)),
    ...(wanted.hint === undefined ? {} : { hints: [wanted.hint] }),
  }
}

const descriptor = ({ id, transports }: { id: string; transports: string[] }) => ({
  id,
  type: 'public-key' as const,
  transports,
})
