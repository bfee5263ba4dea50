import { generateKeyPairSync } from 'node:crypto'

/** The line of a `.pub` file for an Ed25519 key that nobody holds. */
export function newSshKey(comment = 'nobody@example'): string {
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
  const strings = [Buffer.from('ssh-ed25519'), Buffer.from(x, 'base64url')]
  const wire = Buffer.concat(strings.flatMap((bytes) => [Buffer.from([0, 0, 0, bytes.length]), bytes]))
  return `ssh-ed25519 ${wire.toString('base64')} ${comment}`
}
