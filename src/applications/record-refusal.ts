import type { RecordedDecision } from '../audit/decision.ts'
import { recordEvent } from '../audit/record.ts'
import type { Tx } from '../database/handles.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import type { RuleRef } from '../policy/rule.ts'
import type { Application } from './application.ts'

/** Writes down that an application did not open for somebody, however it asks who comes, and by which rule. */
export const recordRefusal = (
  tx: Tx<'auditEvent' | 'auditPersonal'>,
  { id, name, kind }: Pick<Application, 'id' | 'name' | 'kind'>,
  {
    caller,
    address,
    at,
    ...verdict
  }: { caller: Caller; address: string; at: number; rule: RuleRef | null; recorded?: RecordedDecision | undefined },
): Promise<unknown> =>
  recordEvent(tx, {
    action: 'application.refused',
    actor: actorOf(caller),
    target: { kind: 'application', id },
    outcome: 'refused',
    facts: { application: name, by: kind, reason: verdict.rule?.title ?? 'not open to them' },
    ...(verdict.recorded === undefined ? {} : { decision: verdict.recorded }),
    personal: { address },
    at,
  })
