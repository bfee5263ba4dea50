import { recordEvent } from '../../audit/record.ts'
import type { Db, Tx } from '../../database/handles.ts'
import { type Id, newId } from '../../database/id.ts'
import type { SealTable } from '../../database/schema.ts'
import { invalid } from '../../http/problem.ts'
import { actorOf, type Caller } from '../../identity/caller.ts'
import { getSetting } from '../../identity/settings.ts'
import { issueCertificate, renderCertificate } from '../../protocols/ssh/issue-certificate.ts'
import { parseSshPublicKey, type SshPublicKey } from '../../protocols/ssh/public-key.ts'
import { SshError } from '../../protocols/ssh/ssh-error.ts'
import type { CertificateAuthority } from './certificate-authority.ts'
import type { SshCertificate } from './certificates.ts'
import type { NewCertificate } from './shapes.ts'

const hourMs = 3_600_000
/** Clocks that go behind ours take it at once. */
const earlierMs = 60_000

/** The key that a certificate is asked for. @throws 422 with what is wrong with it */
export function getSubject({ publicKey }: Pick<NewCertificate, 'publicKey'>): SshPublicKey {
  try {
    return parseSshPublicKey(publicKey)
  } catch (error) {
    if (error instanceof SshError) throw invalid('publicKey', `This key is not taken: ${error.message}.`)
    throw error
  }
}

/** For how many hours it is wanted. @throws 422 where that is more than an owner allows */
export async function getHours(db: Db<'setting'>, { hours }: Pick<NewCertificate, 'hours'>): Promise<number> {
  const most = await getSetting(db, 'certificateHours')
  if (hours !== undefined && hours > most)
    throw invalid('hours', `A certificate lasts ${most} ${most === 1 ? 'hour' : 'hours'} at most here.`)
  return hours ?? most
}

/** Whom a certificate names, as the lists of signers do: the instance stands in it, so that no other host takes it for its own. */
export const principalOf = (username: string, host: string): string => `${username}@${host}`

/** What stands in the certificate for whoever reads a log. */
export const keyIdOf = ({ id, principal }: { id: Id<'sct'>; principal: string }): string => `${principal} ${id}`

/**
 * Makes a certificate in the transaction of the tap that allows it. Never beyond the day on which its owner's access
 * ends, and never more than whoever asked for it was given.
 */
export async function writeCertificate(
  tx: Tx<'sshCertificate' | 'auditEvent' | 'auditPersonal'>,
  parts: { authority: CertificateAuthority; host: string },
  wanted: {
    caller: Caller
    subject: SshPublicKey
    hours: number
    tap: Pick<SealTable, 'id' | 'strength' | 'sealedAt'>
    scopes: readonly string[]
    repositoryIds: readonly string[] | null
    grantId: Id<'gra'> | null
    at: number
  },
): Promise<{ row: SshCertificate; line: string }> {
  const { caller, subject, hours, tap, scopes, repositoryIds, grantId, at } = wanted
  const { endsAt } = await tx.selectFrom('user').select('endsAt').where('id', '=', caller.id).executeTakeFirstOrThrow()
  // In whole seconds, as the certificate says it.
  const expiresAt = Math.floor(Math.min(at + hours * hourMs, endsAt ?? Infinity) / 1000) * 1000
  const row = await tx
    .insertInto('sshCertificate')
    .values({
      id: newId('sct'),
      userId: caller.id,
      authority: parts.authority.fingerprint,
      fingerprint: subject.fingerprint,
      keyType: subject.type,
      scopes: JSON.stringify(scopes),
      repositoryIds: repositoryIds === null ? null : JSON.stringify(repositoryIds),
      strength: tap.strength,
      tappedAt: tap.sealedAt,
      sealId: tap.id,
      grantId,
      address: caller.address,
      issuedAt: at,
      expiresAt,
      lastUsedAt: null,
      endedAt: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await recordEvent(tx, {
    action: 'certificate.issued',
    actor: actorOf(caller, tap),
    target: { kind: 'ssh-certificate', id: row.id },
    facts: {
      serial: row.serial,
      fingerprint: row.fingerprint,
      keyType: row.keyType,
      scopes: scopes.join(' '),
      expiresAt,
      seal: tap.id,
      ...(grantId === null ? {} : { grant: grantId }),
    },
    at,
  })
  const principal = principalOf(caller.username, parts.host)
  const certificate = issueCertificate(
    {
      publicKey: subject.blob,
      serial: BigInt(row.serial),
      keyId: keyIdOf({ id: row.id, principal }),
      principals: [principal],
      validAfter: BigInt(Math.floor((at - earlierMs) / 1000)),
      validBefore: BigInt(expiresAt / 1000),
    },
    parts.authority,
  )
  return { row, line: renderCertificate(certificate, principal) }
}
