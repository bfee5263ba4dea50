import { settleClaims, type SettleParts } from './settle-claims.ts'
import { type CheckParts, recheckDomain } from './check-domain.ts'

const dayMs = 24 * 3_600_000
const lookEveryMs = 60_000

/** Looks for the proof of each verified domain once a day. Of several nodes one looks. */
export async function recheckDomains(parts: CheckParts): Promise<void> {
  const { database, now } = parts
  const due = await database.read
    .selectFrom('domain')
    .selectAll()
    .where('state', '=', 'verified')
    .where('checkedAt', '<=', now() - dayMs)
    .orderBy('checkedAt')
    .execute()
  for (const domain of due) {
    const taken = await database.write((tx) =>
      tx
        .updateTable('domain')
        .set({ checkedAt: now() })
        .where('id', '=', domain.id)
        .where('checkedAt', '=', domain.checkedAt)
        .executeTakeFirst(),
    )
    if (Number(taken.numUpdatedRows) === 1) await recheckDomain(parts, domain)
  }
}

interface DomainWatch {
  start(): void
  /** Does now what is due, and returns when it is done. */
  drain(): Promise<void>
  close(): Promise<void>
}

/** Proofs that are looked for again, and claims whose time of grace is over. */
export function createDomainWatch(
  parts: CheckParts & SettleParts & { onError: (error: unknown) => void },
): DomainWatch {
  let timer: NodeJS.Timeout | undefined
  let working: Promise<void> | undefined
  const work = async (): Promise<void> => {
    await settleClaims(parts)
    await recheckDomains(parts)
  }
  const drain = (): Promise<void> => (working ??= work().finally(() => (working = undefined)))
  const look = (): void => void drain().catch(parts.onError)
  return {
    start() {
      timer = setInterval(look, lookEveryMs).unref()
      look()
    },
    drain,
    async close() {
      clearInterval(timer)
      await working?.catch(() => {})
    },
  }
}
