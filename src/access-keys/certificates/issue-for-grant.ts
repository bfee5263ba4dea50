import { orUniqueViolation, type Tx, UniqueViolation } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { OauthGrantTable, SealTable } from '../../database/schema.ts'
import { conflict, forbidden, ProblemError } from '../../http/problem.ts'
import type { Caller } from '../../identity/caller.ts'
import { findCredentialRecord } from '../../identity/credential-records.ts'
import { checkStillHere } from '../../identity/ending/check-still-here.ts'
import type { Ceremonies } from '../../identity/registration.ts'
import { createTapJudge } from '../../seals/judge-tap.ts'
import type { SshCertificate } from './certificates.ts'
import { getHours, getSubject, writeCertificate } from './write-certificate.ts'
import type { CertificateAuthority } from './certificate-authority.ts'
import type { NewCertificate } from './shapes.ts'

/** The scope by which a program may ask for one certificate. */
const certificateScope = 'ssh:certificate'
const gitScopes = ['repository:read', 'repository:write']

/** How soon after the tap: it was made for a certificate of now. */
const withinMs = 10 * 60_000

/**
 * One certificate for a program that its person has just allowed to ask for it: the tap of that authorisation is the tap
 * of the certificate, and is judged once more for this act. @throws 403, 409 where it was used for one already
 */
export async function issueForGrant(
  { database, policy, now }: Pick<Ceremonies, 'database' | 'policy' | 'now'>,
  signing: { authority: CertificateAuthority; host: string },
  caller: Caller,
  body: NewCertificate,
): Promise<{ row: SshCertificate; line: string; program: string }> {
  const { by } = caller
  if (by.kind !== 'grant' || !by.scopes.includes(certificateScope))
    throw forbidden('Only a program that you let get a certificate can do this.', 'Run: postern login')
  const subject = getSubject(body)
  const work = database.write(async (tx) => {
    const at = now()
    await checkStillHere(tx, caller.id)
    const grant = await getGrant(tx, by.grantId, at)
    const tap = await getTap(tx, grant)
    const record = await findCredentialRecord(tx, caller.id, tap.credentialRecordId)
    if (record === undefined) throw forbidden('The passkey that you tapped with was removed meanwhile.', again)
    const question = { act: 'certificate.issue', place: null } as const
    const { decision, sentence } = (await createTapJudge({ db: tx, policy }, { question, caller, at }))(record, {
      made: tap,
    })
    if (decision.outcome !== 'allow') throw forbidden(sentence, again)
    const hours = await getHours(tx, body)
    const scopes = by.scopes.filter((scope) => gitScopes.includes(scope))
    const { repositoryIds } = by
    const wanted = { caller, subject, hours, tap, scopes, repositoryIds, grantId: grant.id, at }
    return { ...(await writeCertificate(tx, signing, wanted)), program: grant.clientName }
  })
  return orUniqueViolation(work).catch((error: unknown) => {
    if (error instanceof UniqueViolation)
      throw conflict('certificate-made', 'This authorisation has already made a certificate.', { help: again })
    throw error
  })
}

const again = 'Run postern login again, and tap.'

async function getGrant(tx: Tx<'oauthGrant'>, id: Id<'gra'>, at: number): Promise<OauthGrantTable> {
  const grant = await tx
    .selectFrom('oauthGrant')
    .selectAll()
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
  if (grant === undefined) throw new ProblemError(403, 'access-ended', 'This authorisation has ended.', { help: again })
  if (at - grant.tappedAt > withinMs)
    throw forbidden('The tap is too long ago: a certificate is for right after it.', again)
  return grant
}

/** The tap of the authorisation itself. */
async function getTap(tx: Tx<'oauthGrant'>, grant: OauthGrantTable): Promise<SealTable> {
  const tap = await tx
    .selectFrom('seal')
    .selectAll()
    .where('userId', '=', grant.userId)
    .where('action', '=', 'oauth.authorise')
    .where('sealedAt', '=', grant.tappedAt)
    .executeTakeFirst()
  if (tap === undefined) throw forbidden('There is no tap behind this authorisation.', again)
  return tap
}
