import type { Action } from '../../audit/actions.ts'
import { recordEvent } from '../../audit/record.ts'
import type { Database, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { TableName, WorkloadTrustTable } from '../../database/schema.ts'
import type { TakenSeal } from '../../http/access.ts'
import type { Act } from '../../identity/act.ts'
import { actorOf } from '../../identity/caller.ts'
import type { RepositoryPlace } from '../../repositories/place.ts'

export interface TrustParts {
  database: Database
  /** Whatever this actor has open is cut when the transaction has committed. */
  cut(tx: Tx<TableName>, userId: Id<'usr'>, at: number): Promise<unknown>
}

/** An event about a pipeline, with the tap that allowed it. */
export const recordTrustEvent = (
  tx: Tx<TableName>,
  action: Action,
  of: { caller: Act['caller']; seal: TakenSeal; place: RepositoryPlace; row: WorkloadTrustTable; at: number },
  facts: Record<string, string | number> = {},
) =>
  recordEvent(tx, {
    action,
    actor: actorOf(of.caller, of.seal),
    target: { kind: 'workload', id: of.row.id },
    repositoryId: of.place.repository.id,
    facts: { repository: of.place.path, pipeline: of.row.name, ...facts, seal: of.seal.id },
    at: of.at,
  })
