import type { Database } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { RepositoryImportTable } from '../database/schema.ts'
import { forbidden, ProblemError } from '../http/problem.ts'
import { policyKey } from '../identity/policy-actor.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { explainDecision } from '../policy/words.ts'
import { coversRole, findOwnRole } from '../repositories/access.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import { pushProof } from '../repositories/push-proof.ts'
import { createPushJudgeOf } from '../repositories/push-taps.ts'

/**
 * What guardrails ask of a push they ask of an import, for each branch: by what whoever asked for it had proven then, and
 * their access of now. @throws ProblemError 403
 */
export async function judgeLanding(
  { database: { read }, policy }: { database: Database; policy: PolicyInForce },
  row: RepositoryImportTable,
  { place, refs }: { place: RepositoryPlace; refs: readonly { ref: string }[] },
): Promise<void> {
  const { repository } = place
  const user = await read.selectFrom('user').selectAll().where('id', '=', row.createdBy).executeTakeFirstOrThrow()
  const role = user.state === 'active' ? await findOwnRole(read, user, repository) : undefined
  if (role === undefined || !coversRole(role, 'write'))
    throw new ProblemError(403, 'access-ended', 'Whoever asked for this import may not write here any more.', {
      help: 'Ask an administrator of this repository to import it.',
    })
  const at = row.startedAt ?? row.createdAt
  const proof = pushProof({ strength: row.strength, ...(await readSession(read, row)) }, at)
  const judge = await createPushJudgeOf({ db: read, policy, at }, place, { ...user, address: row.address }, proof)
  for (const { ref } of refs) {
    if (!ref.startsWith('refs/heads/')) continue
    const name = ref.slice('refs/heads/'.length)
    const { decision, facts, recorded } = judge(name)
    policy.decided?.(recorded)
    if (decision.outcome === 'allow') continue
    throw forbidden(
      `The branch ${name} would come. ${explainDecision(decision, facts)}`,
      'Make an empty repository instead, and push to it from a clone.',
    )
  }
}

async function readSession(read: Database['read'], { method }: RepositoryImportTable) {
  const [, id = ''] = method.split(' ')
  const session = await read
    .selectFrom('session')
    .selectAll()
    .where('id', '=', id as Id<'ses'>)
    .executeTakeFirstOrThrow()
  const { credentialRecordId, authenticatedAt } = session
  const record =
    credentialRecordId === null
      ? undefined
      : await read.selectFrom('credentialRecord').selectAll().where('id', '=', credentialRecordId).executeTakeFirst()
  const by = {
    kind: 'session',
    sessionId: session.id,
    sessionHash: session.secretHash,
    credentialRecordId,
    method: session.method,
    key: record === undefined ? null : policyKey(record),
  } as const
  return { authenticatedAt, by }
}
