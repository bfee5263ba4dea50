import { hash } from 'node:crypto'
import { escapeHidden, recordEvent } from '../../audit/record.ts'
import type { Database, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { Lru } from '../../protocols/lru.ts'

export interface Refused {
  repository: { id: Id<'rep'>; path: string }
  trust: { id: Id<'wlt'>; name: string } | null
  issuer: string
  /** Null: nothing that was shown is proven. */
  subject: string | null
  reason: string
}

const hourMs = 3_600_000
export const shownMs = 7 * 24 * hourMs
/** Of one repository: what a stranger sends must not grow. */
const mostKept = 50
/** New kinds of refusal that the ledger is told within an hour. */
const mostTold = 10

export interface Refusals {
  /** Keeps what was refused for whoever wants to know why. The same again is counted, and told the ledger once an hour. */
  note(refused: Refused): Promise<void>
}

/** The same is written once a second at most, so that a flood costs the store nothing. */
const quietMs = 1_000
const mostRemembered = 1_000

export function createRefusals({ database, now }: { database: Database; now: () => number }): Refusals {
  const written = new Lru<string, { at: number; since: number }>(mostRemembered)
  return {
    async note(refused) {
      const { repository, trust, subject, reason } = refused
      // Whoever has no name for anything proven gets one line for each reason, whatever they write.
      const digest = hash('sha256', JSON.stringify([trust?.id ?? '', subject ?? '', reason]), 'base64url')
      const key = `${repository.id} ${digest}`
      const at = now()
      const last = written.get(key)
      if (last !== undefined && at - last.at < quietMs) {
        last.since += 1
        return
      }
      written.set(key, { at, since: 0 })
      await write(database, { ...refused, digest, times: 1 + (last?.since ?? 0) }, at)
    },
  }
}

async function write(
  database: Database,
  refused: Refused & { digest: string; times: number },
  at: number,
): Promise<void> {
  const { repository, trust, subject, reason, digest, times } = refused
  const issuer = escapeHidden(refused.issuer).slice(0, 300)
  await database.write(async (tx) => {
    const before = await tx
      .selectFrom('workloadRefusal')
      .select(['digest', 'toldAt', 'lastAt'])
      .where('repositoryId', '=', repository.id)
      .execute()
    const last = before.find((row) => row.digest === digest)
    const told = before.filter(({ toldAt }) => toldAt > at - hourMs)
    const tells = told.length < mostTold && !told.some((row) => row.digest === digest)
    const toldAt = tells ? at : (last?.toldAt ?? 0)
    await tx
      .insertInto('workloadRefusal')
      .values({
        repositoryId: repository.id,
        digest,
        trustId: trust?.id ?? null,
        issuer,
        subject,
        reason,
        count: times,
        firstAt: at,
        lastAt: at,
        toldAt,
      })
      .onConflict((conflict) =>
        conflict.columns(['repositoryId', 'digest']).doUpdateSet((eb) => ({
          count: eb('workloadRefusal.count', '+', times),
          issuer,
          lastAt: at,
          toldAt,
        })),
      )
      .execute()
    await forget(
      tx,
      repository.id,
      before.filter((row) => row.digest !== digest),
      at,
    )
    if (tells)
      await recordEvent(tx, {
        action: 'workload.refused',
        actor: null,
        target: { kind: 'workload', id: trust?.id ?? '' },
        repositoryId: repository.id,
        outcome: 'refused',
        facts: {
          repository: repository.path,
          pipeline: trust?.name ?? '',
          issuer,
          subject: subject ?? '',
          reason,
        },
        at,
      })
  })
}

async function forget(
  tx: Tx<'workloadRefusal'>,
  repositoryId: Id<'rep'>,
  others: readonly { digest: string; lastAt: number; toldAt: number }[],
  at: number,
): Promise<void> {
  // What was told within the hour stays, or the same would be told again.
  const keptUntil = ({ lastAt, toldAt }: { lastAt: number; toldAt: number }): number =>
    toldAt > at - hourMs ? Infinity : lastAt
  const gone = others
    .toSorted((one, other) => keptUntil(other) - keptUntil(one) || 0)
    .filter(({ lastAt }, index) => index >= mostKept - 1 || lastAt < at - shownMs)
    .map(({ digest }) => digest)
  if (gone.length === 0) return
  await tx.deleteFrom('workloadRefusal').where('repositoryId', '=', repositoryId).where('digest', 'in', gone).execute()
}
