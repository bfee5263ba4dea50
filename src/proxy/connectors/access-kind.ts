import { namePerson } from '../../audit/name-person.ts'
import { recordEvent } from '../../audit/record.ts'
import type { AccessKind } from '../../identity/ending/access-kind.ts'

/** They carry the routes of the organisation and go on; whoever has seen a secret can still come by it until it is renewed. */
export const connectorsMade: AccessKind = {
  name: 'connectors whose secret they have seen',
  tables: ['connector'],
  fate: 'passed on',
  count: async (db, userId) =>
    (
      await db
        .selectFrom('connector')
        .select('id')
        .where('secretMadeBy', '=', userId)
        .where('secretLeftAt', 'is', null)
        .where('endedAt', 'is', null)
        .execute()
    ).length,
  async remains(db, userId) {
    const rows = await db
      .selectFrom('connector')
      .select('name')
      .where('secretMadeBy', '=', userId)
      .where('endedAt', 'is', null)
      .orderBy('name')
      .execute()
    if (rows.length === 0) return []
    const names = rows.map(({ name }) => name).join(', ')
    return [{ what: `The secret of connectors, which was shown to them: ${names}. Each wants a new one.`, until: null }]
  },
  async end(tx, { user, at }) {
    const rows = await tx
      .updateTable('connector')
      .set({ secretLeftAt: at })
      .where('secretMadeBy', '=', user.id)
      .where('secretLeftAt', 'is', null)
      .where('endedAt', 'is', null)
      .returning(['id', 'name'])
      .execute()
    const { facts, personal } = namePerson('person', user)
    for (const { id, name } of rows)
      await recordEvent(tx, {
        action: 'connector.left',
        actor: null,
        target: { kind: 'connector', id },
        facts: { connector: name, ...facts },
        personal,
        at,
      })
    return rows.length
  },
}
