import canonicalize from 'canonicalize'
import type { Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { PolicyChangeTable, TableName } from '../database/schema.ts'
import { recordEvent } from '../audit/record.ts'
import { conflict, forbidden } from '../http/problem.ts'
import { type Caller, isAdmin } from '../identity/caller.ts'
import { findUserById } from '../identity/users.ts'
import { acts } from '../policy/acts.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { draftAct } from '../seals/format/draft.ts'
import type { MadeSeal } from '../seals/on-sealed.ts'
import { askedBy } from '../seals/asked-from.ts'
import { createSealRequest, longestSealLifetimeMs } from '../seals/requests.ts'
import { takeSeal } from '../seals/take-seal.ts'
import { applyChange, getChange } from './changes.ts'
import { checkLastLockOut, checkMeant } from './check-draft.ts'
import { policyOf } from './in-force.ts'
import type { RuleDifference } from './shapes.ts'

const action = 'guardrail.approve'
const question = { act: action, place: null } as const

/**
 * Administrators other than the one who proposes, who could give the second tap: whoever was added and has never come has
 * no passkey for it, and nobody holds those of example people.
 */
export function listApprovers(db: Db<'user' | 'credentialRecord'>, proposer: Id<'usr'>) {
  return db
    .selectFrom('user')
    .select(['id', 'username', 'displayName'])
    .where('role', 'in', ['owner', 'admin'])
    .where('kind', '=', 'person')
    .where('state', '=', 'active')
    .where('isDemo', '=', 0)
    .where('id', '!=', proposer)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('credentialRecord')
          .select('credentialRecord.id')
          .whereRef('credentialRecord.userId', '=', 'user.id')
          .where('credentialRecord.endedAt', 'is', null)
          .where('credentialRecord.suspendedBy', 'is', null),
      ),
    )
    .orderBy('username')
    .limit(50)
    .execute()
}

/** Asks every other administrator for the second tap; the first who gives it puts the change in force. */
export async function askForApproval(
  tx: Tx<'sealRequest'>,
  {
    row,
    caller,
    differences,
    at,
  }: { row: PolicyChangeTable; caller: Caller; differences: readonly RuleDifference[]; at: number },
  policyDigest: string,
): Promise<Awaited<ReturnType<typeof listApprovers>>> {
  const approvers = await listApprovers(tx, caller.id)
  const asked = await askedBy(tx, caller)
  const title = `Approve the change of the guardrails by ${caller.displayName}`
  for (const approver of approvers)
    await createSealRequest(tx, {
      userId: approver.id,
      requestedBy: caller.id,
      action,
      repositoryId: null,
      about: row.id,
      lifetimeMs: longestSealLifetimeMs,
      asked,
      draft: {
        statement: draftAct(
          {
            signer: { userId: approver.id, username: approver.username },
            requestedBy: caller.id,
            policyDigest,
            issuedAt: at,
            notAfter: at + longestSealLifetimeMs,
          },
          {
            action,
            act: {
              method: 'POST',
              route: '/api/v1/policy/changes/:id/approve',
              parameters: { id: row.id },
              bodyDigest: row.digest,
              title,
            },
          },
        ),
        question,
        stockVerifiableOnly: false,
      },
      facts: {
        title,
        rows: [
          { label: 'Asked by', value: `${caller.displayName} (${caller.username})`, kind: 'text' },
          ...differences.map(({ kind, rule }) => ({
            label: kindWords[kind],
            value: rule.title,
            kind: 'text' as const,
          })),
          { label: 'New policy', value: row.digest, kind: 'digest' },
        ],
        warnings: [],
      },
      at,
    })
  return approvers
}

const kindWords: Record<RuleDifference['kind'], string> = {
  added: 'New guardrail',
  changed: 'Changed guardrail',
  removed: 'Removed guardrail',
}

/**
 * What the second tap does, in its own transaction: the change as it was proposed becomes the policy. Returns what is to
 * be done once that is committed. @throws 403, 409 where the approver or the change is not what was asked for
 */
export function createApproval(parts: { policy: PolicyInForce & { refresh(): Promise<void> }; now: () => number }) {
  return async (tx: Tx<TableName>, { seal, statement, request, caller }: MadeSeal): Promise<() => Promise<void>> => {
    const at = parts.now()
    const row = await getChange(tx, request.about ?? '')
    if (!isAdmin(caller) || caller.id === row.proposedBy)
      throw forbidden(`Only another administrator can ${acts[action]}.`, 'Ask one of them.')
    const proposer = row.proposedBy === null ? undefined : await findUserById(tx, row.proposedBy)
    if (proposer === undefined || proposer.state !== 'active' || !isAdmin(proposer))
      throw conflict('proposer-left', 'Whoever proposed this is no administrator any more.', {
        help: 'Refuse it, and propose the change yourself if it is wanted.',
      })
    if (row.state !== 'waiting')
      throw conflict('not-waiting', 'This change no longer waits for anybody.', {
        help: 'Look at the guardrails anew.',
      })
    // It may have waited for a day: who is left, with which keys, and what there is to name, are asked again.
    const draft = policyOf(row)
    await checkMeant(tx, draft, at)
    await checkLastLockOut(tx, draft, { at, address: caller.address })
    await takeSeal(tx, {
      sealId: seal.id,
      caller,
      policy: parts.policy,
      question,
      at,
      isFor: ({ predicate }) =>
        predicate.action === action &&
        predicate.act?.bodyDigest === row.digest &&
        canonicalize(predicate.act.parameters) === canonicalize({ id: row.id }),
    })
    await applyChange(tx, row, at, { approvedBy: seal.userId, approvalSealId: seal.id })
    await recordEvent(tx, {
      action: 'guardrail.approved',
      actor: { id: seal.userId, method: 'passkey', strength: seal.strength },
      target: { kind: 'policy', id: row.id },
      facts: {
        digest: row.digest,
        seal: seal.id,
        statement: seal.statementDigest,
      },
      personal: { title: statement.predicate.act?.title ?? '' },
      at,
    })
    return () => parts.policy.refresh()
  }
}
