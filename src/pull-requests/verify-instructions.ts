import type { Database, Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { conflict } from '../http/problem.ts'
import type { Place } from '../identity/registration.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import { listRevocations } from '../repositories/revoked-keys.ts'
import { listSigners } from '../repositories/signers.ts'
import { byAge } from '../seals/format/allowed-signers.ts'
import type { SignerEntry } from '../seals/format/signer-entry.ts'
import { firstSigner, verifySignerChain } from '../seals/format/verify-signer-chain.ts'
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
  if (mergeOid === null)
    throw conflict('not-merged', `Pull request #${number} is not merged.`, { help: 'Merge it first.' })
  const url = `${site.origin}/${place.path}.git`
  const roots = await listRoots(database.read, place.repository.id)
  // The end of a key is written in UTC, which older ones of ssh-keygen cannot read, and older ones of git ask whether it
  // holds today, not when the commit was made.
  const [leastGit, leastOpenssh] = (await hasEndedKeys(database.read)) ? ['2.35', '9.1'] : ['2.34', '8.4']
  return {
    stock: [
      `git clone -c 'remote.origin.fetch=refs/postern/*:refs/postern/*' ${url} && cd ${place.repository.name}`,
      `git show refs/postern/signers:allowed_signers > .git/allowed_signers && git -c gpg.ssh.allowedSignersFile=.git/allowed_signers verify-commit ${mergeOid}`,
    ],
    stockRevoking: (await hasRevokedKeys(database.read, place.repository.id)) ? stockRevoking(mergeOid) : [],
    postern: [
      `curl -fsSO ${site.origin}/-/postern-verify.mjs`,
      ['node postern-verify.mjs', url, ...roots.flatMap(({ fingerprint }) => ['--trust', fingerprint])].join(' '),
    ],
    leastGit,
    leastOpenssh,
  }
}

const stockRevoking = (oid: string): string[] => [
  'git show refs/postern/signers:revoked_keys > .git/revoked_keys',
  `git -c gpg.ssh.allowedSignersFile=.git/allowed_signers -c gpg.ssh.revocationFile=.git/revoked_keys verify-commit ${oid}`,
]

async function hasRevokedKeys(
  db: Parameters<typeof listSigners>[0] & Parameters<typeof listRevocations>[0],
  repositoryId: Id<'rep'>,
): Promise<boolean> {
  return (await listRevocations(db, repositoryId, await listSigners(db, repositoryId))).length > 0
}

/**
 * Keys that somebody can trust for every signer of a repository to be vouched for: the credential of the set-up, whose
 * fingerprint was printed, and each key of an owner that its signers stand on and no older key could vouch for, because
 * it was registered by a link from the shell: after a move to another address, or for the next owner.
 */
async function listRoots(
  db: Parameters<typeof listSigners>[0] & Parameters<typeof listShellKeys>[0],
  repositoryId: Id<'rep'>,
): Promise<SignerEntry[]> {
  const entries = await listSigners(db, repositoryId)
  const first = firstSigner(entries)
  if (first === undefined) return []
  const fromShell = new Set(await listShellKeys(db))
  const roots = [first]
  for (const entry of byAge(entries).filter(({ credentialId }) => fromShell.has(credentialId))) {
    const chain = verifySignerChain(entries, { trust: roots.map(({ fingerprint }) => fingerprint) })
    if (chain.get(entry.credentialId)?.trust === 'server') roots.push(entry)
  }
  return roots
}

/** Credential ids of owners' keys that came in by a link that only the machine itself can make. */
async function listShellKeys(db: Db<'credentialRecord' | 'registrationLink' | 'user'>): Promise<string[]> {
  const records = await db
    .selectFrom('credentialRecord')
    .innerJoin('user', 'user.id', 'credentialRecord.userId')
    // A link is used up in the transaction that makes the record, at the same moment.
    .innerJoin('registrationLink', 'registrationLink.consumedAt', 'credentialRecord.createdAt')
    .select('credentialRecord.credentialId')
    .where('user.role', '=', 'owner')
    .where('credentialRecord.enrolledVia', '=', 'invitation')
    .where('registrationLink.purpose', 'in', ['rehome', 'next-owner'])
    .where((eb) =>
      eb.or([
        eb('registrationLink.userId', 'is', null),
        eb('registrationLink.userId', '=', eb.ref('credentialRecord.userId')),
      ]),
    )
    .execute()
  return records.map(({ credentialId }) => credentialId)
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
