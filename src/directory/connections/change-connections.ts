import { recordEvent } from '../../audit/record.ts'
import { type Database, orUniqueViolation, type Tx, UniqueViolation } from '../../database/handles.ts'
import { type Id, newId } from '../../database/id.ts'
import type { DirectoryConnectionTable } from '../../database/schema.ts'
import type { TakenSeal } from '../../http/access.ts'
import { conflict, invalid } from '../../http/problem.ts'
import { hashSecret } from '../../http/secret.ts'
import type { Act } from '../../identity/act.ts'
import { actorOf } from '../../identity/caller.ts'
import { findGroup } from '../../identity/groups.ts'
import { type ConnectionSecret, newConnectionSecret } from './connection-token.ts'
import type { DirectoryConnection } from './find-connection.ts'
import { holdConnection } from './list-connections.ts'
import type { ConnectionChanges, NewConnection } from './shapes.ts'
import { listTokensOfLeavers } from './tokens-seen.ts'

const dayMs = 24 * 3_600_000
/** How long the token before a new one still works. */
export const formerTokenMs = 3_600_000

const expiry = (days: number | null, at: number): number | null => (days === null ? null : at + days * dayMs)

/** Makes a connection in the transaction of its tap. The token is returned once and kept only as a hash. */
export async function createConnection(
  database: Database,
  { caller, takeSeal, now }: Act,
  wanted: NewConnection,
): Promise<{ id: Id<'dir'>; secret: ConnectionSecret }> {
  const id = newId('dir')
  const secret = newConnectionSecret()
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const row: DirectoryConnectionTable = {
      id,
      name: wanted.name,
      kind: wanted.kind,
      tokenHash: hashSecret(secret),
      tokenMadeAt: at,
      tokenExpiresAt: expiry(wanted.tokenDays, at),
      formerTokenHash: null,
      formerTokenUntil: null,
      requiredGroupId: null,
      createdAt: at,
      createdBy: caller.id,
      lastRequestAt: null,
      lastError: null,
      lastErrorAt: null,
      endedAt: null,
      endedBy: null,
      endSealId: null,
      endsPeople: 0,
    }
    await orNameTaken(tx.insertInto('directoryConnection').values(row).execute(), wanted.name)
    await recordEvent(tx, {
      action: 'directory.connected',
      actor: actorOf(caller, seal),
      target: { kind: 'directory', id },
      facts: {
        connection: wanted.name,
        kind: wanted.kind,
        ...(row.tokenExpiresAt === null ? {} : { tokenExpiresAt: row.tokenExpiresAt }),
        seal: seal.id,
      },
      at,
    })
  })
  return { id, secret }
}

/** @throws 404, 409 for a name that is taken, 422 for a group that is not of this directory */
export async function changeConnection(
  database: Database,
  { caller, takeSeal, now }: Act,
  id: string,
  { requiredGroup, ...changes }: ConnectionChanges,
): Promise<void> {
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const row = await holdConnection(database, tx, id)
    const changed = {
      ...changes,
      ...(requiredGroup === undefined ? {} : { requiredGroupId: await findRequired(tx, row, requiredGroup) }),
    }
    await orNameTaken(
      tx.updateTable('directoryConnection').set(changed).where('id', '=', row.id).execute(),
      changes.name ?? row.name,
    )
    await recordChange(tx, { caller, seal, at }, row, {
      ...(changes.name === undefined ? {} : { newName: changes.name }),
      ...(changes.kind === undefined ? {} : { newKind: changes.kind }),
      ...(requiredGroup === undefined ? {} : { requiredGroup: requiredGroup ?? '' }),
    })
  })
}

/**
 * A new token; the one before it works for an hour, so that nothing stops while it is put in place, but not where somebody
 * knows it who has left.
 */
export async function renewToken(
  database: Database,
  { caller, takeSeal, now }: Act,
  id: string,
  tokenDays: number | null,
): Promise<ConnectionSecret> {
  const secret = newConnectionSecret()
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const row = await holdConnection(database, tx, id)
    const tokenExpiresAt = expiry(tokenDays, at)
    const isOfLeaver = (await listTokensOfLeavers(tx)).some((seen) => seen.id === row.id)
    await tx
      .updateTable('directoryConnection')
      .set({
        tokenHash: hashSecret(secret),
        tokenMadeAt: at,
        tokenExpiresAt,
        formerTokenHash: row.tokenHash,
        // Never longer than it was good for.
        formerTokenUntil: isOfLeaver ? at : Math.min(at + formerTokenMs, row.tokenExpiresAt ?? Infinity),
      })
      .where('id', '=', row.id)
      .execute()
    await recordChange(tx, { caller, seal, at }, row, {
      newToken: 'yes',
      ...(tokenExpiresAt === null ? {} : { tokenExpiresAt }),
    })
  })
  return secret
}

/** The group of this name, if the directory keeps it: of another, people here could let others out. */
export async function findRequired(
  db: Parameters<typeof findGroup>[0],
  connection: Pick<DirectoryConnection, 'id'>,
  name: string | null,
): Promise<Id<'grp'> | null> {
  if (name === null) return null
  const group = await findGroup(db, name)
  if (group?.managedBy !== connection.id)
    throw invalid('requiredGroup', 'This has to be a group that the directory itself brings. Push it from there first.')
  return group.id
}

const recordChange = (
  tx: Tx<'auditEvent' | 'auditPersonal'>,
  { caller, seal, at }: { caller: Act['caller']; seal: TakenSeal; at: number },
  { id, name }: DirectoryConnection,
  facts: Record<string, string | number>,
) =>
  recordEvent(tx, {
    action: 'directory.changed',
    actor: actorOf(caller, seal),
    target: { kind: 'directory', id },
    facts: { connection: name, ...facts, seal: seal.id },
    at,
  })

async function orNameTaken<Result>(work: Promise<Result>, name: string): Promise<Result> {
  try {
    return await orUniqueViolation(work)
  } catch (error) {
    if (error instanceof UniqueViolation)
      throw conflict('connection-exists', `There is already a connection ${name}.`, { help: 'Choose another name.' })
    throw error
  }
}
