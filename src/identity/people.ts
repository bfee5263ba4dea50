import { recordEvent } from '../audit/record.ts'
import type { Database, Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { OrganisationRole } from '../database/schema.ts'
import { conflict, forbidden, notFound } from '../http/problem.ts'
import { cutPage, pageSize, parseCursor } from '../http/page.ts'
import { coseFingerprint } from '../protocols/sshsig/cose-fingerprint.ts'
import type { Act } from './act.ts'
import { actorOf, type Caller } from './caller.ts'
import { listCredentialRecords } from './credential-records.ts'
import { createRegistrationLink } from './registration-links.ts'
import type { Person } from './shapes.ts'
import { createUser, findUserByUsername, type User } from './users.ts'

/** A page of people by name. `search` matches names and addresses. */
export async function listPeople(
  db: Db<'user' | 'credentialRecord'>,
  wanted: { cursor?: string | undefined; search?: string | undefined },
): Promise<{ items: Person[]; nextCursor: string | null }> {
  let query = db
    .selectFrom('user')
    .selectAll()
    .orderBy('username')
    .limit(pageSize + 1)
  if (wanted.cursor !== undefined) query = query.where('username', '>', parseCursor(wanted.cursor, 'string')[0])
  if (wanted.search !== undefined && wanted.search !== '') {
    // Both stores fold the case of ASCII letters alone.
    const like = `%${wanted.search.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()).replaceAll(/[%_\\\0]/g, '')}%`
    query = query.where(({ eb, fn, or }) =>
      or(
        (['username', 'displayName', 'email'] as const).map((column) =>
          eb(fn<string>('lower', [column]), 'like', like),
        ),
      ),
    )
  }
  const page = cutPage(
    await query.execute(),
    (user) => [user.username],
    (user) => user,
  )
  return { items: await Promise.all(page.items.map((user) => renderPerson(db, user))), nextCursor: page.nextCursor }
}

export async function renderPerson(db: Db<'credentialRecord'>, user: User): Promise<Person> {
  const records = await listCredentialRecords(db, user.id)
  return {
    id: user.id,
    username: user.username,
    displayName: user.displayName,
    email: user.email,
    role: user.role,
    state: user.state,
    isDemo: user.isDemo === 1,
    createdAt: user.createdAt,
    credentialCount: records.length,
    unendorsed: records
      .filter((record) => record.endorsedBy === null && record.enrolledVia !== 'setup')
      .map((record) => ({
        id: record.id,
        name: record.name,
        fingerprint: coseFingerprint(Buffer.from(record.publicKey, 'base64url'), record.rpId),
      })),
  }
}

/** Only an owner makes owners and administrators. */
function checkMayGive(caller: Caller, role: OrganisationRole): void {
  if (caller.role === 'owner' || role === 'member' || role === 'guest') return
  throw forbidden('Only an owner can add owners and administrators.', 'Ask an owner, or add the person as a member.')
}

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
    const user = await createUser(tx, { ...wanted, createdBy: caller.id, at })
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
  checkMayGive(caller, user.role)
  if (user.isDemo === 1) throw forbidden('The example people never come in again.', 'Add a person of your own.')
  const instance = await database.read.selectFrom('instance').select('rpId').executeTakeFirst()
  if ((await listCredentialRecords(database.read, user.id)).some((record) => record.rpId === instance?.rpId))
    throw conflict('has-passkey', `${user.displayName} has a passkey.`, {
      help: 'They can add another one themselves under Account.',
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
      .returning('name')
      .executeTakeFirst()
    if (changed === undefined)
      throw conflict('already-endorsed', 'Somebody has vouched for this passkey already, or it has ended.')
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
