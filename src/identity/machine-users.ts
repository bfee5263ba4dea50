import { randomBytes } from 'node:crypto'
import type { Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { createUser, type User } from './users.ts'

/**
 * Who comes in with a deploy key, or as a pipeline: an actor for the record, of the kind `system`. It belongs to a
 * repository and to nobody; it has no address, is in no group, and reaches only what it is given.
 */
export const createMachineUser = (
  tx: Tx<'user' | 'accountAddress'>,
  { name, createdBy, at }: { name: string; createdBy: Id<'usr'>; at: number },
): Promise<User> =>
  createUser(tx, {
    kind: 'system',
    // Never shown alone: whatever it came in with has a name that people gave.
    username: `machine-${randomBytes(8).toString('hex')}`,
    displayName: name,
    email: '',
    role: 'guest',
    createdBy,
    at,
  })

/** Nothing that it came in with is honoured from now on. */
export async function endMachineUser(tx: Tx<'user'>, id: Id<'usr'>): Promise<void> {
  await tx
    .updateTable('user')
    .set((eb) => ({ state: 'ended', generation: eb('generation', '+', 1) }))
    .where('id', '=', id)
    .where('kind', '=', 'system')
    .execute()
}
