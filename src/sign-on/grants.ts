import { KEY_ENDED } from '../access-keys/ssh-credential.ts'
import type { AuditActor } from '../audit/entry.ts'
import { recordEvent } from '../audit/record.ts'
import type { Bus } from '../bus/bus.ts'
import type { Db, Tx } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { OauthGrantTable, TableName } from '../database/schema.ts'
import type { TakenSeal } from '../http/access.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import type { Client } from './clients.ts'
import type { Scope } from './scopes.ts'

export interface NewGrant {
  client: Pick<Client, 'id' | 'name'>
  scopes: readonly Scope[]
  repositoryIds: readonly string[] | null
  via: OauthGrantTable['via']
  askedFrom: string
  lifetimeMs: number
}

/** Keeps what a person has tapped for, in the transaction of that tap. */
export async function createGrant(
  tx: Tx<TableName>,
  { caller, seal, at }: { caller: Caller; seal: TakenSeal; at: number },
  wanted: NewGrant,
): Promise<OauthGrantTable> {
  const { client, scopes, repositoryIds, via, askedFrom, lifetimeMs } = wanted
  const { sealedAt } = await tx
    .selectFrom('seal')
    .select('sealedAt')
    .where('id', '=', seal.id)
    .executeTakeFirstOrThrow()
  // Never beyond the day on which its owner's access ends, also where that day is moved later.
  const { endsAt } = await tx.selectFrom('user').select('endsAt').where('id', '=', caller.id).executeTakeFirstOrThrow()
  const row: OauthGrantTable = {
    id: newId('gra'),
    userId: caller.id,
    clientId: client.id,
    clientName: client.name,
    scopes: JSON.stringify(scopes),
    repositoryIds: repositoryIds === null ? null : JSON.stringify(repositoryIds),
    via,
    askedFrom,
    tapStrength: seal.strength,
    tappedAt: sealedAt,
    createdAt: at,
    expiresAt: Math.min(at + lifetimeMs, endsAt ?? Infinity),
    lastUsedAt: null,
    lastUsedFrom: null,
    endedAt: null,
    applicationId: null,
    sessionId: null,
    toldAt: null,
  }
  await tx.insertInto('oauthGrant').values(row).execute()
  await recordEvent(tx, {
    action: 'grant.created',
    actor: actorOf(caller, seal),
    target: { kind: 'grant', id: row.id },
    facts: { program: client.name, scopes: scopes.join(' '), via, expiresAt: row.expiresAt, seal: seal.id },
    personal: { address: askedFrom },
    at,
  })
  return row
}

/** By which decision a grant ends: its person's, its own program's, or because a secret of it was shown twice. */
export type GrantEnd =
  | { as: 'person'; caller: Caller; seal: TakenSeal }
  | { as: 'revoked' | 'reused' | 'signed-out' | 'left-behind' | 'refused' }

/** Ends a grant with every code and token of it. Undefined where there is none, or no more. */
export async function endGrant(
  tx: Tx<TableName>,
  { bus, id, at }: { bus: Pick<Bus, 'publish'>; id: Id<'gra'>; at: number },
  end: GrantEnd,
): Promise<OauthGrantTable | undefined> {
  let update = tx.updateTable('oauthGrant').set({ endedAt: at }).where('id', '=', id).where('endedAt', 'is', null)
  if (end.as === 'person') update = update.where('userId', '=', end.caller.id)
  const ended = await update.returningAll().executeTakeFirst()
  if (ended === undefined) return undefined
  await tx.deleteFrom('oauthState').where('grantId', '=', id).execute()
  await bus.publish(tx, KEY_ENDED, id, at)
  const owner = await tx.selectFrom('user').select('username').where('id', '=', ended.userId).executeTakeFirstOrThrow()
  await recordEvent(tx, {
    action: 'grant.ended',
    actor: endedBy(ended, end),
    target: { kind: 'grant', id },
    facts: {
      program: ended.clientName,
      person: owner.username,
      reason: reasonWords[end.as],
      ...(end.as === 'person' ? { seal: end.seal.id } : {}),
    },
    at,
  })
  return ended
}

const reasonWords: Record<GrantEnd['as'], string> = {
  person: 'its person ended it',
  revoked: 'the program gave it back',
  reused: 'a secret of it was shown twice',
  'signed-out': 'its person signed out there',
  'left-behind': 'its browser has another session now',
  refused: 'the rules no longer let its person in',
}

/** Who showed a secret twice is not known; whoever sits at a browser now did not ask for an end. */
function endedBy({ userId }: OauthGrantTable, end: GrantEnd): AuditActor | null {
  if (end.as === 'person') return actorOf(end.caller, end.seal)
  const isOfNobody = end.as === 'reused' || end.as === 'left-behind' || end.as === 'refused'
  return isOfNobody ? null : { id: userId, method: 'grant', strength: null }
}

/** What lives, the newest first. */
export const listGrants = (db: Db<'oauthGrant'>, userId: Id<'usr'>, at: number): Promise<OauthGrantTable[]> =>
  db
    .selectFrom('oauthGrant')
    .selectAll()
    .where('userId', '=', userId)
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', at)
    .orderBy('createdAt', 'desc')
    .orderBy('id')
    .execute()

export const findGrant = (db: Db<'oauthGrant'>, id: Id<'gra'>, at: number): Promise<OauthGrantTable | undefined> =>
  db
    .selectFrom('oauthGrant')
    .selectAll()
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', at)
    .executeTakeFirst()
