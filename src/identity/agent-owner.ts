import { recordEvent } from '../audit/record.ts'
import type { Database, Db } from '../database/handles.ts'
import { conflict, invalid, notFound } from '../http/problem.ts'
import type { Act } from './act.ts'
import { actorOf } from './caller.ts'
import { checkStillHere } from './ending/check-still-here.ts'
import { findUserById, findUserByUsername, type User } from './users.ts'

/** @throws 404, 422 for somebody who cannot answer for an agent */
export async function getNextOwner(db: Db<'user'>, username: string): Promise<User> {
  const owner = await findUserByUsername(db, username)
  if (owner === undefined) throw notFound('This person')
  if (owner.kind !== 'person' || owner.state !== 'active' || owner.role === 'guest')
    throw invalid('owner', 'Only a person of the organisation, whose access has not ended, can answer for an agent.')
  return owner
}

/**
 * An agent that has ended is handed over to nobody: what it did stays in the name of whoever answered for it then. With
 * them it is gone for good, and the next one is another agent. @throws 409
 */
export async function checkNotEnded(db: Db<'user'>, agent: User): Promise<void> {
  if (agent.state === 'active') return
  const owner = agent.ownerId === null ? undefined : await findUserById(db, agent.ownerId)
  throw conflict('agent-ended', 'This agent has ended, so it is not handed over.', {
    help:
      owner?.state === 'ended'
        ? 'Add a new agent: whoever answered for this one is not here any more.'
        : 'Give it its access back first, on its page under People.',
  })
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
    await checkNotEnded(tx, agent)
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
