import type { Database } from '../../database/handles.ts'
import { countOwners } from '../count-owners.ts'
import { findUserByUsername } from '../users.ts'
import type { EndAccess } from './end-access.ts'
import type { Receipts } from './receipts.ts'
import type { AccessEnd } from './shapes.ts'

/**
 * Whoever has the machine decides, also about the last owner: that shell makes a next one. @throws Error with one line
 */
export async function endByShell(
  parts: { database: Database; endAccess: EndAccess; receipts: Receipts; now: () => number },
  { username, reason }: { username: string; reason: string },
): Promise<{ end: AccessEnd; isOwnerless: boolean }> {
  const { database, endAccess, receipts, now } = parts
  const user = await findUserByUsername(database.read, username)
  if (user === undefined) throw new Error(`there is nobody called ${username}.`)
  const decision = { userId: user.id, cause: 'shell', reason: reason.trim().slice(0, 500), actor: null } as const
  const ended = await database.write((tx) => endAccess.end(tx, { ...decision, at: now() }))
  if (ended === undefined) throw new Error(`the access of ${username} has ended already.`)
  return { end: await receipts.view(ended.id), isOwnerless: (await countOwners(database.read)) === 0 }
}
