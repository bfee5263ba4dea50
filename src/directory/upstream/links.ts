import { recordEvent } from '../../audit/record.ts'
import { type Database, type Db, orUniqueViolation, UniqueViolation } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { ExternalIdentityTable } from '../../database/schema.ts'
import { conflict, notFound } from '../../http/problem.ts'
import type { Act } from '../../identity/act.ts'
import { actorOf } from '../../identity/caller.ts'
import { refuseDuringRecovery } from '../../identity/recovery/find-recovery.ts'
import { endSessions } from '../../identity/sessions.ts'
import { findLink, insertLink } from './find-or-make-person.ts'
import type { Shown } from './flows.ts'
import { findProvider } from './providers.ts'
import type { ExternalIdentityView } from './shapes.ts'

/** Where somebody can sign in besides here. */
export async function listLinks(
  db: Db<'externalIdentity' | 'identityProvider'>,
  userId: Id<'usr'>,
): Promise<ExternalIdentityView[]> {
  const rows = await db
    .selectFrom('externalIdentity')
    .innerJoin('identityProvider', 'identityProvider.id', 'externalIdentity.providerId')
    .selectAll('externalIdentity')
    .select('identityProvider.name as providerName')
    .where('externalIdentity.userId', '=', userId)
    .where('externalIdentity.endedAt', 'is', null)
    .where('identityProvider.endedAt', 'is', null)
    .orderBy('externalIdentity.linkedAt')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    provider: { id: row.providerId, name: row.providerName },
    label: row.label,
    subject: row.subject,
    linkedBy: row.linkedBy,
    linkedAt: row.linkedAt,
    lastSignInAt: row.lastSignInAt,
  }))
}

/** @throws 404 */
export async function getLink(
  db: Db<'externalIdentity'>,
  userId: Id<'usr'>,
  id: string,
): Promise<ExternalIdentityTable> {
  const row = await db
    .selectFrom('externalIdentity')
    .selectAll()
    .where('id', '=', id as Id<'eid'>)
    .where('userId', '=', userId)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
  if (row === undefined) throw notFound('This account elsewhere')
  return row
}

/** Joins what the person has shown with their account, in the transaction of their tap. @throws 409 */
export async function link(
  database: Database,
  { caller, takeSeal, now }: Act,
  { offer, issuer, providerId }: Shown,
): Promise<void> {
  const taken = () =>
    conflict('already-joined', 'This account there is joined with somebody here.', {
      help: 'Sign in there with another account, or ask an administrator.',
    })
  const write = database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    await refuseDuringRecovery(tx, caller.id)
    const { provider, subject, label } = offer
    if ((await findProvider(tx, providerId)) === undefined)
      throw conflict('provider-gone', `${provider.name} is no longer a place to sign in here.`, {
        help: 'Ask an administrator whether another one took its place.',
      })
    const former = await findLink(tx, { issuer, subject })
    if (former !== undefined) {
      if (former.endedAt === null || former.userId !== caller.id) throw taken()
      await tx
        .updateTable('externalIdentity')
        .set({ providerId, label, linkedBy: 'person', linkedAt: at, endedAt: null, endedWith: null, broughtEnd: null })
        .where('id', '=', former.id)
        .execute()
    } else
      await insertLink(tx, {
        provider: { id: providerId },
        identity: { issuer, subject, label },
        user: caller,
        by: 'person',
        at,
      })
    await recordEvent(tx, {
      action: 'identity.linked',
      actor: actorOf(caller, seal),
      target: { kind: 'user', id: caller.id },
      facts: { person: caller.username, provider: provider.name, issuer, by: 'person', seal: seal.id },
      personal: { subject, label },
      at,
    })
  })
  await orUniqueViolation(write).catch((error: unknown) => {
    throw error instanceof UniqueViolation ? taken() : error
  })
}

/** From then on it signs nobody in, and the sessions that began by it are over. @throws 404 */
export async function unlink(database: Database, { caller, takeSeal, now }: Act, id: string): Promise<void> {
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const row = await getLink(tx, caller.id, id)
    await tx.updateTable('externalIdentity').set({ endedAt: at }).where('id', '=', row.id).execute()
    const begun = await tx
      .selectFrom('upstreamSession')
      .select('sessionId')
      .where('externalIdentityId', '=', row.id)
      .execute()
    for (const { sessionId } of begun) await endSessions(tx, caller.id, { id: sessionId }, at)
    const provider = await tx
      .selectFrom('identityProvider')
      .select('name')
      .where('id', '=', row.providerId)
      .executeTakeFirst()
    await recordEvent(tx, {
      action: 'identity.unlinked',
      actor: actorOf(caller, seal),
      target: { kind: 'user', id: caller.id },
      facts: { person: caller.username, provider: provider?.name ?? '', issuer: row.issuer, seal: seal.id },
      personal: { subject: row.subject, label: row.label },
      at,
    })
  })
}
