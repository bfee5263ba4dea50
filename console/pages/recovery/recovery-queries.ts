import { getQuery } from '../../api/queries.ts'
import type { BreakGlassView, Items, OwnRecovery, RecoveryView } from '../../api/shapes.ts'

export const ownRecoveryQuery = getQuery<OwnRecovery>('/me/recovery')
export const recoveriesQuery = getQuery<Items<RecoveryView>>('/recoveries')
export const breakGlassQuery = getQuery<Items<BreakGlassView>>('/break-glass')
