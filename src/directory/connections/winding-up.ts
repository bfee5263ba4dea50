import type { Database } from '../../database/handles.ts'
import type { EndAccess } from '../../identity/ending/end-access.ts'
import type { DirectoryConnection } from './find-connection.ts'
import { letGo } from './let-go.ts'

export interface WindingUp {
  /** Goes on where the last start stopped. */
  start(): void
  /** Something was disconnected. */
  stir(): void
  close(): Promise<void>
}

interface Parts {
  database: Database
  endAccess: EndAccess
  now: () => number
}

/**
 * Ends the access of those whom a disconnected directory had brought, where that was chosen. One transaction for each:
 * other work goes on between them, and a start after a crash finds who is left.
 */
export function createWindingUp(parts: Parts & { onError: (error: unknown) => void }): WindingUp {
  const closing = new AbortController()
  let working = Promise.resolve()
  const stir = (): void => {
    working = working.then(() => windUp(parts, closing.signal)).catch(parts.onError)
  }
  return {
    start: stir,
    stir,
    async close() {
      closing.abort()
      await working
    },
  }
}

async function windUp(parts: Parts, signal: AbortSignal): Promise<void> {
  const rows = await parts.database.read
    .selectFrom('directoryConnection')
    .selectAll()
    .where('endsPeople', '=', 1)
    .execute()
  for (const row of rows) while (!signal.aborted && (await endNext(parts, row)));
  await letGoOfRemains(parts)
}

/** What was being written at the moment of an end of before 0.1.0 may have come after it, and what a crash cut short. */
async function letGoOfRemains({ database }: Parts): Promise<void> {
  const rows = await database.read
    .selectFrom('directoryConnection')
    .select('directoryConnection.id')
    .where('directoryConnection.endedAt', 'is not', null)
    .where('directoryConnection.endsPeople', '=', 0)
    .where(({ eb, exists, or }) =>
      or([
        exists(
          eb.selectFrom('user').select('user.id').whereRef('user.managedBy', '=', 'directoryConnection.id').limit(1),
        ),
        exists(
          eb
            .selectFrom('userGroup')
            .select('userGroup.id')
            .whereRef('userGroup.managedBy', '=', 'directoryConnection.id')
            .limit(1),
        ),
      ]),
    )
    .execute()
  for (const { id } of rows) await database.write((tx) => letGo(tx, id))
}

/** @returns whether there may be more to do */
async function endNext({ database, endAccess, now }: Parts, connection: DirectoryConnection): Promise<boolean> {
  return database.write(async (tx) => {
    const person = await tx
      .selectFrom('user')
      .select('id')
      .where('managedBy', '=', connection.id)
      .where('state', '=', 'active')
      .limit(1)
      .executeTakeFirst()
    if (person === undefined) {
      await letGo(tx, connection.id)
      await tx.updateTable('directoryConnection').set({ endsPeople: 0 }).where('id', '=', connection.id).execute()
      return false
    }
    const { endedBy, endSealId } = connection
    const seal =
      endSealId === null
        ? undefined
        : await tx.selectFrom('seal').select('strength').where('id', '=', endSealId).executeTakeFirst()
    await endAccess.end(tx, {
      userId: person.id,
      cause: 'scim',
      reason: `${connection.name} was disconnected`,
      actor: endedBy === null ? null : { id: endedBy, method: 'passkey', strength: seal?.strength ?? null },
      sealId: endSealId,
      at: now(),
    })
    // Also where somebody else ended their access at the same moment: there may be others.
    return true
  })
}
