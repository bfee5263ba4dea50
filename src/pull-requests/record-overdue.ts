import { recordEvent } from '../audit/record.ts'
import type { Database } from '../database/handles.ts'
import { aboutOf, factsOf } from './auto-merge.ts'

interface OverdueParts {
  database: Database
  now: () => number
}

const mostAtOnce = 100

/**
 * Records, once for each, what went past a rule and nobody looked at in time. Safe to repeat, and to run on several
 * nodes: the row is locked before the record is looked through.
 */
export async function recordOverdue({ database, now }: OverdueParts): Promise<void> {
  const rows = await database.read
    .selectFrom('pullRequest')
    .selectAll()
    .where('bypassReason', 'is not', null)
    .where('confirmedBy', 'is', null)
    .where('confirmBy', '<', now())
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('auditEvent')
            .select('auditEvent.id')
            .whereRef('auditEvent.targetId', '=', 'pullRequest.id')
            .where('auditEvent.action', '=', 'bypass.overdue'),
        ),
      ),
    )
    .orderBy('confirmBy')
    .limit(mostAtOnce)
    .execute()
  for (const { id, confirmBy } of rows)
    await database.write(async (tx) => {
      const row = await tx
        .updateTable('pullRequest')
        .set({ confirmBy })
        .where('id', '=', id)
        .where('confirmedBy', 'is', null)
        .returningAll()
        .executeTakeFirst()
      const before = await tx
        .selectFrom('auditEvent')
        .select('id')
        .where('targetId', '=', id)
        .where('action', '=', 'bypass.overdue')
        .executeTakeFirst()
      if (row === undefined || before !== undefined) return
      await recordEvent(tx, {
        action: 'bypass.overdue',
        actor: null,
        ...aboutOf(row),
        facts: {
          ...(await factsOf(tx, row)),
          ref: row.targetRef,
          reason: row.bypassReason ?? '',
          confirmBy: confirmBy ?? 0,
        },
        at: now(),
      })
    })
}
