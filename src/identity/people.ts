import { recordEvent } from '../audit/record.ts'
import type { Database, Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { OrganisationRole } from '../database/schema.ts'
import { conflict, forbidden, lookAgain, notFound } from '../http/problem.ts'
import type { Act } from './act.ts'
import { actorOf } from './caller.ts'
import { listCredentialRecords } from './credential-records.ts'
import { getGuestEnd } from './guests/guest-days.ts'
import { checkMayGive } from './may-give.ts'
import { findRecoveryUnderWay } from './recovery/find-recovery.ts'
import { untestedCap } from './passwords/password-logins.ts'
import { createRegistrationLink } from './registration-links.ts'
import { createUser, findUserByUsername, type User } from './users.ts'

/** Adds a person and the one-time link by which they register their passkey. */
export async function addPerson(
  database: Database,
  { caller, takeSeal, now }: Act,
  wanted: { username: string; displayName: string; email: string; role: OrganisationRole },
): Promise<{ user: User; token: string; expiresAt: number }> {
  checkMayGive(caller, wanted.role)
  return database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const guest = wanted.role === 'guest' ? { endsAt: await getGuestEnd(tx, undefined, at), sponsorId: caller.id } : {}
    const user = await createUser(tx, { ...wanted, ...guest, createdBy: caller.id, at })
    const link = await createRegistrationLink(tx, { purpose: 'invitation', userId: user.id, createdBy: caller.id, at })
    await recordEvent(tx, {
      action: 'person.added',
      actor: actorOf(caller, seal),
      target: { kind: 'user', id: user.id },
      facts: { person: user.username, role: user.role, seal: seal.id },
      personal: { displayName: user.displayName, email: user.email },
      at,
    })
    return { user, ...link }
  })
}

/**
 * A fresh link for somebody who has no passkey that works at this address; refused while they have one, so that it is
 * never a back door.
 */
export async function makePersonLink(database: Database, { caller, takeSeal, now }: Act, username: string) {
  const user = await getPersonByName(database.read, username)
  if (user.kind !== 'person')
    throw conflict('not-a-person', `${user.username} is an agent: it never has a passkey.`, {
      help: 'Make a token for it instead.',
    })
  checkMayGive(caller, user.role)
  if (user.isDemo === 1) throw forbidden('The example people never come in again.', 'Add a person of your own.')
  const instance = await database.read.selectFrom('instance').select('rpId').executeTakeFirst()
  if ((await listCredentialRecords(database.read, user.id)).some((record) => record.rpId === instance?.rpId))
    throw conflict('has-passkey', `${user.displayName} has a passkey.`, {
      help: 'They can add another one themselves under Account. Have they lost it? Let them back in under People, Getting back in.',
    })
  if ((await findRecoveryUnderWay(database.read, user.id)) !== undefined)
    throw conflict('recovery-under-way', `A recovery of the account of ${user.displayName} is under way.`, {
      help: 'Its link registers their new passkey. It stands under Getting back in, where you can cancel it.',
    })
  return database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const link = await createRegistrationLink(tx, { purpose: 'invitation', userId: user.id, createdBy: caller.id, at })
    await recordEvent(tx, {
      action: 'person.link',
      actor: actorOf(caller, seal),
      target: { kind: 'user', id: user.id },
      facts: { person: user.username, seal: seal.id },
      at,
    })
    return { user, ...link }
  })
}

/** A second person vouches for a passkey that came in by a link: its cap is lifted and the signers' list says by whom. */
export async function endorseCredential(
  database: Database,
  { caller, takeSeal, now }: Act,
  username: string,
  credentialId: string,
) {
  const user = await getPersonByName(database.read, username)
  if (user.id === caller.id)
    throw forbidden('Nobody can vouch for a passkey of their own.', 'Ask another administrator.')
  checkMayGive(caller, user.role)
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const changed = await tx
      .updateTable('credentialRecord')
      .set({ endorsedBy: seal.id, strengthCap: null })
      .where('id', '=', credentialId as Id<'crd'>)
      .where('userId', '=', user.id)
      .where('endedAt', 'is', null)
      .where('endorsedBy', 'is', null)
      // One that nobody has tapped yet is nobody's to vouch for.
      .where((eb) => eb.or([eb('strengthCap', 'is', null), eb('strengthCap', '!=', untestedCap)]))
      .returning('name')
      .executeTakeFirst()
    if (changed === undefined)
      throw conflict('already-endorsed', 'Somebody has vouched for this passkey already, or it has ended.', {
        help: lookAgain,
      })
    await liftCapsBehind(tx, user.id, credentialId as Id<'crd'>)
    await recordEvent(tx, {
      action: 'credential.endorsed',
      actor: actorOf(caller, seal),
      target: { kind: 'credential', id: credentialId },
      facts: { credential: changed.name, person: user.username, seal: seal.id },
      at,
    })
  })
  return user
}

/** Keys that the person added with a tap on this one were capped because it was; so on for those behind them. */
async function liftCapsBehind(
  tx: Tx<'credentialRecord'>,
  userId: Id<'usr'>,
  credentialRecordId: Id<'crd'>,
): Promise<void> {
  const lifted = await tx
    .updateTable('credentialRecord')
    .set({ strengthCap: null })
    .where('userId', '=', userId)
    .where('strengthCap', 'is not', null)
    .where('endorsedBy', 'in', (eb) =>
      eb.selectFrom('seal').select('seal.id').where('seal.credentialRecordId', '=', credentialRecordId),
    )
    .returning('id')
    .execute()
  for (const { id } of lifted) await liftCapsBehind(tx, userId, id)
}

export async function getPersonByName(db: Db<'user'>, username: string): Promise<User> {
  const user = await findUserByUsername(db, username)
  if (user === undefined) throw notFound('This person')
  return user
}
