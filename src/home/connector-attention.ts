import type { Db } from '../database/handles.ts'
import type { Attention } from './attention.ts'

const most = 5

/** Connectors whose secret somebody knows who has left, for administrators. */
export async function listConnectorAttention(db: Db<'connector'>): Promise<Attention[]> {
  const rows = await db
    .selectFrom('connector')
    .select(['id', 'name'])
    .where('secretLeftAt', 'is not', null)
    .where('endedAt', 'is', null)
    .orderBy('secretLeftAt')
    .limit(most)
    .execute()
  return rows.map(({ id, name }) => ({
    kind: `connector-${id}`,
    text: `Somebody who has left knows the secret of the connector “${name}”. Give it a new one.`,
    href: '/-/applications/connectors',
  }))
}
