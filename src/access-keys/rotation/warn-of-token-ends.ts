import { recordEvent } from '../../audit/record.ts'
import type { Database } from '../../database/handles.ts'

const dayMs = 24 * 3_600_000
const warnings = [14, 7, 1] as const
const soonMs = warnings[0] * dayMs

interface Parts {
  database: Database
  now: () => number
}

/**
 * Warns 14, 7 and 1 days before a token ends, or its former secret while the new one was not used. Of an end that was
 * nearer when it was settled nobody is warned. Safe to repeat, and to run on several nodes: each is said once.
 */
export async function warnOfTokenEnds({ database, now }: Parts): Promise<void> {
  const at = now()
  for (const token of await listEnding(database, at)) {
    const days = warningOf(token, at)
    if (days === undefined) continue
    await database.write(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('apiToken')
        .set({ warnedDays: days })
        .where('id', '=', token.id)
        .where('endedAt', 'is', null)
        // It may have been renewed, or used with its new secret, meanwhile.
        .where('expiresAt', '=', token.expiresAt)
        .where('secretUntil', token.secretUntil === null ? 'is' : '=', token.secretUntil)
        .where((eb) => eb.or([eb('warnedDays', 'is', null), eb('warnedDays', '>', days)]))
        .executeTakeFirst()
      if (Number(numUpdatedRows) !== 1) return
      await recordEvent(tx, {
        action: 'token.expiring',
        actor: null,
        target: { kind: 'token', id: token.id },
        facts: {
          token: token.name,
          owner: token.username,
          days,
          expiresAt: endOf(token),
          lastUsedAt: token.lastUsedAt ?? 0,
          isFollowed: token.secretUntil === null ? 'no' : 'yes',
        },
        at,
      })
    })
  }
}

interface Ending {
  createdAt: number
  renewedAt: number | null
  expiresAt: number
  secretUntil: number | null
  warnedDays: number | null
}

const endOf = ({ expiresAt, secretUntil }: Pick<Ending, 'expiresAt' | 'secretUntil'>): number =>
  Math.min(expiresAt, secretUntil ?? Infinity)

/** Undefined where there is nothing to say that has not been said. */
export function warningOf(token: Ending, at: number): number | undefined {
  const end = endOf(token)
  if (at >= end) return undefined
  const next = warnings.findLast((days) => at >= end - days * dayMs)
  if (next === undefined || (token.renewedAt ?? token.createdAt) > end - next * dayMs) return undefined
  return token.warnedDays !== null && token.warnedDays <= next ? undefined : next
}

/** Former secrets of tokens that are no more: whoever shows one is refused all the same. */
export async function forgetSpent({ database, now }: Parts): Promise<void> {
  const at = now()
  const over = await database.read
    .selectFrom('spentTokenSecret')
    .innerJoin('apiToken', 'apiToken.id', 'spentTokenSecret.tokenId')
    .select('spentTokenSecret.secretHash')
    .where((eb) => eb.or([eb('endedAt', 'is not', null), eb('expiresAt', '<=', at)]))
    .limit(1_000)
    .execute()
  if (over.length === 0) return
  const hashes = over.map(({ secretHash }) => secretHash)
  await database.write((tx) => tx.deleteFrom('spentTokenSecret').where('secretHash', 'in', hashes).execute())
}

/**
 * Of people and agents who are here; what a machine comes in with is made anew each time. Only what ends soon is looked
 * at, as each minute asks.
 */
const listEnding = ({ read }: Database, at: number) =>
  read
    .selectFrom('apiToken')
    .innerJoin('user', 'user.id', 'apiToken.userId')
    .select(['apiToken.id', 'apiToken.name', 'apiToken.createdAt', 'renewedAt', 'expiresAt', 'secretUntil'])
    .select(['warnedDays', 'lastUsedAt', 'username'])
    .where('apiToken.id', 'in', (eb) =>
      eb
        .selectFrom('apiToken as ending')
        .select('ending.id')
        .where('ending.endedAt', 'is', null)
        .where('ending.expiresAt', '>', at)
        .where('ending.expiresAt', '<=', at + soonMs)
        .union(
          eb
            .selectFrom('apiToken as followed')
            .select('followed.id')
            .where('followed.endedAt', 'is', null)
            .where('followed.secretUntil', 'is not', null)
            .where('followed.secretUntil', '<=', at + soonMs),
        ),
    )
    .where('expiresAt', '>', at)
    .where('user.state', '=', 'active')
    .where('user.kind', '!=', 'system')
    .orderBy('apiToken.id')
    .execute()
