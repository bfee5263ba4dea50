import type { Bus } from '../../bus/bus.ts'
import type { Database } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import { endGrant } from '../grants.ts'
import type { ClientCache } from './client-cache.ts'
import { findLiveSignOn } from './sign-on-grants.ts'

const mostAtOnce = 50

const endQuietly = (database: Database, { id, at }: { id: Id<'gra'>; at: number }): Promise<unknown> =>
  database.write((tx) =>
    tx.updateTable('oauthGrant').set({ endedAt: at }).where('id', '=', id).where('endedAt', 'is', null).execute(),
  )

interface RefusalParts {
  database: Database
  bus: Pick<Bus, 'publish'>
  policy: PolicyInForce
  clients: ClientCache
  now: () => number
}

/** Ends a sign-on that the rules of today refuse, once; who wants to be told is found afterwards. */
export const endRefused = (
  { database, bus }: Pick<RefusalParts, 'database' | 'bus'>,
  { id, at }: { id: Id<'gra'>; at: number },
): Promise<unknown> => database.write((tx) => endGrant(tx, { bus, id, at }, { as: 'refused' }))

/**
 * Looks for sign-ons that the rules refuse and that nobody shows a token of: their applications hear of it all the same.
 * A few each time, round after round, since rules know clocks; all of them at once when the rules are others.
 */
export function createRefusalWatch(parts: RefusalParts): () => Promise<void> {
  const { database, clients, now } = parts
  // Asked by nobody: no decision is counted.
  const quiet = { ...parts, policy: { current: () => parts.policy.current() } }
  let after: Id<'gra'> | '' = ''
  let judgedBy: string | undefined

  async function judgeSome(): Promise<void> {
    const at = now()
    const told = await database.read
      .selectFrom('openidClient')
      .select('applicationId')
      // JSON that we wrote, without blanks. All others are judged where they show a token.
      .where('settings', 'like', '%"backchannelLogoutUri":"%')
      .execute()
    const rows = told.length === 0 ? [] : await listSome(told, at)
    for (const { id, applicationId } of rows) {
      const client = await clients.find(applicationId ?? '')
      const live = client && (await findLiveSignOn(quiet, { id, client, at }))
      if (live === 'refused') await endRefused(parts, { id, at })
      // Its session is, by a rule that ends sessions early: that has its own place in the ledger.
      if (live === 'over') await endQuietly(database, { id, at })
    }
    after = rows.length < mostAtOnce ? '' : (rows.at(-1)?.id ?? '')
  }

  /** Live ones have not been told of, which an index knows. */
  const listSome = (told: readonly { applicationId: Id<'app'> }[], at: number) =>
    database.read
      .selectFrom('oauthGrant')
      .select(['id', 'applicationId'])
      .where(
        'applicationId',
        'in',
        told.map(({ applicationId }) => applicationId),
      )
      .where('toldAt', 'is', null)
      .where('endedAt', 'is', null)
      .where('expiresAt', '>', at)
      .where('id', '>', after as Id<'gra'>)
      .orderBy('id')
      .limit(mostAtOnce)
      .execute()

  return async () => {
    const { digest } = parts.policy.current()
    if (digest === judgedBy) return judgeSome()
    after = ''
    do await judgeSome()
    while (after !== '')
    judgedBy = digest
  }
}
