import type { Db, Tx } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { RegistrationLinkTable } from '../database/schema.ts'
import { ProblemError } from '../http/problem.ts'
import { hashSecret, newSecret } from '../http/secret.ts'

export type RegistrationLink = RegistrationLinkTable
export type LinkPurpose = RegistrationLinkTable['purpose']

const hourMs = 3_600_000
export const linkLifetimeMs: Record<LinkPurpose, number> = {
  setup: hourMs,
  'next-owner': hourMs,
  rehome: 7 * 24 * hourMs,
  invitation: 7 * 24 * hourMs,
  recovery: 24 * hourMs,
  upgrade: hourMs / 4,
  'break-glass': hourMs / 4,
}

/** A link for nobody yet makes an owner only where it was made from the shell; all others ask who admits them. */
export const makesOwner = ({ purpose }: { purpose: LinkPurpose }): boolean =>
  purpose === 'setup' || purpose === 'next-owner'

/** Whoever comes in by it begins anew: what they had before ends. The others add to it, or wait for the old to be settled. */
export const startsOver = ({ purpose }: { purpose: LinkPurpose }): boolean =>
  purpose === 'next-owner' || purpose === 'rehome' || purpose === 'invitation'

export const linkUrl = (origin: string, token: string): string => `${origin}/-/setup#${token}`

/**
 * Makes a one-time link. Earlier unused ones of the same purpose for the same person stop working; invitations of people
 * who are nobody yet stand beside each other.
 */
export async function createRegistrationLink(
  tx: Tx<'registrationLink'>,
  wanted: {
    purpose: LinkPurpose
    userId: Id<'usr'> | null
    createdBy: Id<'usr'> | null
    at: number
    lifetimeMs?: number
  },
): Promise<{ id: Id<'lnk'>; token: string; expiresAt: number }> {
  if (wanted.userId !== null || makesOwner(wanted)) {
    const former = tx
      .updateTable('registrationLink')
      .set({ consumedAt: wanted.at })
      .where('purpose', '=', wanted.purpose)
      .where('consumedAt', 'is', null)
    await (
      wanted.userId === null ? former.where('userId', 'is', null) : former.where('userId', '=', wanted.userId)
    ).execute()
  }
  const id = newId('lnk')
  const token = newSecret()
  const expiresAt = wanted.at + (wanted.lifetimeMs ?? linkLifetimeMs[wanted.purpose])
  await tx
    .insertInto('registrationLink')
    .values({
      id,
      tokenHash: hashSecret(token),
      purpose: wanted.purpose,
      userId: wanted.userId,
      expiresAt,
      consumedAt: null,
      createdAt: wanted.at,
      createdBy: wanted.createdBy,
    })
    .execute()
  return { id, token, expiresAt }
}

/** The link this token opens. Looking does not use it up. @throws 410 when it was used or is too old, 404 when unknown */
export async function getRegistrationLink(
  db: Db<'registrationLink'>,
  token: string,
  now: number,
): Promise<RegistrationLink> {
  const link = await db
    .selectFrom('registrationLink')
    .selectAll()
    .where('tokenHash', '=', hashSecret(token))
    .executeTakeFirst()
  if (link === undefined) throw linkProblem('link-unknown', 'This link is not known here.')
  if (link.consumedAt !== null)
    throw linkProblem('link-used', 'This link was already used, replaced by a newer one, or withdrawn.', link)
  if (now >= link.expiresAt) throw linkProblem('link-expired', 'This link has expired.', link)
  return link
}

/** Uses the link up, once: of two that race, one gets the problem. */
export async function consumeRegistrationLink(tx: Tx<'registrationLink'>, id: Id<'lnk'>, at: number): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('registrationLink')
    .set({ consumedAt: at })
    .where('id', '=', id)
    .where('consumedAt', 'is', null)
    .executeTakeFirst()
  if (Number(numUpdatedRows) !== 1)
    throw linkProblem('link-used', 'This link was already used, replaced by a newer one, or withdrawn.')
}

/**
 * The link that a letter brought to somebody whose account a directory has made opens nothing any more; one that an
 * administrator has handed over still does. @returns whether there was one
 */
export async function endSentInvitation(
  tx: Tx<'registrationLink'>,
  { userId, at }: { userId: Id<'usr'>; at: number },
): Promise<boolean> {
  const ended = await tx
    .updateTable('registrationLink')
    .set({ consumedAt: at })
    .where('userId', '=', userId)
    .where('purpose', '=', 'invitation')
    .where('createdBy', 'is', null)
    .where('consumedAt', 'is', null)
    .returning('id')
    .execute()
  return ended.length > 0
}

/** Whoever runs the instance makes another one themselves; anybody else was given theirs by somebody. */
export const linkProblem = (code: string, title: string, link?: Pick<RegistrationLink, 'purpose'>): ProblemError =>
  new ProblemError(410, code, title, { help: helpWith(code, link) })

function helpWith(code: string, link: Pick<RegistrationLink, 'purpose'> | undefined): string {
  if (link !== undefined && makesOwner(link))
    return 'On the machine itself, `npm run postern -- admin setup-link` prints a new one.'
  const ask = 'ask whoever gave it to you for a new one.'
  if (code === 'link-used') return `Sign in, if you have used it yourself. Otherwise ${ask}`
  return code === 'link-unknown' ? `Was it copied whole? If so, ${ask}` : `A${ask.slice(1)}`
}
