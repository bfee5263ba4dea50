import { parseSshCertificate } from '../protocols/ssh/certificate.ts'
import { askServer, checkAddress, sayRefusal } from './ask-server.ts'
import { ClientError } from './client-error.ts'
import { writePrivate } from './folder.ts'
import type { Tokens } from './oauth.ts'
import type { Place } from './place.ts'
import { certificateFile, type SshKeyFile } from './ssh-key.ts'

export interface Certificate {
  /** Whom it names. */
  principal: string
  /** Milliseconds since the epoch. */
  expiresAt: number
}

/** Gets a certificate for a key, and leaves it beside the key, where ssh finds it. @throws ClientError */
export async function getCertificate(
  { origin }: Place,
  { accessToken }: Pick<Tokens, 'accessToken'>,
  key: SshKeyFile,
  hours: number | undefined,
): Promise<Certificate> {
  const answer = await askServer(`${origin}/api/v1/ssh/certificates`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ publicKey: key.line, ...(hours === undefined ? {} : { hours }) }),
  })
  const { line } = answer.body
  if (answer.status !== 200 || typeof line !== 'string') {
    const refusal = sayRefusal(answer)
    throw new ClientError(refusal.line, refusal.help)
  }
  const [, type = '', base64 = ''] = /^(\S+) ([A-Za-z0-9+/]+={0,2}) \S{1,300}\n?$/.exec(line) ?? []
  const certificate = parseSshCertificate(Buffer.from(base64, 'base64'))
  const [principal = ''] = certificate.principals
  if (certificate.type !== type || !certificate.subject.blob.equals(key.publicKey.blob) || principal === '')
    throw new ClientError('The server sent a certificate for another key.', checkAddress)
  await writePrivate(certificateFile(key), `${line.trim()}\n`)
  return { principal, expiresAt: Number(certificate.validBefore) * 1000 }
}
