import { recordEvent } from '../../audit/record.ts'
import { isInAudience } from '../../applications/audience.ts'
import { type Database, type Db, orUniqueViolation, type Tx, UniqueViolation } from '../../database/handles.ts'
import { type Id, newId } from '../../database/id.ts'
import { prepared } from '../../database/prepared.ts'
import type { OauthGrantTable, TableName } from '../../database/schema.ts'
import { actorOf, type SessionCaller } from '../../identity/caller.ts'
import { isOver } from '../../identity/guests/is-over.ts'
import type { OpenidClient } from './find-client.ts'

const selectOfSession = prepared(
  (db: Db<'oauthGrant'>, of: { sessionId: Id<'ses'>; applicationId: Id<'app'>; at: number }) =>
    db
      .selectFrom('oauthGrant')
      .selectAll()
      .where('sessionId', '=', of.sessionId)
      .where('applicationId', '=', of.applicationId)
      .where('endedAt', 'is', null)
      .where('expiresAt', '>', of.at),
)

/** What this session is signed on to of one application; the session itself was just recognised. */
export const findSignOn = async (
  db: Db<'oauthGrant'>,
  of: { sessionId: Id<'ses'>; applicationId: Id<'app'>; at: number },
): Promise<OauthGrantTable | undefined> => (await selectOfSession(db, of)).at(0)

/** Signs somebody on, or finds what their session is signed on to already: one of each session and application. */
export async function signOn(
  database: Database,
  {
    caller,
    client,
    scopes,
    at,
  }: { caller: SessionCaller; client: OpenidClient; scopes: readonly string[]; at: number },
): Promise<OauthGrantTable> {
  const of = { sessionId: caller.by.sessionId, applicationId: client.application.id, at }
  const known = await findSignOn(database.read, of)
  if (known !== undefined && covers(known, scopes)) return known
  try {
    return await database.write((tx) => begin(tx, { caller, client, scopes, at }))
  } catch (error) {
    // Two tabs at once: the other one has begun it.
    const first = error instanceof UniqueViolation ? await findSignOn(database.read, of) : undefined
    if (first === undefined) throw error
    return first
  }
}

/** Whether it was said to hold for all of these. */
export const covers = ({ scopes }: Pick<OauthGrantTable, 'scopes'>, wanted: readonly string[]): boolean => {
  const given = JSON.parse(scopes) as string[]
  return wanted.every((scope) => given.includes(scope))
}

async function begin(
  tx: Tx<TableName>,
  {
    caller,
    client,
    scopes,
    at,
  }: { caller: SessionCaller; client: OpenidClient; scopes: readonly string[]; at: number },
): Promise<OauthGrantTable> {
  const { application } = client
  const { sessionId } = caller.by
  const session = await tx
    .selectFrom('session')
    .select('expiresAt')
    .where('id', '=', sessionId)
    .executeTakeFirstOrThrow()
  // Begun already, and to hold for more now.
  const former = await tx
    .updateTable('oauthGrant')
    .set({ scopes: JSON.stringify(scopes) })
    .where('sessionId', '=', sessionId)
    .where('applicationId', '=', application.id)
    .where('endedAt', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (former !== undefined) return former
  const row: OauthGrantTable = {
    id: newId('gra'),
    userId: caller.id,
    clientId: application.id,
    clientName: application.name,
    scopes: JSON.stringify(scopes),
    repositoryIds: null,
    via: 'browser',
    askedFrom: caller.address,
    tapStrength: caller.strength,
    tappedAt: caller.authenticatedAt,
    createdAt: at,
    expiresAt: session.expiresAt,
    lastUsedAt: null,
    lastUsedFrom: null,
    endedAt: null,
    applicationId: application.id,
    sessionId,
    toldAt: null,
  }
  await orUniqueViolation(tx.insertInto('oauthGrant').values(row).execute())
  await recordEvent(tx, {
    action: 'application.opened',
    actor: actorOf(caller),
    target: { kind: 'application', id: application.id },
    facts: { application: application.name, by: 'openid', grant: row.id },
    personal: { address: caller.address },
    at,
  })
  return row
}

/**
 * A sign-on that still holds: its session and its person’s account live, and so does the application, which is still
 * open to them. Asked wherever a token of it is shown, so that its end is at once, whatever ended it.
 */
export async function findLiveSignOn(
  db: Db<'oauthGrant' | 'session' | 'user' | 'groupMember' | 'credentialRecord'>,
  { id, client, at }: { id: Id<'gra'>; client: OpenidClient; at: number },
): Promise<OauthGrantTable | undefined> {
  const row = await db
    .selectFrom('oauthGrant')
    .innerJoin('session', 'session.id', 'oauthGrant.sessionId')
    .innerJoin('user', 'user.id', 'oauthGrant.userId')
    .leftJoin('credentialRecord', 'credentialRecord.id', 'session.credentialRecordId')
    .selectAll('oauthGrant')
    .select(['user.kind', 'user.role', 'user.endsAt'])
    .where('oauthGrant.id', '=', id)
    .where('oauthGrant.applicationId', '=', client.application.id)
    .where('oauthGrant.endedAt', 'is', null)
    .where('oauthGrant.expiresAt', '>', at)
    .where('session.endedAt', 'is', null)
    .where('session.expiresAt', '>', at)
    .where('user.state', '=', 'active')
    .whereRef('session.userGeneration', '=', 'user.generation')
    .where('credentialRecord.endedAt', 'is', null)
    .where('credentialRecord.suspendedBy', 'is', null)
    .executeTakeFirst()
  if (row === undefined || isOver(row, at)) return undefined
  const { kind, role, endsAt: _, ...grant } = row
  return (await isInAudience(db, client.application, { id: grant.userId, kind, role })) ? grant : undefined
}

/** Ends what everybody is signed on to of an application. Who is told is found afterwards. */
export async function endSignOnsOf(tx: Tx<'oauthGrant' | 'oauthState'>, applicationId: Id<'app'>, at: number) {
  await tx
    .deleteFrom('oauthState')
    .where('grantId', 'in', (eb) =>
      eb.selectFrom('oauthGrant').select('id').where('applicationId', '=', applicationId).where('endedAt', 'is', null),
    )
    .execute()
  await tx
    .updateTable('oauthGrant')
    .set({ endedAt: at })
    .where('applicationId', '=', applicationId)
    .where('endedAt', 'is', null)
    .execute()
}
