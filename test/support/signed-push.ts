import { createHash } from 'node:crypto'
import { encodePkt, flushPkt } from '../../src/protocols/git/pkt-line.ts'
import type { RefCommand } from '../../src/protocols/git/receive-commands.ts'
import type { TestSshKey } from '../../src/protocols/ssh/test-ssh-key.ts'
import { armorSshsig, sshsigBlob } from '../../src/protocols/sshsig/sshsig.ts'
import type { Repository } from './held-repository.ts'

type Place = Pick<Repository, 'url' | 'token'>

export interface Hostile {
  key: TestSshKey
  commands: readonly RefCommand[]
  nonce: string
  pushee?: string
  namespace?: string
  /** Put into the head of what is signed. */
  options?: readonly string[]
  /** Sent beside it. */
  sent?: readonly string[]
  /** Changes what was signed afterwards. */
  tamper?: (text: string) => string
}

/** The nonce that the server gives to whoever is about to push. */
export async function readNonce({ url, token }: Place): Promise<string> {
  const response = await fetch(`${url}/info/refs?service=git-receive-pack`, { headers: bearer(token) })
  const nonce = /push-cert=(\S+)/.exec(await response.text())?.[1]
  if (nonce === undefined) throw new Error('no nonce is given')
  return nonce
}

/** What a client of git would sign, or not quite. */
export function writeCertificate({ url }: Pick<Place, 'url'>, hostile: Hostile): string {
  const { key, commands, nonce, pushee = url, options = [], namespace = 'git', tamper = (text) => text } = hostile
  const payload = [
    'certificate version 0.1',
    `pusher ${key.fingerprint} 1790000000 +0000`,
    `pushee ${pushee}`,
    `nonce ${nonce}`,
    ...options.map((option) => `push-option ${option}`),
    '',
    ...commands.map(({ oldOid, newOid, ref }) => `${oldOid} ${newOid} ${ref}`),
    '',
  ].join('\n')
  const signature = key.sign(sshsigBlob(namespace, Buffer.from(payload)))
  return tamper(payload + armorSshsig({ publicKey: key.publicKey, namespace, signature }))
}

/** Sends a certificate and no objects, as a client would; what the server reports. */
export async function sendCertificate(
  { url, token }: Place,
  certificate: string,
  { sent }: { sent?: readonly string[] | undefined } = {},
): Promise<string> {
  const lines = certificate.split(/(?<=\n)/).map((line) => encodePkt(line))
  const capabilities = sent === undefined ? 'report-status' : 'report-status push-options'
  const options = sent === undefined ? [] : [...sent.map((option) => encodePkt(option)), flushPkt]
  const body = [encodePkt(`push-cert\0${capabilities}\n`), ...lines, encodePkt('push-cert-end\n'), flushPkt, ...options]
  const response = await fetch(`${url}/git-receive-pack`, {
    method: 'POST',
    headers: { ...bearer(token), 'content-type': 'application/x-git-receive-pack-request' },
    body: Buffer.concat([...body, emptyPack()]),
  })
  return response.text()
}

function emptyPack(): Buffer {
  const head = Buffer.from('PACK\0\0\0\u0002\0\0\0\0', 'latin1')
  return Buffer.concat([head, createHash('sha1').update(head).digest()])
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })
