import { getQuery } from '../../api/queries.ts'
import type { LedgerView, WitnessList } from '../../api/shapes.ts'

export const witnessesPath = '/ledger/witnesses'
export const ledgerQuery = getQuery<LedgerView>('/ledger')
export const witnessesQuery = getQuery<WitnessList>(witnessesPath)

/** Rounds come four times a minute. */
export const refetchInterval = 10_000

/** One that was just added has answered in a moment. */
export const refetchWitnesses = (list: WitnessList | undefined): number =>
  list?.items.some(({ cosignedAt, problem }) => cosignedAt === null && problem === null) ? 1_000 : refetchInterval
