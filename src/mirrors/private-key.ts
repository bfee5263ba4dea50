import { createPrivateKey } from 'node:crypto'
import { invalid } from '../http/problem.ts'

const wrapped = /^-----BEGIN ((?:[A-Z]+ )?PRIVATE KEY)-----\n([\s\S]+)\n-----END \1-----$/

/**
 * A private key as ssh reads it from a file, without passphrase: nobody is there to type one.
 * @throws ProblemError 422 for the field `sshKey`
 */
export function checkPrivateKey(given: string): string {
  const text = given.replaceAll('\r', '').trim()
  const [, kind, body = ''] = wrapped.exec(text) ?? []
  if (kind === undefined)
    throw bad('Paste the whole private key, from its line “BEGIN … PRIVATE KEY” to the line “END … PRIVATE KEY”.')
  if (kind === 'ENCRYPTED PRIVATE KEY' || body.includes('ENCRYPTED')) throw hasPassphrase()
  if (kind === 'OPENSSH PRIVATE KEY') checkOpenSsh(Buffer.from(body, 'base64'))
  else checkPem(text)
  return `${text}\n`
}

/** PROTOCOL.key of OpenSSH: a magic word, then the cipher's name, which is `none` without a passphrase. */
function checkOpenSsh(bytes: Buffer): void {
  const magic = Buffer.from('openssh-key-v1\0')
  const none = Buffer.from('\0\0\0\x04none')
  if (bytes.length < 100 || !bytes.subarray(0, magic.length).equals(magic))
    throw bad('This key is cut off or damaged: paste the whole of it.')
  if (!bytes.subarray(magic.length, magic.length + none.length).equals(none)) throw hasPassphrase()
}

function checkPem(text: string): void {
  try {
    createPrivateKey(text)
  } catch {
    throw bad('This key is cut off or damaged: paste the whole of it.')
  }
}

const bad = (sentence: string) => invalid('sshKey', sentence)
const hasPassphrase = () =>
  bad('This key has a passphrase, which nobody could type here. Make one without, for this purpose alone.')
