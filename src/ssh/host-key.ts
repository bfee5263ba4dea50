import { createPrivateKey, generateKeyPairSync, hash, randomBytes } from 'node:crypto'
import { string, u32 } from '../protocols/ssh/wire.ts'
import { fingerprint } from '../protocols/sshsig/fingerprint.ts'
import type { Secrets } from '../secrets/secrets.ts'

interface KnownBy {
  /** `ssh-ed25519 AAAA…` */
  publicKey: string
  /** `SHA256:…` */
  fingerprint: string
}

export interface SshHostKey extends KnownBy {
  /** As ssh2 reads them. */
  privateKeys: string[]
  /** For clients that know no Ed25519: FIPS mode, older Java. */
  ecdsa: KnownBy
  /** What is kept in `known_hosts` for this address, a line for each key. */
  knownHosts(address: SshAddress): string
  /** The records for DNS, RFC 4255 §3 with Ed25519 of RFC 7479, and ECDSA and SHA-256 of RFC 6594. */
  sshfp(address: SshAddress): string
}

export interface SshAddress {
  host: string
  port: number
}

const type = 'ssh-ed25519'
const ecdsaType = 'ecdsa-sha2-nistp256'

/** `ssh://git@host:port/project/repository.git`; the port is left out where it is SSH's own. */
export const cloneUrl = ({ host, port }: SshAddress, path: string): string =>
  `ssh://git@${host}${port === 22 ? '' : `:${port}`}/${path}.git`

/** The keys by which every node of this instance is known over SSH, made once. */
export async function loadHostKey(secrets: Pick<Secrets, 'getOrCreate'>): Promise<SshHostKey> {
  const pem = await secrets.getOrCreate('ssh-host-key', () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
  )
  const { x = '', d = '' } = createPrivateKey(pem).export({ format: 'jwk' })
  const [point, seed] = [Buffer.from(x, 'base64url'), Buffer.from(d, 'base64url')]
  const blob = Buffer.concat([string(type), string(point)])
  const ecdsa = await loadEcdsa(secrets)
  const keys = [
    { ...knownBy(type, blob), blob, number: 4 },
    { ...knownBy(ecdsaType, ecdsa.blob), blob: ecdsa.blob, number: 3 },
  ]
  const lines = (line: (key: (typeof keys)[number]) => string): string => keys.map(line).join('\n')
  return {
    privateKeys: [renderPrivateKey(blob, point, seed), ecdsa.privateKey],
    ...knownBy(type, blob),
    ecdsa: knownBy(ecdsaType, ecdsa.blob),
    knownHosts: ({ host, port }) =>
      lines(({ publicKey }) => `${port === 22 ? host : `[${host}]:${port}`} ${publicKey}`),
    sshfp: ({ host }) => lines((key) => `${host}. IN SSHFP ${key.number} 2 ${hash('sha256', key.blob, 'hex')}`),
  }
}

const knownBy = (name: string, blob: Buffer): KnownBy => ({
  publicKey: `${name} ${blob.toString('base64')}`,
  fingerprint: fingerprint(blob),
})

/** RFC 5656 §3.1. */
async function loadEcdsa(secrets: Pick<Secrets, 'getOrCreate'>): Promise<{ privateKey: string; blob: Buffer }> {
  const privateKey = await secrets.getOrCreate('ssh-host-key-ecdsa', () =>
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }),
  )
  const { x = '', y = '' } = createPrivateKey(privateKey).export({ format: 'jwk' })
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
  return { privateKey, blob: Buffer.concat([string(ecdsaType), string('nistp256'), string(point)]) }
}

/** PROTOCOL.key of OpenSSH, unencrypted. */
function renderPrivateKey(blob: Buffer, point: Buffer, seed: Buffer): string {
  const check = randomBytes(4)
  const inner = [check, check, blob, string(Buffer.concat([seed, point])), string('')]
  const length = inner.reduce((sum, part) => sum + part.length, 0)
  const padding = Buffer.from(Array.from({ length: (8 - (length % 8)) % 8 }, (_, index) => index + 1))
  const bytes = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    string('none'),
    string('none'),
    string(''),
    u32(1),
    string(blob),
    string(Buffer.concat([...inner, padding])),
  ])
  const lines = bytes.toString('base64').match(/.{1,70}/g) ?? []
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n')
}
