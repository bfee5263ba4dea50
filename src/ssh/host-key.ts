import { createPrivateKey, generateKeyPairSync, hash, randomBytes } from 'node:crypto'
import { string, u32 } from '../protocols/ssh/wire.ts'
import { fingerprint } from '../protocols/sshsig/fingerprint.ts'
import type { Secrets } from '../secrets/secrets.ts'

export interface SshHostKey {
  /** In OpenSSH’s own form, for ssh2. */
  privateKey: string
  /** `ssh-ed25519 AAAA…` */
  publicKey: string
  /** `SHA256:…` */
  fingerprint: string
  /** What is kept in `known_hosts` for this address. */
  knownHosts(address: SshAddress): string
  /** The record for DNS, RFC 4255 §3 with Ed25519 of RFC 7479 and SHA-256 of RFC 6594. */
  sshfp(address: SshAddress): string
}

export interface SshAddress {
  host: string
  port: number
}

const type = 'ssh-ed25519'

/** `ssh://git@host:port/project/repository.git`; the port is left out where it is SSH's own. */
export const cloneUrl = ({ host, port }: SshAddress, path: string): string =>
  `ssh://git@${host}${port === 22 ? '' : `:${port}`}/${path}.git`

/** The Ed25519 key by which every node of this instance is known over SSH, made once. */
export async function loadHostKey(secrets: Pick<Secrets, 'getOrCreate'>): Promise<SshHostKey> {
  const pem = await secrets.getOrCreate('ssh-host-key', () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
  )
  const { x = '', d = '' } = createPrivateKey(pem).export({ format: 'jwk' })
  const [point, seed] = [Buffer.from(x, 'base64url'), Buffer.from(d, 'base64url')]
  const blob = Buffer.concat([string(type), string(point)])
  const publicKey = `${type} ${blob.toString('base64')}`
  return {
    privateKey: renderPrivateKey(blob, point, seed),
    publicKey,
    fingerprint: fingerprint(blob),
    knownHosts: ({ host, port }) => `${port === 22 ? host : `[${host}]:${port}`} ${publicKey}`,
    sshfp: ({ host }) => `${host}. IN SSHFP 4 2 ${hash('sha256', blob, 'hex')}`,
  }
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
