import { recordEvent } from '../audit/record.ts'
import type { Tx } from '../database/handles.ts'
import type { TableName } from '../database/schema.ts'
import { conflict, forbidden, nothingLeft } from '../http/problem.ts'
import { actorOf } from '../identity/caller.ts'
import { findUserById } from '../identity/users.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import type { MadeSeal } from '../seals/on-sealed.ts'
import { takeSeal } from '../seals/take-seal.ts'
import { closeRequestsAbout } from '../seals/withdraw.ts'
import { getPermission, isStillAsked, PERMIT, permitQuestion } from './ask-permission.ts'

/** The first tap of those who were asked: it counts, and nobody else needs to answer. */
export function createOnPermitted(parts: { policy: PolicyInForce; now: () => number }) {
  return async (tx: Tx<TableName>, { seal, request, caller }: MadeSeal): Promise<void> => {
    const at = parts.now()
    const row = await getPermission(tx, request.about ?? '')
    const agent = await findUserById(tx, row.agentId)
    if (agent?.state !== 'active')
      throw conflict('agent-ended', 'The agent that asked for this has ended.', { help: 'Refuse it instead.' })
    if (!(await isStillAsked(tx, row, { agent, userId: caller.id })))
      throw forbidden('This is no longer for you to allow.', `Refuse it. ${agent.displayName} can ask who it is for.`)
    const { numUpdatedRows } = await tx
      .updateTable('permission')
      .set({ sealId: seal.id })
      .where('id', '=', row.id)
      .where('sealId', 'is', null)
      .executeTakeFirst()
    if (Number(numUpdatedRows) !== 1)
      throw conflict('already-given', 'Somebody else has allowed this already.', { help: nothingLeft })
    await takeSeal(tx, {
      sealId: seal.id,
      caller,
      policy: parts.policy,
      question: permitQuestion,
      at,
      isFor: ({ predicate }) => predicate.action === PERMIT && predicate.act?.bodyDigest === row.digest,
    })
    await closeRequestsAbout(tx, [row.id])
    await recordEvent(tx, {
      action: 'permission.given',
      actor: actorOf(caller, seal),
      target: { kind: 'permission', id: row.id },
      facts: {
        agent: agent.username,
        title: row.title,
        digest: row.digest,
        seal: seal.id,
        statement: seal.statementDigest,
      },
      at,
    })
  }
}
