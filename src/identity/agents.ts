import { recordEvent } from '../audit/record.ts'
import type { Database, Db } from '../database/handles.ts'
import { conflict, forbidden, notFound } from '../http/problem.ts'
import type { Act } from './act.ts'
import { actorOf, type Caller, isAdmin } from './caller.ts'
import { createUser, findUserByUsername, type User } from './users.ts'

/**
 * Adds an agent: an identity for programs, which may propose and never approves. It reaches only what it is given, comes
 * in only with tokens, and ends with the person who answers for it: whoever adds it.
 */
export async function addAgent(
  database: Database,
  { caller, takeSeal, now }: Act,
  wanted: { username: string; displayName: string },
): Promise<User> {
  return database.write(async (tx) => {
    const seal = await takeSeal(tx)
    const at = now()
    const agent = await createUser(tx, {
      ...wanted,
      kind: 'agent',
      email: '',
      role: 'guest',
      createdBy: caller.id,
      ownerId: caller.id,
      at,
    })
    await recordEvent(tx, {
      action: 'agent.added',
      actor: actorOf(caller, seal),
      target: { kind: 'user', id: agent.id },
      facts: { agent: agent.username, owner: caller.username, seal: seal.id },
      at,
    })
    return agent
  })
}

/** The agent, for whoever answers for it and for administrators. @throws 403, 404, 409 */
export async function getAgent(db: Db<'user'>, caller: Caller, username: string): Promise<User> {
  const user = await findUserByUsername(db, username)
  // A guest is not told who is here.
  const isOwn = user?.ownerId === caller.id
  if (user === undefined || (caller.role === 'guest' && !isOwn)) throw notFound('This agent')
  if (user.kind !== 'agent')
    throw conflict('not-an-agent', `${username} is a person, who makes their own tokens.`, {
      help: 'Ask them to make it under Account.',
    })
  // Whoever has become a guest answers for nothing.
  if ((isOwn && caller.role !== 'guest') || isAdmin(caller)) return user
  throw forbidden(`Only whoever answers for ${username} makes its tokens.`, 'Ask them, or an administrator.')
}
