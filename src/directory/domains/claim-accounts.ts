import { recordEvent } from '../../audit/record.ts'
import type { Db } from '../../database/handles.ts'
import { newId } from '../../database/id.ts'
import { conflict } from '../../http/problem.ts'
import type { Act } from '../../identity/act.ts'
import { actorOf } from '../../identity/caller.ts'
import { type AddressParts, sendVerification } from '../../identity/profile/verify-address.ts'
import { getSetting } from '../../identity/settings.ts'
import type { User } from '../../identity/users.ts'
import { domainOfAddress } from './domain-name.ts'
import { getDomain } from './find-domain.ts'
import type { ClaimsMade } from './shapes.ts'

const dayMs = 24 * 3_600_000
const unconfirmed = 'they have never shown that the address is theirs'

/** Why the domain cannot come to manage this person; undefined where it can. */
export function whyNot(user: User | undefined, domain: string): string | undefined {
  if (user === undefined || user.kind !== 'person') return 'nobody of that name is here'
  if (user.isDemo === 1) return 'they are one of the example people'
  if (user.state !== 'active') return 'their access has ended'
  if (domainOfAddress(user.email) !== domain) return `their address is not at ${domain}`
  if (user.managedBy !== null) return 'they are managed already'
  // Anybody can write an address into their account.
  if (user.emailVerifiedAt === null) return unconfirmed
  return undefined
}

export async function listUsersByName(db: Db<'user'>, usernames: readonly string[]): Promise<Map<string, User>> {
  const rows = await db.selectFrom('user').selectAll().where('username', 'in', usernames).execute()
  return new Map(rows.map((row) => [row.username, row]))
}

/** @throws 409 unless the domain is verified at this moment */
export function checkVerified({ name, state }: { name: string; state: string }): void {
  if (state === 'verified') return
  throw conflict('domain-not-verified', `${name} is not verified at this moment.`, {
    help: 'Verify it first: nobody can be managed by a domain that anybody could have named.',
  })
}

/**
 * Tells each of these people that the domain will manage their account when the time of grace is over. Whoever has never
 * shown that the address is theirs gets the letter that asks for it instead, and can be claimed once they have.
 */
export async function claimAccounts(
  { database, writeLetter, origin }: AddressParts,
  { caller, takeSeal, now }: Act,
  { id, usernames }: { id: string; usernames: readonly string[] },
): Promise<ClaimsMade> {
  return database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const domain = await getDomain(tx, id)
    checkVerified(domain)
    const graceEndsAt = at + (await getSetting(tx, 'domainGraceDays')) * dayMs
    const users = await listUsersByName(tx, usernames)
    const skipped: ClaimsMade['skipped'] = []
    let noticed = 0
    for (const username of usernames) {
      const user = users.get(username)
      const reason = whyNot(user, domain.name)
      if (user === undefined || reason !== undefined) {
        const isAsked =
          user !== undefined &&
          reason === unconfirmed &&
          (await sendVerification(tx, { writeLetter, origin, now }, user))
        skipped.push({ username, reason: isAsked ? `${reason}; a letter asks them to` : (reason ?? '') })
        continue
      }
      const claim = { id: newId('clm'), domainId: domain.id, userId: user.id, noticedAt: at, noticedBy: caller.id }
      const made = await tx
        .insertInto('domainClaim')
        .values({ ...claim, state: 'noticed', graceEndsAt, objectedAt: null, decidedAt: null, decidedBy: null })
        .onConflict((conflict) => conflict.doNothing())
        .returning('id')
        .executeTakeFirst()
      if (made === undefined) {
        skipped.push({ username, reason: 'they have been told already' })
        continue
      }
      noticed += 1
      await recordEvent(tx, {
        action: 'domain.claim-noticed',
        actor: actorOf(caller, seal),
        target: { kind: 'user', id: user.id },
        facts: { person: user.username, domain: domain.name, graceEndsAt, claim: made.id, seal: seal.id },
        at,
      })
    }
    return { noticed, skipped }
  })
}
