import { recordEvent } from '../audit/record.ts'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { ProtectedBranchTable } from '../database/schema.ts'
import { conflict, notFound, nothingLeft } from '../http/problem.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { draftProtect } from '../seals/format/draft.ts'
import type { TapQuestion } from '../seals/judge-tap.ts'
import { createSealRequest, sealLifetimeMs } from '../seals/requests.ts'
import { takeSeal } from '../seals/take-seal.ts'
import type { RepositoryPlace } from './place.ts'
import type { Projection } from './projection.ts'
import type { RefParts } from './ref-updates.ts'
import type { ProtectedBranchView } from './shapes.ts'

export async function getProtectedBranch(
  db: Db<'protectedBranch'>,
  repositoryId: Id<'rep'>,
  branch: string,
): Promise<ProtectedBranchTable> {
  const row = await db
    .selectFrom('protectedBranch')
    .selectAll()
    .where('repositoryId', '=', repositoryId)
    .where('ref', '=', `refs/heads/${branch}`)
    .executeTakeFirst()
  if (row === undefined) throw notFound('This protected branch')
  return row
}

export async function listProtectedBranches(
  db: Db<'protectedBranch' | 'seal' | 'user'>,
  repositoryId: Id<'rep'>,
): Promise<ProtectedBranchView[]> {
  const rows = await db
    .selectFrom('protectedBranch')
    .leftJoin('seal', 'seal.id', 'protectedBranch.protectSealId')
    .leftJoin('user', 'user.id', 'seal.userId')
    .select(['ref', 'baselineOid', 'stockVerifiableOnly', 'sealedAt', 'user.id as userId', 'username', 'displayName'])
    .where('protectedBranch.repositoryId', '=', repositoryId)
    .orderBy('ref')
    .execute()
  return rows.map((row) => ({
    branch: row.ref.replace('refs/heads/', ''),
    ref: row.ref,
    baselineOid: row.baselineOid,
    sealedBy:
      row.userId === null ? null : { id: row.userId, username: row.username ?? '', displayName: row.displayName ?? '' },
    sealedAt: row.sealedAt,
    stockVerifiableOnly: row.stockVerifiableOnly === 1,
  }))
}

interface Start {
  place: RepositoryPlace
  caller: Caller
  branch: string
}

const alreadySealed = (branch: string) =>
  conflict('already-sealed', `The start of ${branch} is sealed already.`, { help: nothingLeft })

/** Asks for the tap that fixes where protection began, so that not even the server can move it (decision 19). */
export async function askForStart(
  { database, git, policy, now }: RefParts & { policy: PolicyInForce },
  { place, caller, branch, origin }: Start & { origin: string },
): Promise<{ sealRequestId: string }> {
  const row = await getProtectedBranch(database.read, place.repository.id, branch)
  if (row.protectSealId !== null) throw alreadySealed(branch)
  const tree = (
    await git.run(['rev-parse', '--verify', '--end-of-options', `${row.baselineOid}^{tree}`], {
      repository: place.folder,
    })
  ).stdout
    .toString()
    .trim()
  const at = now()
  const request = await database.write((tx) =>
    createSealRequest(tx, {
      userId: caller.id,
      requestedBy: caller.id,
      action: 'protect',
      repositoryId: place.repository.id,
      draft: {
        statement: draftProtect(
          {
            signer: { userId: caller.id, username: caller.username },
            requestedBy: caller.id,
            policyDigest: policy.current().digest,
            issuedAt: at,
            notAfter: at + sealLifetimeMs,
          },
          {
            repository: { id: place.repository.id, url: `${origin}/${place.path}` },
            targetRef: row.ref,
            tree,
            baseline: row.baselineOid,
          },
        ),
        question: startQuestion(place, branch),
        stockVerifiableOnly: row.stockVerifiableOnly === 1,
      },
      facts: {
        title: `Seal the start of ${branch} in ${place.path}`,
        rows: [
          { label: 'Repository', value: place.path, kind: 'text' },
          { label: 'Branch', value: branch, kind: 'text' },
          { label: 'Protected from', value: row.baselineOid, kind: 'oid' },
          { label: 'Its tree', value: tree, kind: 'oid' },
        ],
        warnings: [],
      },
      at,
    }),
  )
  return { sealRequestId: request.id }
}

export const startQuestion = ({ repository, role }: RepositoryPlace, branch: string): TapQuestion => ({
  act: 'protect',
  place: { projectId: repository.projectId, repositoryId: repository.id, branch, role },
})

/** Takes that tap: from here on every verifier knows where the branch began, and by whose key. */
export async function sealStart(
  { database, policy, now }: RefParts & { policy: PolicyInForce },
  projection: Projection,
  { place, caller, branch, sealId }: Start & { sealId: string },
): Promise<void> {
  const row = await getProtectedBranch(database.read, place.repository.id, branch)
  await database.write(async (tx) => {
    const at = now()
    const { seal } = await takeSeal(tx, {
      sealId,
      caller,
      policy,
      question: startQuestion(place, branch),
      at,
      isFor: ({ predicate, subject }) =>
        predicate.action === 'protect' &&
        predicate.repository?.id === place.repository.id &&
        predicate.targetRef === row.ref &&
        subject.some(({ digest }) => 'gitCommit' in digest && digest.gitCommit === row.baselineOid),
    })
    const { numUpdatedRows } = await tx
      .updateTable('protectedBranch')
      .set({ protectSealId: seal.id })
      .where('repositoryId', '=', place.repository.id)
      .where('ref', '=', row.ref)
      .where('protectSealId', 'is', null)
      .executeTakeFirst()
    if (Number(numUpdatedRows) !== 1) throw alreadySealed(branch)
    await recordEvent(tx, {
      action: 'branch.start-sealed',
      actor: actorOf(caller, seal),
      target: { kind: 'ref', id: row.ref },
      repositoryId: place.repository.id,
      facts: { repository: place.path, ref: row.ref, oid: row.baselineOid, seal: seal.id },
      at,
    })
  })
  await projection.project(place)
}
