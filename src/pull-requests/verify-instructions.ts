import type { Database, Db } from '../database/handles.ts'
import { conflict } from '../http/problem.ts'
import type { Place } from '../identity/registration.ts'
import { coseFingerprint } from '../protocols/sshsig/cose-fingerprint.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import { getPullRequest } from './records.ts'
import type { VerifyInstructions } from './shapes.ts'

/**
 * What to paste to check a merge without this server's word for it. The signers come along with the clone, so one
 * authentication, by whatever credential helper git uses, is enough for a private repository as well.
 */
export async function readVerifyInstructions(
  { database, site }: { database: Database; site: Place },
  place: RepositoryPlace,
  number: number,
): Promise<VerifyInstructions> {
  const { mergeOid } = await getPullRequest(database.read, place.repository.id, number)
  if (mergeOid === null) throw conflict('not-merged', `Pull request #${number} is not merged.`)
  const url = `${site.origin}/${place.path}.git`
  const root = await findRootFingerprint(database.read, site.rpId)
  return {
    stock: [
      `git clone -c 'remote.origin.fetch=+refs/postern/*:refs/postern/*' ${url} && cd ${place.repository.name}`,
      `git show refs/postern/signers:allowed_signers > .git/allowed_signers && git -c gpg.ssh.allowedSignersFile=.git/allowed_signers verify-commit ${mergeOid}`,
    ],
    postern: [
      `curl -fsSO ${site.origin}/-/postern-verify.mjs`,
      `node postern-verify.mjs ${url}${root === undefined ? '' : ` --trust ${root}`}`,
    ],
    leastGit: '2.34',
    // The end of a key is written in UTC, which older versions cannot read.
    leastOpenssh: (await hasEndedKeys(database.read)) ? '9.1' : '8.4',
  }
}

/**
 * Entry 0 of the signers: the credential of the set-up, whose fingerprint was printed. After a move to another address
 * nobody's new key is vouched for by it, so that pinning it would call every later merge unproven.
 */
async function findRootFingerprint(db: Db<'credentialRecord'>, rpId: string): Promise<string | undefined> {
  const root = await db
    .selectFrom('credentialRecord')
    .select(['publicKey', 'rpId'])
    .where('enrolledVia', '=', 'setup')
    .orderBy('createdAt')
    .orderBy('credentialId')
    .executeTakeFirst()
  if (root === undefined || root.rpId !== rpId) return undefined
  return coseFingerprint(Buffer.from(root.publicKey, 'base64url'), root.rpId)
}

async function hasEndedKeys(db: Db<'credentialRecord'>): Promise<boolean> {
  return (
    (await db
      .selectFrom('credentialRecord')
      .select('id')
      .where('endedAt', 'is not', null)
      .limit(1)
      .executeTakeFirst()) !== undefined
  )
}
