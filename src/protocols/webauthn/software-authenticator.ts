import { createPrivateKey, randomBytes } from 'node:crypto'
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import type { CborValue } from '../cbor.ts'
import { encodeCbor } from '../cbor-encode.ts'
import { sha256 } from '../sha256.ts'
import { ZERO_AAGUID } from './authenticator-data.ts'
import { type CoseAlgorithm, ES256 } from './cose.ts'
import type { SoftwareCredential } from './software-credential.ts'
import { type Attester, type Made, attestedData, noAttestation, selfAttestation } from './software-attestation.ts'
import { type Tampering, clientData, scopedRpId } from './software-client.ts'
import { generatePrivateKey, signAs } from './software-key.ts'

export interface SoftwareAuthenticatorOptions {
  /** What it can do, the preferred one first; default ES256 alone. */
  algorithms?: CoseAlgorithm[]
  backupEligible?: boolean
  backupState?: boolean
  userVerifies?: boolean
  attestation?: 'none' | 'packed-self'
  /** Attests as this model, in place of the above; it is not kept by `toJSON`. */
  attest?: Attester
  /** What it says of how it is reached; default `usb`, or `hybrid` and `internal` where it is backup eligible. */
  transports?: ('usb' | 'nfc' | 'ble' | 'hybrid' | 'internal')[]
  /** UUID text; default all zero. */
  aaguid?: string
  /** `none` sends 0 for ever, as synced passkeys do. */
  counter?: 'none' | 'increasing'
}

export interface SoftwareAuthenticatorJSON {
  options: Omit<SoftwareAuthenticatorOptions, 'attest'>
  credentials: (Omit<SoftwareCredential, 'privateKey'> & { privateKey: string })[]
}

const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const BACKUP_ELIGIBLE = 0x08
const BACKUP_STATE = 0x10
const ATTESTED_DATA = 0x40
const EXTENSION_DATA = 0x80

/**
 * Browser and authenticator in one, in software: for the demo, the walk and the tests, never part of a ceremony's
 * checks. It taps by itself. All of its credentials are discoverable. Refusals are the DOMExceptions of a browser.
 */
export class SoftwareAuthenticator {
  readonly #options: SoftwareAuthenticatorOptions
  readonly #credentials: SoftwareCredential[] = []

  constructor(options: SoftwareAuthenticatorOptions = {}) {
    this.#options = { ...options }
  }

  static fromJSON(json: SoftwareAuthenticatorJSON): SoftwareAuthenticator {
    const authenticator = new SoftwareAuthenticator(json.options)
    for (const { privateKey, ...rest } of json.credentials) {
      const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' })
      authenticator.#credentials.push({ ...rest, privateKey: key })
    }
    return authenticator
  }

  /** Holds the private keys in clear. */
  toJSON(): SoftwareAuthenticatorJSON {
    const credentials = this.#credentials.map(({ privateKey, ...rest }) => ({
      ...rest,
      privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    }))
    const { attest: _, ...options } = this.#options
    return { options, credentials }
  }

  /** base64url ids, oldest first. */
  get credentialIds(): string[] {
    return this.#credentials.map((credential) => credential.id)
  }

  /** navigator.credentials.create(), WebAuthn L3 §5.1.3. */
  create(
    options: PublicKeyCredentialCreationOptionsJSON,
    origin: string,
    tampering: Tampering = {},
  ): RegistrationResponseJSON {
    const rpId = scopedRpId(options.rp.id, origin)
    if (this.#find(rpId, options.excludeCredentials).length > 0) {
      throw new DOMException('The authenticator already holds one of the excluded credentials.', 'InvalidStateError')
    }
    const offered = options.pubKeyCredParams.map((parameters) => parameters.alg)
    const algorithm = (this.#options.algorithms ?? [ES256]).find((candidate) => offered.includes(candidate))
    if (algorithm === undefined) {
      throw new DOMException('No algorithm in common with the site.', 'NotSupportedError')
    }
    this.#requireVerification(options.authenticatorSelection?.userVerification, tampering)

    const credential: SoftwareCredential = {
      id: randomBytes(32).toString('base64url'),
      rpId,
      userHandle: options.user.id,
      algorithm,
      privateKey: generatePrivateKey(algorithm),
      counter: 0,
    }
    this.#credentials.push(credential)
    const clientDataJSON = clientData('webauthn.create', options.challenge, origin, tampering)
    const conveyed = options.attestation !== undefined && options.attestation !== 'none'
    const aaguid = this.#options.attest?.aaguid ?? this.#options.aaguid
    const attested = attestedData(credential, conveyed ? (aaguid ?? ZERO_AAGUID) : ZERO_AAGUID)
    const authenticatorData = this.#authenticatorData(credential, tampering, attested)
    const made = { credential, authenticatorData, clientDataHash: sha256(clientDataJSON) }
    const attestationObject = encodeCbor(
      new Map<string, CborValue>([
        ...(conveyed ? this.#attest(made) : noAttestation()),
        ['authData', authenticatorData],
      ]),
    )
    const id = tampering.credentialId ?? credential.id
    return {
      id,
      rawId: id,
      type: 'public-key',
      response: {
        clientDataJSON: clientDataJSON.toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
        transports: this.#options.transports ?? (this.#options.backupEligible ? ['hybrid', 'internal'] : ['usb']),
      },
      clientExtensionResults: {},
    }
  }

  /** navigator.credentials.get(), WebAuthn L3 §5.1.4; without allowCredentials the newest credential answers. */
  get(
    options: PublicKeyCredentialRequestOptionsJSON,
    origin: string,
    tampering: Tampering = {},
  ): AuthenticationResponseJSON {
    const rpId = scopedRpId(options.rpId, origin)
    const allowed = options.allowCredentials?.length ? options.allowCredentials : undefined
    const usable = allowed
      ? this.#find(rpId, allowed)
      : this.#credentials.filter((credential) => credential.rpId === rpId)
    const credential = usable.at(-1)
    if (!credential) throw new DOMException('No credential for this site.', 'NotAllowedError')
    this.#requireVerification(options.userVerification, tampering)

    if (this.#options.counter === 'increasing') credential.counter++
    const clientDataJSON = clientData('webauthn.get', options.challenge, origin, tampering)
    const authenticatorData = this.#authenticatorData(credential, tampering)
    const signed = Buffer.concat([authenticatorData, sha256(clientDataJSON)])
    const signature = signAs(credential.algorithm, credential.privateKey, signed)
    const userHandle =
      tampering.userHandle === undefined ? credential.userHandle : tampering.userHandle?.toString('base64url')
    const id = tampering.credentialId ?? credential.id
    return {
      id,
      rawId: id,
      type: 'public-key',
      response: {
        clientDataJSON: clientDataJSON.toString('base64url'),
        authenticatorData: authenticatorData.toString('base64url'),
        signature: signature.toString('base64url'),
        ...(userHandle !== undefined && { userHandle }),
      },
      clientExtensionResults: {},
    }
  }

  #attest(made: Made): [name: string, value: CborValue][] {
    if (this.#options.attest) return this.#options.attest.attest(made)
    return this.#options.attestation === 'packed-self' ? selfAttestation(made) : noAttestation()
  }

  #find(rpId: string, descriptors: readonly { id: string }[] = []): SoftwareCredential[] {
    return this.#credentials.filter(
      (credential) => credential.rpId === rpId && descriptors.some((descriptor) => descriptor.id === credential.id),
    )
  }

  #requireVerification(requirement: string | undefined, tampering: Tampering): void {
    if (requirement === 'required' && !this.#userVerifies && tampering.flags === undefined) {
      throw new DOMException('The authenticator cannot verify its user.', 'NotAllowedError')
    }
  }

  get #userVerifies(): boolean {
    return this.#options.userVerifies ?? true
  }

  #authenticatorData(credential: SoftwareCredential, tampering: Tampering, attested: Buffer = Buffer.alloc(0)): Buffer {
    const extensions = tampering.extensions ?? Buffer.alloc(0)
    const honest =
      USER_PRESENT |
      (this.#userVerifies ? USER_VERIFIED : 0) |
      (this.#options.backupEligible ? BACKUP_ELIGIBLE : 0) |
      (this.#options.backupState ? BACKUP_STATE : 0)
    const flags =
      (tampering.flags ?? honest) |
      (attested.length > 0 ? ATTESTED_DATA : 0) |
      (extensions.length > 0 ? EXTENSION_DATA : 0)
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(tampering.counter ?? credential.counter)
    return Buffer.concat([sha256(tampering.rpId ?? credential.rpId), Buffer.of(flags), counter, attested, extensions])
  }
}
