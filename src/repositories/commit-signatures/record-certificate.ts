import { lockSshKey } from '../../access-keys/ssh-keys/lock-ssh-key.ts'
import { recordEvent } from '../../audit/record.ts'
import type { Tx } from '../../database/handles.ts'
import type { RefUpdateTable, TableName } from '../../database/schema.ts'
import { ProblemError } from '../../http/problem.ts'
import { actorOf, type Caller } from '../../identity/caller.ts'
import type { RepositoryPlace } from '../place.ts'
import type { SignedPush } from './judge-certificate.ts'

/**
 * Keeps a signed push beside the references that it is about to move, in the transaction that prepares them. @throws 403
 * where its key has ended meanwhile
 */
export async function recordCertificate(
  tx: Tx<TableName>,
  { row, counts }: Pick<SignedPush, 'row'> & { counts: boolean },
  { place, caller, rows, at }: { place: RepositoryPlace; caller: Caller; rows: readonly RefUpdateTable[]; at: number },
): Promise<void> {
  const { repository, path } = place
  const [first] = rows
  if (first === undefined) return
  const { batchId } = first
  const strength = counts ? row.strength : null
  if (strength !== null && row.sshKeyId !== null && !(await lockSshKey(tx, row.sshKeyId)))
    throw new ProblemError(403, 'push-certificate-key-ended', 'The key that signed this push has ended meanwhile.', {
      help: 'Sign with another key of yours, and push again.',
    })
  await tx
    .insertInto('pushCertificate')
    .values({ ...row, strength, batchId, repositoryId: repository.id, receivedAt: at })
    .execute()
  await recordEvent(tx, {
    action: 'push.signed',
    actor: actorOf(caller),
    target: { kind: 'repository', id: repository.id },
    repositoryId: repository.id,
    facts: {
      repository: path,
      certificate: `sha256:${row.digest}`,
      key: row.keyName ?? row.fingerprint ?? 'not judged',
      fingerprint: row.fingerprint ?? '',
      counts: strength ?? 'not as a tap',
      touched: row.userPresence === 1 ? 'yes' : 'no',
      verified: row.userVerification === 1 ? 'yes' : 'no',
    },
    at,
  })
}
