import { recordEvent } from '../../audit/record.ts'
import type { Tx } from '../../database/handles.ts'
import type { TableName } from '../../database/schema.ts'
import { notFound } from '../../http/problem.ts'
import { actorOf, type Caller } from '../../identity/caller.ts'
import { claimOver, findClaim, type OpenClaim, settleClaim, type SettleParts } from './settle-claims.ts'

/** The person agrees, now; also after they had objected. @throws 404, 409 when it is decided */
export async function acceptClaim(parts: SettleParts, caller: Caller, id: string): Promise<void> {
  await parts.database.write(async (tx) => {
    const claim = await getOwn(tx, caller, id)
    if (claim.state !== 'noticed' && claim.state !== 'objected') throw claimOver()
    const outcome = await settleClaim(tx, parts, claim, { actor: actorOf(caller), reason: 'they agreed' })
    if (outcome === 'withdrawn') throw claimOver()
  })
}

/** A second time changes nothing. @throws 404, 409 when it is decided, or its time of grace is over */
export async function objectToClaim(parts: SettleParts, caller: Caller, id: string): Promise<void> {
  await parts.database.write(async (tx) => {
    const at = parts.now()
    const claim = await getOwn(tx, caller, id)
    if (claim.state === 'objected') return
    const objected = await tx
      .updateTable('domainClaim')
      .set({ state: 'objected', objectedAt: at })
      .where('id', '=', claim.id)
      .where('state', '=', 'noticed')
      // That nobody has looked at the calendar yet gives no time.
      .where('graceEndsAt', '>', at)
      .executeTakeFirst()
    if (Number(objected.numUpdatedRows) !== 1) {
      if ((await findClaim(tx, id))?.state === 'objected') return
      throw claimOver()
    }
    await recordEvent(tx, {
      action: 'domain.claim-objected',
      actor: actorOf(caller),
      target: { kind: 'user', id: caller.id },
      facts: { domain: claim.domain, claim: claim.id },
      at,
    })
  })
}

async function getOwn(tx: Tx<TableName>, caller: Caller, id: string): Promise<OpenClaim> {
  const claim = await findClaim(tx, id)
  if (claim === undefined || claim.userId !== caller.id) throw notFound('This question')
  return claim
}
