import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { encodeCbor } from '../cbor-encode.ts'
import { sha256 } from '../sha256.ts'
import { fingerprint } from '../sshsig/fingerprint.ts'
import { splitEcdsaDer } from '../sshsig/ecdsa-der.ts'
import { EDDSA, ES256 } from '../webauthn/cose.ts'
import { type Attester, attestedData } from '../webauthn/software-attestation.ts'
import type { SshKeyType } from './key-fields.ts'
import { mpint, string, u32 } from './wire.ts'

const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const ATTESTED_DATA = 0x40

const curves: Partial<Record<SshKeyType, { named: string; name: string; digest: string; size: number }>> = {
  'ecdsa-sha2-nistp256': { named: 'P-256', name: 'nistp256', digest: 'sha256', size: 32 },
  'ecdsa-sha2-nistp384': { named: 'P-384', name: 'nistp384', digest: 'sha384', size: 48 },
  'ecdsa-sha2-nistp521': { named: 'P-521', name: 'nistp521', digest: 'sha512', size: 66 },
  'sk-ecdsa-sha2-nistp256@openssh.com': { named: 'P-256', name: 'nistp256', digest: 'sha256', size: 32 },
}

export interface TestSshKeyWish {
  comment?: string
  /** Of a security key. */
  application?: string
  rsaBits?: number
}

/**
 * A key over SSH in memory, for tests: one that would lie in a file, or a security key whose touch, PIN and counter the
 * test decides about.
 */
export class TestSshKey {
  readonly type: SshKeyType
  readonly comment: string
  readonly application: string | null
  readonly privateKey: KeyObject
  /** Whether somebody touches it, and gives its PIN, when it signs. */
  presence = true
  verification = false
  /** Of the last signature. */
  counter = 0
  /** Where the browser is that signs with it, as `webauthn-sk-…`; null: it signs as OpenSSH has it sign. */
  origin: string | null = null

  constructor(type: SshKeyType, { comment = 'test', application = 'ssh:', rsaBits = 3072 }: TestSshKeyWish = {}) {
    this.type = type
    this.comment = comment
    this.application = type.startsWith('sk-') ? application : null
    this.privateKey = generate(type, rsaBits)
  }

  /** In wire form. */
  get publicKey(): Buffer {
    const { x = '', y = '', n = '', e = '' } = createPublicKey(this.privateKey).export({ format: 'jwk' })
    const [first, second] = [Buffer.from(x || e, 'base64url'), Buffer.from(y || n, 'base64url')]
    const curve = curves[this.type]
    const fields =
      this.type === 'ssh-rsa'
        ? [mpint(first), mpint(second)]
        : curve === undefined
          ? [string(first)]
          : [string(curve.name), string(Buffer.concat([Buffer.of(4), first, second]))]
    const application = this.application === null ? [] : [string(this.application)]
    return Buffer.concat([string(this.type), ...fields, ...application])
  }

  get fingerprint(): string {
    return fingerprint(this.publicKey)
  }

  /** The line of its `.pub` file. */
  get line(): string {
    return `${this.type} ${this.publicKey.toString('base64')} ${this.comment}`
  }

  /** The whole signature blob. @param algorithm of RSA: `rsa-sha2-256` or `rsa-sha2-512` */
  sign(message: Buffer, algorithm = 'rsa-sha2-512'): Buffer {
    if (this.origin !== null) return this.#signInBrowser(message, this.origin)
    if (this.application === null) {
      const name = this.type === 'ssh-rsa' ? algorithm : this.type
      return Buffer.concat([string(name), string(this.#raw(message, name))])
    }
    this.counter += 1
    const tail = Buffer.concat([Buffer.of(this.#flags), u32(this.counter)])
    const signed = Buffer.concat([sha256(this.application), tail, sha256(message)])
    return Buffer.concat([string(this.type), string(this.#raw(signed, this.type)), tail])
  }

  /** What `ssh-keygen -O write-attestation` writes for it when it is made (PROTOCOL.u2f, ssh-sk-attest-v01). */
  attest(challenge: Buffer, attester: Attester): Buffer {
    const algorithm = this.type.startsWith('sk-ssh-ed25519') ? EDDSA : ES256
    const credential = {
      id: Buffer.alloc(16, 1).toString('base64url'),
      rpId: this.application ?? '',
      userHandle: '',
      algorithm,
      privateKey: this.privateKey,
      counter: 0,
    } as const
    const flags = USER_PRESENT | ATTESTED_DATA | (this.verification ? USER_VERIFIED : 0)
    const authenticatorData = Buffer.concat([
      sha256(credential.rpId),
      Buffer.of(flags),
      u32(0),
      attestedData(credential, attester.aaguid),
    ])
    const members = new Map(attester.attest({ credential, authenticatorData, clientDataHash: sha256(challenge) }))
    const statement = members.get('attStmt')
    if (!(statement instanceof Map)) throw new Error('this attester makes no statement')
    const [certificate] = statement.get('x5c') as Buffer[]
    return Buffer.concat([
      string('ssh-sk-attest-v01'),
      string(certificate ?? ''),
      string(statement.get('sig') as Buffer),
      string(encodeCbor(authenticatorData)),
      u32(0),
      string(''),
    ])
  }

  get #flags(): number {
    return (this.presence ? USER_PRESENT : 0) | (this.verification ? USER_VERIFIED : 0)
  }

  #raw(message: Buffer, algorithm: string): Buffer {
    const curve = curves[this.type]
    if (curve !== undefined) {
      const raw = sign(curve.digest, message, { key: this.privateKey, dsaEncoding: 'ieee-p1363' })
      return Buffer.concat([mpint(raw.subarray(0, curve.size)), mpint(raw.subarray(curve.size))])
    }
    const digest = { 'ssh-rsa': 'sha1', 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' }[algorithm] ?? null
    return sign(digest, message, this.privateKey)
  }

  #signInBrowser(message: Buffer, origin: string): Buffer {
    this.counter += 1
    const clientData = Buffer.from(
      `{"type":"webauthn.get","challenge":"${message.toString('base64url')}","origin":"${origin}","crossOrigin":false}`,
    )
    const tail = Buffer.concat([Buffer.of(this.#flags), u32(this.counter)])
    const signed = Buffer.concat([sha256(this.application ?? ''), tail, sha256(clientData)])
    const { r, s } = splitEcdsaDer(sign('sha256', signed, this.privateKey))
    return Buffer.concat([
      string('webauthn-sk-ecdsa-sha2-nistp256@openssh.com'),
      string(Buffer.concat([mpint(r), mpint(s)])),
      tail,
      string(origin),
      string(clientData),
      string(''),
    ])
  }
}

function generate(type: SshKeyType, rsaBits: number): KeyObject {
  if (type === 'ssh-rsa') return generateKeyPairSync('rsa', { modulusLength: rsaBits }).privateKey
  const curve = curves[type]
  return curve === undefined
    ? generateKeyPairSync('ed25519').privateKey
    : generateKeyPairSync('ec', { namedCurve: curve.named }).privateKey
}
