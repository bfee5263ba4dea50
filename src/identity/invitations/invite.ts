import { recordEvent } from '../../audit/record.ts'
import type { Database, Tx } from '../../database/handles.ts'
import { type Id, newId } from '../../database/id.ts'
import type { InvitationTable, TableName } from '../../database/schema.ts'
import { conflict } from '../../http/problem.ts'
import type { Act } from '../act.ts'
import { actorOf } from '../caller.ts'
import { createRegistrationLink, linkUrl } from '../registration-links.ts'
import type { GrantPlaces } from './grant-places.ts'
import { planInvitations } from './plan-invitations.ts'
import type { NewInvitations } from './shapes.ts'
import { whatWords } from './what-words.ts'
import { withdraw } from './withdraw.ts'

/** A letter with an invitation's link. */
export interface InvitationLetter {
  address: string
  facts: { by: string; what: string; message: string; link: string; expiresAt: number }
}

export interface InvitationParts {
  database: Database
  places: GrantPlaces
  origin: string
  now: () => number
  /** Null where no mail is set up: links are then shown to whoever invites. */
  queueLetter: ((tx: Tx<TableName>, letter: InvitationLetter) => Promise<void>) | null
}

export type Made = { row: InvitationTable; link: string | null }

/** One tap, many addresses: all of them are invited, or none. An earlier open invitation of an address is replaced. */
export async function invitePeople(
  parts: InvitationParts,
  { caller, takeSeal, now }: Act,
  wanted: NewInvitations,
): Promise<Made[]> {
  const byMail = wanted.byMail ?? parts.queueLetter !== null
  checkMail(parts, byMail)
  return parts.database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const plan = await planInvitations(tx, parts.places, { caller, wanted, at })
    const made: Made[] = []
    for (const email of plan.emails) {
      for (const former of await listOpen(tx, email))
        await withdraw(tx, former, { actor: actorOf(caller, seal), reason: 'replaced by a newer one', at })
      const { id: linkId, token, expiresAt } = await makeLink(tx, caller.id, at)
      const row: InvitationTable = {
        id: newId('inv'),
        linkId,
        email,
        role: plan.role,
        groups: JSON.stringify(plan.groups.map(({ id }) => id)),
        grants: JSON.stringify(plan.grants.map(({ scopeKind, scopeId, role }) => ({ scopeKind, scopeId, role }))),
        endsAt: plan.endsAt,
        sponsorId: plan.sponsor?.id ?? null,
        message: plan.message,
        createdBy: caller.id,
        createdAt: at,
        expiresAt,
        sentAt: byMail ? at : null,
        acceptedAt: null,
        acceptedBy: null,
        withdrawnAt: null,
      }
      await tx.insertInto('invitation').values(row).execute()
      const link = linkUrl(parts.origin, token)
      if (byMail) await sendLink(parts, tx, { row, link, by: caller.displayName, paths: plan.grants })
      await recordEvent(tx, {
        action: 'invitation.made',
        actor: actorOf(caller, seal),
        target: { kind: 'invitation', id: row.id },
        facts: {
          role: row.role,
          groups: plan.groups.map(({ name }) => name).join(', '),
          places: plan.grants.map(({ path, role }) => `${path} (${role})`).join(', '),
          ...(row.endsAt === null ? {} : { endsAt: row.endsAt }),
          ...(plan.sponsor === null ? {} : { sponsor: plan.sponsor.username }),
          seal: seal.id,
        },
        personal: { email },
        at,
      })
      made.push({ row, link: byMail ? null : link })
    }
    return made
  })
}

/** @throws 409 where a letter is wanted and none can be sent */
export function checkMail({ queueLetter }: InvitationParts, byMail: boolean): void {
  if (byMail && queueLetter === null)
    throw conflict('no-mail', 'No mail is set up on this server.', {
      help: 'Ask for links, and hand them over yourself.',
    })
}

export const makeLink = (tx: Tx<'registrationLink'>, createdBy: Id<'usr'>, at: number) =>
  createRegistrationLink(tx, { purpose: 'invitation', userId: null, createdBy, at })

export async function sendLink(
  { queueLetter }: InvitationParts,
  tx: Tx<TableName>,
  { row, link, by, paths }: { row: InvitationTable; link: string; by: string; paths: readonly { path: string }[] },
): Promise<void> {
  const { email: address, message, expiresAt } = row
  await queueLetter?.(tx, { address, facts: { by, what: whatWords(row, paths), message, link, expiresAt } })
}

const listOpen = (tx: Tx<'invitation'>, email: string) =>
  tx
    .selectFrom('invitation')
    .selectAll()
    .where((eb) => eb(eb.fn<string>('lower', ['email']), '=', email.toLowerCase()))
    .where('acceptedAt', 'is', null)
    .where('withdrawnAt', 'is', null)
    .execute()
