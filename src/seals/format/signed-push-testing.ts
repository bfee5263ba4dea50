import type { RefCommand } from '../../protocols/git/ref-command.ts'
import type { TestSshKey } from '../../protocols/ssh/test-ssh-key.ts'
import { armorSshsig, sshsigBlob } from '../../protocols/sshsig/sshsig.ts'
import { type DraftContext, draftAct } from './draft.ts'
import { ENROLMENT_ACTION, sshKeySubject } from './ssh-key-entry.ts'
import { type StatementDraft, statementDigest } from './statement.ts'

export interface CertificateWish {
  commands: readonly RefCommand[]
  pushee: string | null
  /** Milliseconds. */
  at: number
  nonce?: string
  namespace?: string
  /** Changes what was signed afterwards. */
  tamper?: (text: string) => string
}

/** What a client of git would sign with this key, or not quite. */
export function signCertificate(key: TestSshKey, wish: CertificateWish): Buffer {
  const { commands, pushee, at, namespace = 'git', tamper = (text) => text } = wish
  const payload = [
    'certificate version 0.1',
    `pusher ${key.fingerprint} ${at / 1000} +0000`,
    ...(pushee === null ? [] : [`pushee ${pushee}`]),
    `nonce ${wish.nonce ?? `${at / 1000}-${'0'.repeat(40)}`}`,
    '',
    ...commands.map(({ oldOid, newOid, ref }) => `${oldOid} ${newOid} ${ref}`),
    '',
  ].join('\n')
  const signature = key.sign(sshsigBlob(namespace, Buffer.from(payload)))
  return Buffer.from(tamper(payload + armorSshsig({ publicKey: key.publicKey, namespace, signature })))
}

/** That a person adds a key over SSH for signing; another `action` where it is about something else. */
export function draftEnrolment(
  context: DraftContext,
  publicKey: Uint8Array,
  action: string = ENROLMENT_ACTION,
): StatementDraft {
  const act = {
    method: 'POST',
    route: '/api/v1/me/ssh-keys',
    parameters: {},
    bodyDigest: statementDigest(Buffer.from('{}')),
    title: 'Add the SSH key “stick”',
  }
  return draftAct(context, { action, act, subjects: [sshKeySubject(publicKey)] })
}
