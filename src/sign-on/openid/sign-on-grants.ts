import type { RecordedDecision } from '../../audit/decision.ts'
import { recordEvent } from '../../audit/record.ts'
import { judgeUse } from '../../applications/judge-use.ts'
import { type Database, type Db, orUniqueViolation, type Tx, UniqueViolation } from '../../database/handles.ts'
import { type Id, newId } from '../../database/id.ts'
import { prepared } from '../../database/prepared.ts'
import type { OauthGrantTable, TableName } from '../../database/schema.ts'
import { actorOf, type SessionCaller } from '../../identity/caller.ts'
import type { JudgeParts } from '../../identity/judge-caller.ts'
import { findSessionCallerById } from '../../identity/sessions.ts'
import { isAtLeast } from '../../policy/strength.ts'
import { findGrant } from '../grants.ts'
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
    recorded,
    at,
  }: {
    caller: SessionCaller
    client: OpenidClient
    scopes: readonly string[]
    recorded: RecordedDecision
    at: number
  },
): Promise<OauthGrantTable> {
  const of = { sessionId: caller.by.sessionId, applicationId: client.application.id, at }
  const known = await findSignOn(database.read, of)
  if (known !== undefined && covers(known, scopes)) return known
  try {
    return await database.write((tx) => beginSignOn(tx, { caller, client, scopes, recorded, via: 'browser', at }))
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

/** The same within a transaction. @throws UniqueViolation where it is begun elsewhere at this moment */
export async function beginSignOn(
  tx: Tx<TableName>,
  {
    caller,
    client,
    scopes,
    recorded,
    via,
    at,
  }: {
    caller: SessionCaller
    client: OpenidClient
    scopes: readonly string[]
    recorded: RecordedDecision
    via: OauthGrantTable['via']
    at: number
  },
): Promise<OauthGrantTable> {
  const { application } = client
  const { sessionId } = caller.by
  const known = await findSignOn(tx, { sessionId, applicationId: application.id, at })
  if (known !== undefined && covers(known, scopes)) return known
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
    via,
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
    decision: recorded,
    personal: { address: caller.address },
    at,
  })
  return row
}

/**
 * A sign-on that still holds: its session lives, and by the rules of today its person could sign on with what they have
 * proven, but for the age of their tap, which nobody is asked for here. Looked at wherever a token of it is shown, so
 * that its end is at once, whatever ended it: `over` where it or its session is, `refused` where the rules say no.
 */
export async function findLiveSignOn(
  parts: JudgeParts & { database: Database },
  { id, client, at }: { id: Id<'gra'>; client: OpenidClient; at: number },
): Promise<OauthGrantTable | 'over' | 'refused'> {
  const { application } = client
  const grant = await findGrant(parts.database.read, id, at)
  if (grant?.applicationId !== application.id || grant.sessionId === null) return 'over'
  const { sessionId, askedFrom: address } = grant
  const caller = await findSessionCallerById(parts, { sessionId, address, isUse: false }, at)
  if (caller === undefined) return 'over'
  if (caller.shortfall !== null) return 'refused'
  const verdict = await judgeUse(parts, { caller, application, request: null, address }, at)
  if (verdict.outcome === 'deny') return 'refused'
  return verdict.outcome === 'allow' || isAtLeast(caller.strength, verdict.requires.strength) ? grant : 'refused'
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
