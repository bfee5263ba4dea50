import { recordEvent } from '../audit/record.ts'
import type { Database, Db } from '../database/handles.ts'
import { conflict, invalid, notFound } from '../http/problem.ts'
import type { Act } from './act.ts'
import { actorOf } from './caller.ts'
import { checkStillHere } from './ending/check-still-here.ts'
import { findUserByUsername, type User } from './users.ts'

/** @throws 404, 422 for somebody who cannot answer for an agent */
export async function getNextOwner(db: Db<'user'>, username: string): Promise<User> {
  const owner = await findUserByUsername(db, username)
  if (owner === undefined) throw notFound('This person')
  if (owner.kind !== 'person' || owner.state !== 'active' || owner.role === 'guest')
    throw invalid('owner', 'Only a person of the organisation, whose access has not ended, can answer for an agent.')
  return owner
}

/** Somebody else answers for it from now on: it ends with them, and they are asked for what it may not do itself. */
export async function changeOwner(
  database: Database,
  { caller, takeSeal, now }: Act,
  wanted: { username: string; owner: string },
): Promise<void> {
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const agent = await findUserByUsername(tx, wanted.username)
    if (agent?.kind !== 'agent') throw notFound('This agent')
    if (agent.state !== 'active')
      throw conflict('agent-ended', 'This agent has ended.', { help: 'Give it its access back first.' })
    const owner = await getNextOwner(tx, wanted.owner)
    // Otherwise their end, in the same instant, would miss this agent.
    await checkStillHere(tx, owner.id)
    await tx.updateTable('user').set({ ownerId: owner.id }).where('id', '=', agent.id).execute()
    await recordEvent(tx, {
      action: 'agent.changed',
      actor: actorOf(caller, seal),
      target: { kind: 'user', id: agent.id },
      facts: { agent: agent.username, owner: owner.username, seal: seal.id },
      at,
    })
  })
}
