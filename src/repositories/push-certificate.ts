import type { ReceiveRequest, RefCommand } from '../protocols/git/receive-commands.ts'
import { type CertificateRefusal, checkCertificate } from './commit-signatures/check-certificate.ts'
import { type AskedCertificate, readOutcome } from './commit-signatures/judge-certificate.ts'
import type { RepositoryPlace } from './place.ts'
import type { PreReceive } from './pre-receive.ts'
import type { Refusal } from './push-judgement.ts'
import type { PushParts } from './push-parts.ts'

/** The certificate of `git push --signed`, checked against everything but who signed it; undefined where there is none. */
export async function readCertificate(
  { database, judgeModel }: Pick<PushParts, 'database' | 'judgeModel'>,
  { path }: RepositoryPlace,
  { request, asked }: { request: ReceiveRequest; asked: PreReceive },
): Promise<AskedCertificate | { refusal: Refusal } | undefined> {
  const { certificate } = request
  if (certificate === undefined) {
    if (asked.certificate !== undefined) throw new Error('git was given a certificate that was not read')
    return undefined
  }
  const checked = checkCertificate(certificate, { seen: asked.certificate, options: asked.options, path })
  if ('refusal' in checked) return { refusal: refuseCertificate(asked.commands, checked.refusal) }
  return { ...checked, outcome: await readOutcome(database.read, judgeModel, checked) }
}

export const refuseCertificate = (
  commands: readonly RefCommand[],
  { code, sentences }: CertificateRefusal,
): Refusal => ({
  outcome: 'refuse',
  code,
  reason: 'its signature is not taken',
  sentences,
  ref: commands[0]?.ref ?? '',
})
