import { KEY_ENDED } from '../../access-keys/ssh-credential.ts'
import { recordEvent } from '../../audit/record.ts'
import type { Bus } from '../../bus/bus.ts'
import { type Database, type Db, orUniqueViolation, type Tx, UniqueViolation } from '../../database/handles.ts'
import { newId } from '../../database/id.ts'
import type { ConnectorTable } from '../../database/schema.ts'
import type { TakenSeal } from '../../http/access.ts'
import { conflict, notFound } from '../../http/problem.ts'
import { hashSecret } from '../../http/secret.ts'
import type { Act } from '../../identity/act.ts'
import { actorOf } from '../../identity/caller.ts'
import { type ConnectorSecret, newConnectorSecret } from './connector-secret.ts'

export interface ConnectorParts {
  database: Database
  bus: Pick<Bus, 'publish'>
}

/** @throws 409 where the name is taken */
export async function addConnector(
  { database }: ConnectorParts,
  { caller, takeSeal, now }: Act,
  name: string,
): Promise<ConnectorSecret> {
  const secret = newConnectorSecret()
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const row: ConnectorTable = {
      id: newId('con'),
      name,
      ...newlyMade(secret, caller, at),
      createdAt: at,
      createdBy: caller.id,
      lastSeenAt: null,
      lastSeenFrom: null,
      endedAt: null,
    }
    try {
      await orUniqueViolation(tx.insertInto('connector').values(row).execute())
    } catch (error) {
      if (error instanceof UniqueViolation)
        throw conflict('name-taken', `There is already a connector ${name}.`, { help: 'Choose another name.' })
      throw error
    }
    await record(tx, 'connector.added', { id: row.id, name, caller, seal, at })
  })
  return secret
}

/** Gives it another secret; whatever came in by the former one is cut. @throws 404 */
export async function renewConnector(
  { database, bus }: ConnectorParts,
  { caller, takeSeal, now }: Act,
  name: string,
): Promise<ConnectorSecret> {
  const secret = newConnectorSecret()
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const id = await changeLive(tx, name, newlyMade(secret, caller, at))
    await bus.publish(tx, KEY_ENDED, id, at)
    await record(tx, 'connector.renewed', { id, name, caller, seal, at })
  })
  return secret
}

/** @throws 404 */
export async function endConnector(
  { database, bus }: ConnectorParts,
  { caller, takeSeal, now }: Act,
  name: string,
): Promise<void> {
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const id = await changeLive(tx, name, { endedAt: at })
    await bus.publish(tx, KEY_ENDED, id, at)
    await record(tx, 'connector.ended', { id, name, caller, seal, at })
  })
}

const record = (
  tx: Tx<'auditEvent' | 'auditPersonal'>,
  action: 'connector.added' | 'connector.renewed' | 'connector.ended',
  {
    id,
    name,
    caller,
    seal,
    at,
  }: Pick<ConnectorTable, 'id' | 'name'> & Pick<Act, 'caller'> & { seal: TakenSeal; at: number },
): Promise<unknown> =>
  recordEvent(tx, {
    action,
    actor: actorOf(caller, seal),
    target: { kind: 'connector', id },
    facts: { connector: name, seal: seal.id },
    at,
  })

/** Of two who change one at once, whoever comes after its end finds none. @throws 404 */
async function changeLive(
  tx: Tx<'connector'>,
  name: string,
  changed: Partial<ConnectorTable>,
): Promise<ConnectorTable['id']> {
  const row = await tx
    .updateTable('connector')
    .set(changed)
    .where('name', '=', name)
    .where('endedAt', 'is', null)
    .returning('id')
    .executeTakeFirst()
  if (row === undefined) throw notFound('This connector')
  return row.id
}

const newlyMade = (secret: ConnectorSecret, caller: Act['caller'], at: number) => ({
  secretHash: hashSecret(secret),
  secretMadeAt: at,
  secretMadeBy: caller.id,
  secretLeftAt: null,
})

export const listConnectors = (db: Db<'connector'>): Promise<ConnectorTable[]> =>
  db.selectFrom('connector').selectAll().where('endedAt', 'is', null).orderBy('name').execute()

/** @throws 404 */
export async function getConnector(db: Db<'connector'>, name: string): Promise<ConnectorTable> {
  const row = await db
    .selectFrom('connector')
    .selectAll()
    .where('name', '=', name)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
  if (row === undefined) throw notFound('This connector')
  return row
}
