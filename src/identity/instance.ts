import { recordEvent } from '../audit/record.ts'
import type { Database } from '../database/handles.ts'
import type { InstanceTable } from '../database/schema.ts'
import { createRegistrationLink, linkUrl } from './registration-links.ts'
import type { Place } from './registration.ts'

/** The address changed under people's passkeys; the message says what to do. */
export class PlaceMismatch extends Error {
  override readonly name = 'PlaceMismatch'
}

/**
 * Makes the instance's row at the first start, and at later ones checks that passkeys still fit the address (decision 4).
 * @throws PlaceMismatch naming `postern admin rehome`
 */
export async function ensureInstance(database: Database, place: Place, now: number): Promise<InstanceTable> {
  return database.write(async (tx) => {
    const known = await tx.selectFrom('instance').selectAll().executeTakeFirst()
    if (known === undefined) {
      const row = { id: 1, createdAt: now, setUpAt: null, ...place }
      await tx
        .insertInto('instance')
        .values(row)
        .onConflict((on) => on.doNothing())
        .execute()
      return row
    }
    if (known.rpId !== place.rpId && known.setUpAt !== null)
      throw new PlaceMismatch(
        `People's passkeys belong to ${known.rpId}, but POSTERN_URL says ${place.origin}. Start with ${known.origin}, or move everybody: postern admin rehome --url ${place.origin}`,
      )
    if (known.origin !== place.origin || known.rpId !== place.rpId)
      await tx.updateTable('instance').set(place).where('id', '=', 1).execute()
    return { ...known, ...place }
  })
}

/** A link that makes the first owner; earlier ones stop working. */
export async function makeSetupLink(
  database: Database,
  origin: string,
  at: number,
): Promise<{ url: string; expiresAt: number }> {
  const link = await database.write((tx) =>
    createRegistrationLink(tx, { purpose: 'setup', userId: null, createdBy: null, at }),
  )
  return { url: linkUrl(origin, link.token), expiresAt: link.expiresAt }
}

/**
 * For the day the only passkey is lost, from the machine's own shell (decision 6): a link for one owner, whose former
 * passkeys end when it is used, or with no name for a new owner.
 */
export async function makeOwnerLink(
  database: Database,
  origin: string,
  username: string | undefined,
  at: number,
): Promise<{ url: string; expiresAt: number; username: string | null }> {
  return database.write(async (tx) => {
    const owners = await tx
      .selectFrom('user')
      .select(['id', 'username'])
      .where('role', '=', 'owner')
      .where('state', '=', 'active')
      .execute()
    const owner = username === undefined ? undefined : owners.find((one) => one.username === username)
    if (username !== undefined && owner === undefined)
      throw new Error(
        `There is no owner called ${username}. Owners: ${owners.map((one) => one.username).join(', ') || 'none'}.`,
      )
    const link = await createRegistrationLink(tx, {
      purpose: 'next-owner',
      userId: owner?.id ?? null,
      createdBy: null,
      at,
    })
    await recordEvent(tx, {
      action: 'instance.setup-link',
      actor: null,
      method: 'shell',
      target: { kind: 'registration-link', id: link.id },
      facts: { for: owner?.username ?? '' },
      at,
    })
    return { url: linkUrl(origin, link.token), expiresAt: link.expiresAt, username: owner?.username ?? null }
  })
}

export interface MovedPerson {
  username: string
  displayName: string
  url: string
  expiresAt: number
}

/**
 * Moves the instance to another address: the RP ID changes, so every active person gets a one-time link to register
 * anew. Their former passkeys end when they use it; sessions and unused links end now; signatures stay valid.
 */
export async function rehome(database: Database, place: Place, at: number): Promise<MovedPerson[]> {
  return database.write(async (tx) => {
    await tx.updateTable('instance').set(place).where('id', '=', 1).execute()
    await tx.updateTable('session').set({ endedAt: at }).where('endedAt', 'is', null).execute()
    await tx.updateTable('registrationLink').set({ consumedAt: at }).where('consumedAt', 'is', null).execute()
    const people = await tx
      .selectFrom('user')
      .select(['id', 'username', 'displayName'])
      .where('state', '=', 'active')
      .where('kind', '=', 'person')
      .where('isDemo', '=', 0)
      .orderBy('username')
      .execute()
    const moved: MovedPerson[] = []
    for (const { id, username, displayName } of people) {
      const link = await createRegistrationLink(tx, { purpose: 'rehome', userId: id, createdBy: null, at })
      moved.push({ username, displayName, url: linkUrl(place.origin, link.token), expiresAt: link.expiresAt })
    }
    await recordEvent(tx, {
      action: 'instance.rehome',
      actor: null,
      method: 'shell',
      target: { kind: 'instance', id: '1' },
      facts: { origin: place.origin, people: moved.length },
      at,
    })
    return moved
  })
}
