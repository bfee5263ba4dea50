import { recordEvent } from '../../audit/record.ts'
import type { Db } from '../../database/handles.ts'
import type { TableName } from '../../database/schema.ts'
import { ProblemError } from '../../http/problem.ts'
import { recordProof } from '../account-addresses.ts'
import type { Admission } from '../admission.ts'
import { foldAddress } from '../fold-address.ts'
import { releaseWritten } from '../profile/release-address.ts'
import { getSetting } from '../settings.ts'
import { applicationMs } from './apply.ts'
import { isKnownAddress } from './is-known.ts'

/** Whether an address is at a domain that the organisation has shown to be its own. */
type IsOwnAddress = (db: Db<TableName>, email: string) => Promise<boolean>

const dayMs = 24 * 3_600_000

const over = (code: string, title: string, help: string): ProblemError => new ProblemError(410, code, title, { help })

/**
 * How whoever registers themselves is let in: as a member with an address of the organisation, else as a guest whose
 * access ends by itself. That they read what is sent to the address, the link has shown.
 */
export const selfAdmission = (isOwnAddress: IsOwnAddress): Admission => ({
  async find(db, linkId, at) {
    const row = await db.selectFrom('applicant').selectAll().where('linkId', '=', linkId).executeTakeFirst()
    if (row === undefined) return undefined
    if (row.createdAt + applicationMs <= at)
      throw over('link-expired', 'This link has expired.', 'Register again: a new letter comes.')
    if (!(await getSetting(db, 'selfRegistration')))
      throw over('link-used', 'Nobody can register themselves here any more.', 'Ask an administrator to invite you.')
    if (await isKnownAddress(db, row.email))
      throw over('link-used', 'There is an account with this address by now.', 'Sign in with its passkey.')
    const isOwn = await isOwnAddress(db, row.address)
    const { address: email, username, displayName } = row
    return {
      email,
      username,
      displayName,
      createdBy: null,
      sponsorId: null,
      by: null,
      message: '',
      role: isOwn ? 'member' : 'guest',
      endsAt: isOwn ? null : at + (await getSetting(db, 'guestDays')) * dayMs,
    }
  },
  async welcome(tx, { linkId, user, at }) {
    // Of several links to one address the first that is used counts.
    const used = await tx
      .deleteFrom('applicant')
      .where('email', '=', foldAddress(user.email))
      .returning('linkId')
      .execute()
    if (!used.some((row) => row.linkId === linkId))
      throw over('link-used', 'This link was already used, or another one that was sent to you.', 'Sign in.')
    await tx.updateTable('user').set({ emailVerifiedAt: at }).where('id', '=', user.id).execute()
    await recordProof(tx, user, at)
    await releaseWritten(tx, user.email, { to: user.id, broughtBy: user.username, at })
    await recordEvent(tx, {
      action: 'person.self-registered',
      actor: null,
      method: 'link',
      target: { kind: 'user', id: user.id },
      facts: { person: user.username, role: user.role },
      personal: { email: user.email },
      at,
    })
  },
})
