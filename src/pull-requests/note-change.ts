import type { Action } from '../audit/actions.ts'
import { recordEvent } from '../audit/record.ts'
import type { Tx } from '../database/handles.ts'
import type { TableName } from '../database/schema.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import type { RepositoryPlace } from '../repositories/place.ts'

export interface Which {
  place: RepositoryPlace
  caller: Caller
  number: number
}

/** The event of something that became of a pull request. */
export const noteChange = (
  tx: Tx<TableName>,
  { place, caller, number }: Which,
  id: string,
  action: Action,
  facts: Record<string, string>,
  at: number,
) =>
  recordEvent(tx, {
    action,
    actor: actorOf(caller),
    target: { kind: 'pull-request', id },
    repositoryId: place.repository.id,
    facts: { repository: place.path, number, ...facts },
    at,
  })
