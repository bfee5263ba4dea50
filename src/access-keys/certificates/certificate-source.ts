import type { Database, Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { forbidden, ProblemError } from '../../http/problem.ts'
import { accountOf } from '../../identity/account-of.ts'
import type { SshTouch } from '../../identity/caller.ts'
import { isOver } from '../../identity/guests/is-over.ts'
import { type JudgeParts, judgeSshLogin } from '../../identity/judge-caller.ts'
import type { Proof } from '../../policy/facts.ts'
import { weaker } from '../../policy/strength.ts'
import { parseSshCertificate, type SshCertificate } from '../../protocols/ssh/certificate.ts'
import { SshError } from '../../protocols/ssh/ssh-error.ts'
import { verifySshCertificate } from '../../protocols/ssh/verify-certificate.ts'
import type { SshCaller, SshLogin, SshSource } from '../ssh-credential.ts'
import type { CertificateAuthority } from './certificate-authority.ts'
import { keyIdOf, principalOf } from './write-certificate.ts'

type Parts = JudgeParts & {
  database: Pick<Database, 'read' | 'write'>
  authority: CertificateAuthority
  host: string
}

/**
 * Certificates of this instance's own authority. The certificate must hold by itself, and its row must still say so:
 * what was ended counts for nothing, however long the certificate would.
 */
export const createCertificateSource = (parts: Parts): SshSource => ({
  async isKnown({ certificate }) {
    const parsed = certificate === null ? undefined : parseOrNothing(certificate)
    return parsed?.authority.equals(parts.authority.publicKey) === true
  },

  async find({ certificate, fingerprint, touch }, login, now) {
    if (certificate === null) return undefined
    const parsed = parseOrNothing(certificate)
    if (parsed === undefined) return undefined
    const found = await findRow(parts.database.read, { serial: toNumber(parsed.serial) })
    const row = checkUse(parts, { found, parsed, fingerprint, touch }, login, now)
    if (row === undefined) return undefined
    const caller = await provenCaller(parts, row, { touch, address: login.address, at: now }, now)
    await noteUse(parts.database, row, now)
    return caller
  },

  async again({ by, address, authenticatedAt }, now, isUnderWay = false) {
    if (by.kind !== 'ssh-certificate') return undefined
    const found = await findRow(parts.database.read, { id: by.certificateId })
    if (found === undefined || found.endedAt !== null || isOver(found, now)) return undefined
    if (now >= found.expiresAt && !isUnderWay) return undefined
    return provenCaller(parts, found, { touch: by.touch, address, at: authenticatedAt }, now)
  },
})

const help = 'Get a new one: postern login'

function parseOrNothing(certificate: Buffer): SshCertificate | undefined {
  try {
    return parseSshCertificate(certificate)
  } catch (error) {
    if (error instanceof SshError) return undefined
    throw error
  }
}

/** 0 is nobody's: what does not fit into a number was never given. */
const toNumber = (serial: bigint): number => (serial <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(serial) : 0)

type Found = NonNullable<Awaited<ReturnType<typeof findRow>>>

/** Of somebody who is here. */
const findRow = (db: Db<'sshCertificate' | 'user'>, by: { serial: number } | { id: Id<'sct'> }) =>
  db
    .selectFrom('sshCertificate')
    .innerJoin('user', 'user.id', 'sshCertificate.userId')
    .select(['sshCertificate.id', 'sshCertificate.userId', 'serial', 'fingerprint', 'authority', 'scopes'])
    .select(['repositoryIds', 'strength', 'tappedAt', 'expiresAt', 'lastUsedAt', 'endedAt'])
    .select(['username', 'displayName', 'role', 'kind', 'isDemo', 'endsAt'])
    .where(({ eb }) => ('id' in by ? eb('sshCertificate.id', '=', by.id) : eb('serial', '=', by.serial)))
    .where('user.state', '=', 'active')
    .executeTakeFirst()

/**
 * Undefined for what our authority did not sign: anybody can make that, and nobody is told or writes anything about it.
 * @throws 403 where the certificate does not hold, or what we know of it says otherwise
 */
function checkUse(
  { authority, host }: Pick<Parts, 'authority' | 'host'>,
  shown: { found: Found | undefined; parsed: SshCertificate; fingerprint: string; touch: SshTouch | null },
  { user, address }: SshLogin,
  now: number,
): Found | undefined {
  const { found, parsed, fingerprint, touch } = shown
  const principal = found === undefined ? (parsed.principals[0] ?? '') : principalOf(found.username, host)
  try {
    verifySshCertificate(parsed, {
      authorities: [authority.publicKey],
      principal,
      address,
      userVerification: touch?.userVerification === true,
      now,
    })
  } catch (error) {
    if (!(error instanceof SshError)) throw error
    if (error.code === 'certificate-authority' || error.code === 'certificate-signature') return undefined
    throw refused(error.message, error)
  }
  // A serial that a restored database gave again is of another certificate.
  const isOurs =
    found?.authority === authority.fingerprint &&
    found.fingerprint === fingerprint &&
    keyIdOf({ id: found.id, principal }) === parsed.keyId
  if (!isOurs) throw refused('nothing is known of this certificate')
  if (found.endedAt !== null || isOver(found, now)) throw refused('this certificate was ended')
  if (now >= found.expiresAt) throw refused('this certificate has expired')
  if (touch?.userPresence === false) throw refused('nobody touched the security key when it signed')
  if (user !== 'git' && user !== found.username)
    throw forbidden(`This SSH certificate is not ${user.slice(0, 60)}’s.`, 'Come in as git@….')
  return found
}

const refused = (clause: string, cause?: unknown): ProblemError =>
  new ProblemError(403, 'certificate-refused', `Your SSH certificate does not let you in: ${clause}.`, { help, cause })

/** @param login.at when the key was shown: a security key was touched then */
async function provenCaller(
  parts: Parts,
  row: Found,
  { touch, address, at }: { touch: SshTouch | null; address: string; at: number },
  now: number,
): Promise<SshCaller> {
  const strength = weaker(row.strength, 'passkey')
  const known = {
    ...accountOf(row),
    strength,
    // A touch alone proves less than the tap did, so it makes that no younger; one with PIN is a tap of its own.
    authenticatedAt: touch?.userVerification === true ? at : row.tappedAt,
    address,
  }
  const key: Proof['key'] = touch === null ? null : { category: 'hardware-key', aaguid: null }
  const judged = await judgeSshLogin(parts, { caller: known, address, key }, now)
  return {
    ...known,
    shortfall: null,
    judged,
    by: {
      kind: 'ssh-certificate',
      certificateId: row.id,
      name: `certificate ${row.serial}`,
      scopes: JSON.parse(row.scopes) as string[],
      repositoryIds: row.repositoryIds === null ? null : (JSON.parse(row.repositoryIds) as string[]),
      key,
      touch,
    },
  }
}

const minuteMs = 60_000

async function noteUse(database: Pick<Database, 'write'>, { id, lastUsedAt }: Found, now: number): Promise<void> {
  if (lastUsedAt !== null && now - lastUsedAt < minuteMs) return
  await database.write((tx) => tx.updateTable('sshCertificate').set({ lastUsedAt: now }).where('id', '=', id).execute())
}
