import { recordEvent } from '../audit/record.ts'
import { orUniqueViolation, type Tx, UniqueViolation } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { PolicyChangeTable, SealTable } from '../database/schema.ts'
import { conflict, notFound, type ProblemError } from '../http/problem.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import { compilePolicy } from '../policy/compile.ts'
import type { Policy } from '../policy/rule.ts'
import { closeRequestsAbout } from '../seals/withdraw.ts'
import { diffPolicies } from './differences.ts'
import { findCurrent, policyOf } from './in-force.ts'
import type { RuleDifference } from './shapes.ts'

type Changing = Tx<'policyChange' | 'sealRequest' | 'auditEvent' | 'auditPersonal'>

export interface Proposal {
  basedOn: number
  /** Projects and repositories by id. */
  policy: Policy
  /** Null: the operator of the machine. */
  caller: Caller | null
  seal: Pick<SealTable, 'id' | 'strength'> | null
  at: number
}

/** Puts a policy in force, or, where a second person must agree, lays it down. @throws 409 where another change came first */
export async function addChange(
  tx: Changing,
  { basedOn, policy, caller, seal, at }: Proposal,
  state: 'applied' | 'waiting',
): Promise<PolicyChangeTable> {
  const current = await findCurrent(tx)
  checkBasis(current, basedOn)
  const row: PolicyChangeTable = {
    id: newId('pol'),
    version: null,
    basedOn,
    state: 'waiting',
    policy: JSON.stringify(policy),
    digest: compilePolicy(policy).digest,
    proposedBy: caller?.id ?? null,
    sealId: seal?.id ?? null,
    approvedBy: null,
    approvalSealId: null,
    createdAt: at,
    decidedAt: null,
  }
  await tx.insertInto('policyChange').values(row).execute()
  await recordEvent(tx, {
    action: state === 'applied' ? 'guardrail.changed' : 'guardrail.proposed',
    actor: caller === null ? null : actorOf(caller, seal ?? undefined),
    ...(caller === null ? { method: 'shell' as const } : {}),
    target: { kind: 'policy', id: row.id },
    facts: {
      change: inWords(diffPolicies(policyOf(current), policy)),
      digest: row.digest,
      basedOn,
      seal: seal?.id ?? '',
    },
    at,
  })
  return state === 'waiting' ? row : applyChange(tx, row, at)
}

/** From this transaction on the change is the policy; whatever else waited is overtaken. */
export async function applyChange(
  tx: Changing,
  row: PolicyChangeTable,
  at: number,
  approval?: { approvedBy: Id<'usr'>; approvalSealId: Id<'sea'> },
): Promise<PolicyChangeTable> {
  checkBasis(await findCurrent(tx), row.basedOn)
  const applied = { version: row.basedOn + 1, state: 'applied' as const, decidedAt: at, ...approval }
  try {
    await orUniqueViolation(tx.updateTable('policyChange').set(applied).where('id', '=', row.id).execute())
  } catch (error) {
    if (error instanceof UniqueViolation) throw policyMoved()
    throw error
  }
  const overtaken = await tx
    .updateTable('policyChange')
    .set({ state: 'overtaken', decidedAt: at })
    .where('state', '=', 'waiting')
    .returning('id')
    .execute()
  await closeRequestsAbout(tx, [row.id, ...overtaken.map(({ id }) => id)])
  return { ...row, ...applied }
}

/** Takes back what waits for a second person. @throws 404, 409 */
export async function withdrawChange(tx: Changing, caller: Caller, id: string, at: number): Promise<void> {
  const row = await getChange(tx, id)
  if (row.state !== 'waiting')
    throw conflict('not-waiting', 'This change no longer waits.', { help: 'Look at the guardrails anew.' })
  await tx
    .updateTable('policyChange')
    .set({ state: 'withdrawn', decidedAt: at })
    .where('id', '=', row.id)
    .where('state', '=', 'waiting')
    .execute()
  await closeRequestsAbout(tx, [row.id])
  await recordEvent(tx, {
    action: 'guardrail.withdrawn',
    actor: actorOf(caller),
    target: { kind: 'policy', id: row.id },
    facts: { digest: row.digest },
    at,
  })
}

export async function getChange(db: Pick<Changing, 'selectFrom'>, id: string): Promise<PolicyChangeTable> {
  const row = await db
    .selectFrom('policyChange')
    .selectAll()
    .where('id', '=', id as Id<'pol'>)
    .executeTakeFirst()
  if (row === undefined) throw notFound('This change')
  return row
}

const inWords = (differences: readonly RuleDifference[]): string =>
  differences.map(({ kind, rule }) => `${kind} “${rule.title}”`).join(', ') || 'nothing'

function checkBasis(current: PolicyChangeTable | undefined, basedOn: number): void {
  if ((current?.version ?? 0) !== basedOn) throw policyMoved()
}

export const policyMoved = (): ProblemError =>
  conflict('policy-moved', 'Somebody else changed the guardrails in the meantime.', {
    help: 'Look at your change again on top of theirs, then save it.',
  })
