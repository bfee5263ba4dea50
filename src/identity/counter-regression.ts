import { type AuditActor, recordEvent } from '../audit/record.ts'
import type { Db, Tx } from '../database/handles.ts'
import type { CredentialRecordTable } from '../database/schema.ts'
import { ProblemError } from '../http/problem.ts'
import type { VerifiedAuthentication } from '../protocols/webauthn/verify-authentication.ts'
import { getSetting } from './settings.ts'

/** A passkey's counter did not grow: somebody may have a copy. It stands in the record, whatever follows from it. */
export const recordRegression = (
  tx: Tx<'auditEvent' | 'auditPersonal'>,
  regression: {
    actor: AuditActor
    record: Pick<CredentialRecordTable, 'id' | 'name' | 'signCount'>
    verified: Pick<VerifiedAuthentication, 'counter'>
    outcome?: 'refused'
    at: number
  },
) => {
  const { actor, record, verified, at, outcome = 'done' } = regression
  return recordEvent(tx, {
    action: 'credential.counter-regressed',
    actor,
    target: { kind: 'credential', id: record.id },
    outcome,
    facts: { credential: record.name, stored: record.signCount, received: verified.counter },
    at,
  })
}

/** Whether it is refused here, as an owner can set. The stored counter stays then, so that the copy alone is kept out. */
export const refusesRegression = async (
  db: Db<'setting'>,
  { counterRegressed }: Pick<VerifiedAuthentication, 'counterRegressed'>,
): Promise<boolean> => counterRegressed && (await getSetting(db, 'refuseCopiedPasskeys'))

export const copiedProblem = (): ProblemError =>
  new ProblemError(403, 'counter-regressed', 'This passkey counts backwards: somebody may have a copy of it.', {
    help: 'Use another passkey, remove this one under Account, and tell an administrator.',
  })
