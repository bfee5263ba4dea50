import { basename } from 'node:path'
import { recordEvent } from '../audit/record.ts'
import type { Database } from '../database/handles.ts'
import { withdrawForgotten } from '../seals/withdraw.ts'

const lookEveryMs = 10_000

interface ForgottenParts {
  database: Database
  /** Ids of the nodes that may still hold something. */
  listLivingNodes: (at: number) => Promise<readonly string[]>
  now: () => number
}

/** Ends what dead nodes held: at the start of this one, and, where there may be others, every ten seconds. */
export function createForgottenPushes(parts: ForgottenParts & { onError: (error: unknown) => void }): {
  end(swept: readonly string[]): Promise<number>
  start(): void
  close(): Promise<void>
} {
  let timer: NodeJS.Timeout | undefined
  let working: Promise<unknown> = Promise.resolve()
  return {
    end: (swept) => endForgottenPushes(parts, swept),
    start() {
      if (parts.database.dialect === 'sqlite') return
      timer = setInterval(() => {
        working = working.then(() => endForgottenPushes(parts, [])).catch(parts.onError)
      }, lookEveryMs).unref()
    },
    async close() {
      clearInterval(timer)
      await working
    },
  }
}

/**
 * No push outlives the node that held it, nor its quarantine, of which `swept` names those just taken away. A tap that
 * comes late is told so, rather than kept for something that can no longer land. Returns how many there were.
 */
async function endForgottenPushes(
  { database, listLivingNodes, now }: ForgottenParts,
  swept: readonly string[],
): Promise<number> {
  const waiting = await database.read
    .selectFrom('heldPush')
    .select(['requestId', 'nodeId', 'quarantine'])
    .where('endedAt', 'is', null)
    .execute()
  if (waiting.length === 0) return 0
  const living = new Set(await listLivingNodes(now()))
  const gone = new Set(swept.map((path) => basename(path)))
  const forgotten = waiting.filter(({ nodeId, quarantine }) => !living.has(nodeId ?? '') || gone.has(quarantine))
  if (forgotten.length === 0) return 0
  return database.write(async (tx) => {
    const at = now()
    const rows = await tx
      .updateTable('heldPush')
      .set({ endedAt: at, outcome: 'stopped' })
      .where(
        'requestId',
        'in',
        forgotten.map(({ requestId }) => requestId),
      )
      .where('endedAt', 'is', null)
      .returningAll()
      .execute()
    await withdrawForgotten(
      tx,
      rows.map(({ requestId }) => requestId),
    )
    for (const { ref, actorId, repositoryId } of rows) {
      const place = await tx
        .selectFrom('repository')
        .innerJoin('project', 'project.id', 'repository.projectId')
        .select(['repository.name', 'project.name as project'])
        .where('repository.id', '=', repositoryId)
        .executeTakeFirst()
      await recordEvent(tx, {
        action: 'push.refused',
        actor: { id: actorId, method: 'system', strength: null },
        target: { kind: 'ref', id: ref },
        repositoryId,
        outcome: 'refused',
        facts: {
          repository: place === undefined ? '' : `${place.project}/${place.name}`,
          ref,
          reason: 'the server stopped while it waited for a tap',
          code: 'server-stopped',
        },
        at,
      })
    }
    return rows.length
  })
}
