import { recordEvent } from '../../audit/record.ts'
import type { Database, Tx } from '../../database/handles.ts'
import type { TableName } from '../../database/schema.ts'
import { conflict, forbidden, nothingLeft, ProblemError } from '../../http/problem.ts'
import { hashSecret, newSecret } from '../../http/secret.ts'
import { recordProof } from '../account-addresses.ts'
import { actorOf, type Caller } from '../caller.ts'
import { findUserById, type User } from '../users.ts'
import type { WriteLetter } from './own-letter.ts'
import { releaseWritten } from './release-address.ts'

const hourMs = 3_600_000
const lifetimeMs = 24 * hourMs
/** Letters to one person in an hour: an address that is somebody else's must not be flooded. */
const lettersAnHour = 5

export interface AddressParts {
  database: Database
  writeLetter: WriteLetter
  origin: string
  now: () => number
}

/** What stands after the `#` never reaches a server's log. */
const verificationUrl = (origin: string, token: string): string => `${origin}/-/verify-address#${token}`

/** Lays down the letter that proves the address. @returns false where there were too many of late */
export async function sendVerification(
  tx: Tx<TableName>,
  { writeLetter, origin, now }: Omit<AddressParts, 'database'>,
  user: Pick<User, 'id' | 'username' | 'email'>,
): Promise<boolean> {
  const at = now()
  await tx.deleteFrom('emailVerification').where('expiresAt', '<=', at).execute()
  const { sent } = await tx
    .selectFrom('emailVerification')
    .select((eb) => eb.fn.countAll<number>().as('sent'))
    .where('userId', '=', user.id)
    .where('createdAt', '>', at - hourMs)
    .executeTakeFirstOrThrow()
  if (writeLetter === null || sent >= lettersAnHour) return false
  const token = newSecret()
  const expiresAt = at + lifetimeMs
  await tx
    .insertInto('emailVerification')
    .values({
      tokenHash: hashSecret(token),
      userId: user.id,
      addressHash: hashSecret(user.email),
      createdAt: at,
      expiresAt,
    })
    .execute()
  const facts = { username: user.username, link: verificationUrl(origin, token), expiresAt }
  await writeLetter(tx, { toUserId: user.id, kind: 'address-check', facts })
  return true
}

/** Sends the letter anew, as its person asks. @throws 409 without mail or need, 429 */
export async function askVerification(parts: AddressParts, caller: Caller): Promise<void> {
  if (parts.writeLetter === null)
    throw conflict('mail-not-set-up', 'No letter can be sent: mail is not set up here.', {
      help: 'The operator of this server sets POSTERN_SMTP_URL.',
    })
  await parts.database.write(async (tx) => {
    const user = await findUserById(tx, caller.id)
    if (user?.email === '')
      throw conflict('no-address', 'Your account has no address.', { help: 'Write yours under Profile first.' })
    if (user === undefined || user.emailVerifiedAt !== null)
      throw conflict('already-verified', 'You have shown already that this address is yours.', { help: nothingLeft })
    if (await sendVerification(tx, parts, user)) return
    throw new ProblemError(429, 'too-many-letters', 'Several letters went to this address within the hour.', {
      help: 'Look for them there, also among what counts as spam. You can have another one later.',
    })
  })
}

const gone = (title: string): ProblemError =>
  new ProblemError(410, 'link-used', title, { help: 'Have a new letter sent to you, under Account → Profile.' })

/**
 * Whoever holds the link reads what is sent to the address, and the session says whose account it is: a link that went
 * to somebody else's mailbox proves nothing for the account that asked. @throws 403 for another account's, 410
 */
export async function confirmAddress({ database, now }: AddressParts, caller: Caller, token: string): Promise<User> {
  return database.write(async (tx) => {
    const at = now()
    const tokenHash = hashSecret(token)
    const row = await tx
      .selectFrom('emailVerification')
      .selectAll()
      .where('tokenHash', '=', tokenHash)
      .executeTakeFirst()
    if (row === undefined || row.expiresAt <= at) throw gone('This link was already used, or is too old.')
    if (row.userId !== caller.id)
      throw forbidden('This link was made for another account than yours.', 'If you did not ask for it, leave it.')
    const { numDeletedRows } = await tx
      .deleteFrom('emailVerification')
      .where('tokenHash', '=', tokenHash)
      .executeTakeFirst()
    const user = await findUserById(tx, caller.id)
    if (Number(numDeletedRows) !== 1 || user === undefined) throw gone('This link was already used.')
    const confirmed = await tx
      .updateTable('user')
      .set({ emailVerifiedAt: at })
      .where('id', '=', user.id)
      .where('state', '=', 'active')
      .where('email', '=', user.email)
      .executeTakeFirst()
    if (hashSecret(user.email) !== row.addressHash || Number(confirmed.numUpdatedRows) !== 1)
      throw gone('This link was made for an address that is no longer yours.')
    await recordProof(tx, user, at)
    await releaseWritten(tx, user.email, { to: user.id, broughtBy: user.username, at })
    await recordEvent(tx, {
      action: 'profile.address-verified',
      actor: actorOf(caller),
      target: { kind: 'user', id: user.id },
      personal: { email: user.email },
      at,
    })
    return { ...user, emailVerifiedAt: at }
  })
}
