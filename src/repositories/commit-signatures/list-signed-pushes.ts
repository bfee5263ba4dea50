import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { PushCertificateTable } from '../../database/schema.ts'
import type { PersonRef } from '../../http/shapes.ts'
import type { SignedPushView } from './shapes.ts'
import { keyWords } from './signature-words.ts'

/** The signed pushes by which refs came to stand at these commits, by oid: the one that counted, or the newest. */
export async function listSignedPushes(
  db: Db<'pushCertificate' | 'refUpdate' | 'user'>,
  repositoryId: Id<'rep'>,
  oids: readonly string[],
): Promise<Map<string, SignedPushView>> {
  if (oids.length === 0) return new Map()
  const rows = await db
    .selectFrom('pushCertificate')
    .innerJoin('refUpdate', 'refUpdate.batchId', 'pushCertificate.batchId')
    .leftJoin('user', 'user.id', 'pushCertificate.signerId')
    .select(['refUpdate.newOid', 'signerId', 'keyName', 'fingerprint', 'userPresence', 'userVerification'])
    .select(['pushCertificate.strength', 'digest', 'receivedAt', 'username', 'displayName'])
    .where('refUpdate.repositoryId', '=', repositoryId)
    .where('refUpdate.state', '=', 'done')
    .where('refUpdate.newOid', 'in', [...oids])
    .orderBy('receivedAt')
    .execute()
  const found = new Map<string, SignedPushView>()
  for (const { newOid, signerId, username, displayName, userPresence, userVerification, ...row } of rows) {
    const { keyName, fingerprint, strength, digest, receivedAt } = row
    if (strength === null && found.get(newOid)?.strength) continue
    const by =
      signerId === null || username === null || displayName === null ? null : { id: signerId, username, displayName }
    found.set(newOid, {
      label: labelOf({ by, keyName, fingerprint, userPresence, userVerification }),
      by,
      keyName,
      fingerprint,
      withPin: userVerification === null ? null : userVerification === 1,
      strength,
      digest,
      receivedAt,
    })
  }
  return found
}

type Said = Pick<PushCertificateTable, 'keyName' | 'fingerprint' | 'userPresence' | 'userVerification'>

function labelOf({ by, keyName, fingerprint, ...flags }: Said & { by: PersonRef | null }): string {
  if (fingerprint === null) return 'Signed push, with a signature that is not judged here'
  if (by === null) return 'Signed push, by a key that nobody registered for signing'
  const { userPresence, userVerification } = flags
  const touch =
    userPresence === null ? null : { userPresence: userPresence === 1, userVerification: userVerification === 1 }
  return `Signed push with ${keyWords({ owner: by, keyName: keyName ?? '', touch })}`
}
