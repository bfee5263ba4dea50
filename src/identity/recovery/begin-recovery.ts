import type { NamedIn } from '../../audit/name-person.ts'
import { type AuditActor, recordEvent } from '../../audit/record.ts'
import type { Tx } from '../../database/handles.ts'
import { type Id, newId } from '../../database/id.ts'
import type { RecoveryTable, TableName } from '../../database/schema.ts'
import type { TakenSeal } from '../../http/access.ts'
import { conflict } from '../../http/problem.ts'
import type { Caller } from '../caller.ts'
import type { AccessKind } from '../ending/access-kind.ts'
import { checkStillHere } from '../ending/check-still-here.ts'
import { createRegistrationLink } from '../registration-links.ts'
import type { User } from '../users.ts'
import { findRecoveryUnderWay, type Recovery } from './find-recovery.ts'

/** What stops when somebody begins to get back in, beside the passkeys, and once more when that is cancelled. */
export interface RecoveryStops {
  /** Everything that acts in the person's name and no passkey stands behind: sessions, API tokens, what waits for a tap. */
  kinds: readonly AccessKind[]
  /**
   * The same with what was kept for another day: where the machine's own shell lets an owner start over, and where whoever
   * came in by a break-glass code is shown out.
   */
  kindsOfShell: readonly AccessKind[]
  /** Tells every node to cut the connections of this person, with the transaction. */
  cut(tx: Tx<TableName>, userId: Id<'usr'>, at: number): Promise<unknown>
  /** Browsers that wanted to be told since then what waits for this person are told no more; returns how many. */
  endTold(tx: Tx<TableName>, userId: Id<'usr'>, since: number): Promise<number>
  /** Ends what they were shown of tokens of agents since, where it was somebody else who came in as them. */
  endShown(
    tx: Tx<TableName>,
    userId: Id<'usr'>,
    ended: { since: number; caller: Caller; at: number; seal: TakenSeal },
  ): Promise<void>
}

export interface Begun {
  recovery: Recovery
  token: string
}

const dayMs = 86_400_000
/** How long the link works once it opens. */
const openForMs = { code: dayMs, 'second-person': 7 * dayMs }

/**
 * Suspends what a person has, ends their sessions, tokens and SSH keys, and makes the one link that registers a new passkey. The
 * same transaction uses up the code or the seal that allowed it. @throws 409 where another recovery is under way
 */
export async function beginRecovery(
  tx: Tx<TableName>,
  stops: RecoveryStops,
  wanted: {
    user: User
    kind: RecoveryTable['kind']
    /** Milliseconds in which a suspended passkey can cancel it. */
    delayMs: number
    startedBy: AuditActor | null
    sealId: Id<'sea'> | null
    address: string
    /** As in "a recovery began: …"; where it names somebody, in the two ways in which the record does. */
    how: string | NamedIn<'how'>
    at: number
  },
): Promise<Begun> {
  const { user, kind, delayMs, at } = wanted
  await checkStillHere(tx, user.id)
  const id = newId('rcv')
  const former = await findRecoveryUnderWay(tx, user.id)
  if (former !== undefined) await supersede(tx, former, wanted)
  const opensAt = kind === 'code' ? at : at + delayMs
  const expiresAt = opensAt + openForMs[kind]
  const suspended = await tx
    .updateTable('credentialRecord')
    .set({ suspendedBy: id })
    .where('userId', '=', user.id)
    .where('endedAt', 'is', null)
    .returning('id')
    .execute()
  const ended = await stopEverything(tx, stops, user, at)
  const link = await createRegistrationLink(tx, {
    purpose: 'recovery',
    userId: user.id,
    createdBy: wanted.startedBy?.id ?? null,
    lifetimeMs: expiresAt - at,
    at,
  })
  const recovery: Recovery = {
    id,
    userId: user.id,
    kind,
    state: opensAt > at ? 'waiting' : 'open',
    startedBy: wanted.startedBy?.id ?? null,
    sealId: wanted.sealId,
    linkId: link.id,
    // Whoever began before must not lose time to object by a second beginning, nor win any.
    createdAt: former?.kind === kind ? former.createdAt : at,
    opensAt,
    cancelUntil: former?.kind === kind ? former.cancelUntil : at + delayMs,
    expiresAt,
    newCredentialId: null,
    overAt: null,
    overBy: null,
    address: wanted.address,
  }
  await tx.insertInto('recovery').values(recovery).execute()
  const how = typeof wanted.how === 'string' ? { facts: { how: wanted.how }, personal: {} } : wanted.how
  await recordEvent(tx, {
    action: 'recovery.started',
    actor: wanted.startedBy,
    target: { kind: 'user', id: user.id },
    facts: {
      person: user.username,
      ...how.facts,
      kind,
      recovery: id,
      cancelUntil: recovery.cancelUntil,
      passkeys: suspended.length,
      ...ended,
      ...(wanted.sealId === null ? {} : { seal: wanted.sealId }),
    },
    personal: wanted.address === '' ? how.personal : { ...how.personal, address: wanted.address },
    at,
  })
  return { recovery, token: link.token }
}

/** A link that was lost before anybody used it makes way; what somebody has come in by does not. */
async function supersede(
  tx: Tx<TableName>,
  former: Recovery,
  { kind, at }: { kind: RecoveryTable['kind']; at: number },
): Promise<void> {
  if (former.newCredentialId !== null || kind === 'second-person')
    throw conflict('recovery-under-way', 'A recovery of this account is under way already.', {
      help: 'An administrator can cancel it under Getting back in; then begin again.',
    })
  await tx.updateTable('recovery').set({ state: 'expired', overAt: at }).where('id', '=', former.id).execute()
}

/** Ends what needs no passkey to go on, and returns how many of each kind. */
export async function stopEverything(
  tx: Tx<TableName>,
  { kinds, cut }: Pick<RecoveryStops, 'kinds' | 'cut'>,
  user: User,
  at: number,
): Promise<Record<string, number>> {
  const ended: Record<string, number> = {}
  // Their account goes on, so no end of access is written down: these only take its time.
  for (const kind of kinds) {
    const count = await kind.end(tx, { id: newId('end'), user, cause: 'console', at })
    if (count > 0) ended[kind.name] = count
  }
  await tx
    .updateTable('registrationLink')
    .set({ consumedAt: at })
    .where('userId', '=', user.id)
    .where('consumedAt', 'is', null)
    .where('purpose', '!=', 'break-glass')
    .execute()
  await cut(tx, user.id, at)
  return ended
}
