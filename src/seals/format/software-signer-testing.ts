import { ES256, type CoseAlgorithm } from '../../protocols/webauthn/cose.ts'
import { parseAttestationObject } from '../../protocols/webauthn/attestation-object.ts'
import { parseAuthenticatorData } from '../../protocols/webauthn/authenticator-data.ts'
import { parseAuthenticationResponse } from '../../protocols/webauthn/response-json.ts'
import {
  SoftwareAuthenticator,
  type SoftwareAuthenticatorJSON,
} from '../../protocols/webauthn/software-authenticator.ts'
import type { Tampering } from '../../protocols/webauthn/software-client.ts'
import type { SealRecord } from './seal-record.ts'
import { type NewSignerEntry, type SignerEntry, createSignerEntry } from './signer-entry.ts'
import { assemble, messageFor, type ObjectTemplate } from './signing.ts'
import { type StatementDraft, parseStatement, renderStatement } from './statement.ts'

export interface SoftwareSignerJSON {
  authenticator: SoftwareAuthenticatorJSON
  facts: Omit<NewSignerEntry, 'publicKey' | 'endorsement' | 'ended'> & { publicKey: string }
}

/** A person with a key in software, who seals without a server: for tests and for the vectors of the format. */
export class SoftwareSigner {
  entry: SignerEntry
  readonly #authenticator: SoftwareAuthenticator

  private constructor(authenticator: SoftwareAuthenticator, facts: NewSignerEntry) {
    this.#authenticator = authenticator
    this.entry = createSignerEntry(facts)
  }

  static create(options: {
    username: string
    addedAt: string
    enrolledVia?: SignerEntry['enrolledVia']
    origin?: string
    algorithm?: CoseAlgorithm
    backupEligible?: boolean
  }): SoftwareSigner {
    const { username, addedAt, origin = 'http://localhost:7400', backupEligible = false } = options
    const rpId = new URL(origin).hostname
    const algorithm = options.algorithm ?? ES256
    const authenticator = new SoftwareAuthenticator({ algorithms: [algorithm], backupEligible })
    const created = authenticator.create(
      {
        rp: { name: 'Postern', id: rpId },
        user: { id: Buffer.from(username).toString('base64url'), name: username, displayName: username },
        challenge: Buffer.alloc(32).toString('base64url'),
        pubKeyCredParams: [{ type: 'public-key', alg: algorithm }],
      },
      origin,
    )
    const { authenticatorData } = parseAttestationObject(Buffer.from(created.response.attestationObject, 'base64url'))
    const { attested } = parseAuthenticatorData(authenticatorData)
    if (!attested) throw new TypeError('a registration holds a key')
    return new SoftwareSigner(authenticator, {
      userId: `usr_${username}`,
      username,
      displayName: username.charAt(0).toUpperCase() + username.slice(1),
      credentialId: created.id,
      publicKey: Buffer.from(attested.coseKey),
      backupEligible,
      rpId,
      origins: { signIn: [origin], sealing: [origin] },
      enrolledVia: options.enrolledVia ?? 'invitation',
      addedAt,
      endorsement: null,
      ended: null,
    })
  }

  static fromJSON({ authenticator, facts }: SoftwareSignerJSON): SoftwareSigner {
    const publicKey = Buffer.from(facts.publicKey, 'base64')
    return new SoftwareSigner(SoftwareAuthenticator.fromJSON(authenticator), {
      ...facts,
      publicKey,
      endorsement: null,
      ended: null,
    })
  }

  /** Holds the private key in clear. */
  toJSON(): SoftwareSignerJSON {
    const {
      principal: _p,
      algorithm: _a,
      fingerprint: _f,
      endorsement: _e,
      ended: _x,
      publicKey,
      ...facts
    } = this.entry
    return { authenticator: this.#authenticator.toJSON(), facts: { ...facts, publicKey: publicKey.toString('base64') } }
  }

  /** Taps. With a `template`, the tap signs the commit that renderCommit makes of it. */
  seal(draft: StatementDraft, template?: ObjectTemplate, tampering: Tampering = {}): SealRecord {
    const statement = renderStatement(draft, this.entry)
    return this.sealBytes(statement, messageFor(statement, template), tampering)
  }

  /** Taps over a message of the caller's making, however wrong. */
  sealBytes(
    statement: Buffer,
    signed: Pick<ReturnType<typeof messageFor>, 'namespace' | 'challenge'>,
    tampering: Tampering = {},
  ): SealRecord {
    const { credentialId, rpId, origins, backupEligible } = this.entry
    const json = this.#authenticator.get(
      {
        challenge: signed.challenge.toString('base64url'),
        rpId,
        allowCredentials: [{ type: 'public-key', id: credentialId }],
        userVerification: 'required',
      },
      origins.sealing[0] ?? '',
      tampering,
    )
    const { authenticatorData, clientDataJSON, signature } = parseAuthenticationResponse(json)
    const response = { authenticatorData, clientDataJSON, signature }
    return {
      statement,
      action: parseStatement(statement).predicate.action,
      namespace: signed.namespace,
      credentialId,
      response,
      armored: assemble(response, this.entry, signed.namespace).armored,
      strength: backupEligible ? 'passkey' : 'device-bound',
    }
  }
}
