import type { Database, Tx } from '../database/handles.ts'
import { endAllCredentials } from './credential-records.ts'
import { createRegistrationLink } from './registration-links.ts'
import { createUser } from './users.ts'

/** The example people, the first as an administrator while the example is filled. Returns their link tokens in order. */
export async function addDemoPeople(
  database: Database,
  people: readonly { username: string; displayName: string; email: string }[],
  at: number,
): Promise<string[]> {
  return database.write(async (tx) => {
    const tokens: string[] = []
    for (const [index, person] of people.entries()) {
      const user = await createUser(tx, {
        ...person,
        role: index === 0 ? 'admin' : 'member',
        createdBy: null,
        isDemo: true,
        at,
      })
      const link = await createRegistrationLink(tx, { purpose: 'invitation', userId: user.id, createdBy: null, at })
      tokens.push(link.token)
    }
    return tokens
  })
}

/** Nobody holds the example people's keys: they lose their power and can no longer come in. */
export async function retireDemoPeople(database: Database, at: number): Promise<void> {
  await database.write((tx) => endDemoAccess(tx, at, 'active'))
}

/** Ends the example people for good; their names stay in what they did. */
export async function endDemoPeople(
  tx: Tx<'user' | 'credentialRecord' | 'session' | 'userGroup' | 'groupMember'>,
  at: number,
): Promise<void> {
  await endDemoAccess(tx, at, 'ended')
  const groups = await tx.selectFrom('userGroup').select('id').where('isDemo', '=', 1).execute()
  for (const { id } of groups) {
    await tx.deleteFrom('groupMember').where('groupId', '=', id).execute()
    await tx.deleteFrom('userGroup').where('id', '=', id).execute()
  }
}

async function endDemoAccess(
  tx: Tx<'user' | 'credentialRecord' | 'session'>,
  at: number,
  state: 'active' | 'ended',
): Promise<void> {
  const users = await tx.selectFrom('user').select('id').where('isDemo', '=', 1).where('state', '=', 'active').execute()
  for (const { id } of users) {
    await endAllCredentials(tx, id, at)
    await tx
      .updateTable('user')
      .set((eb) => ({ state, role: 'member', generation: eb('generation', '+', 1) }))
      .where('id', '=', id)
      .execute()
  }
}
