import { recordEvent } from '../audit/record.ts'
import type { Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { TableName } from '../database/schema.ts'
import { conflict, forbidden, notFound, nothingLeft } from '../http/problem.ts'
import type { Caller } from '../identity/caller.ts'
import { findUserById, listPersonRefs } from '../identity/users.ts'
import { firstRule } from '../repositories/branch-rule.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import { draftConfirmation } from '../seals/format/draft.ts'
import type { TapQuestion } from '../seals/judge-tap.ts'
import type { OnSealed } from '../seals/on-sealed.ts'
import { createSealRequest, sealLifetimeMs } from '../seals/requests.ts'
import type { Facts } from '../seals/shapes.ts'
import { takeSeal } from '../seals/take-seal.ts'
import { aboutOf, factsOf } from './auto-merge.ts'
import type { AutoMergeParts } from './auto-merge-asking.ts'
import { isNamedInBypass } from './bypass.ts'
import type { MergeParts } from './merge-parts.ts'
import { findPlaceFor } from './place-of.ts'
import { branchName, getPullRequest, type PullRequest } from './records.ts'
import { listAnswering } from './review/machine-people.ts'
import type { BypassView } from './shapes.ts'
import { findTargetRule } from './target-rule.ts'

type ConfirmTables = Db<'groupMember' | 'protectedBranch' | 'user' | 'deployKey' | 'workloadTrust' | 'auditEvent'>
type Confirmer = Pick<Caller, 'id' | 'kind' | 'role'>

/**
 * Why this person may not be the second who looks at what went past a rule, in a sentence; undefined where they may. One
 * person is one, with however many keys.
 */
export async function findConfirmRefusal(
  db: ConfirmTables,
  { row, role, asker }: { row: PullRequest; role: RepositoryPlace['role']; asker: Confirmer | undefined },
): Promise<string | undefined> {
  if (row.bypassReason === null) return 'Nothing went past a rule here.'
  if (row.confirmedBy !== null) return 'Somebody has confirmed it already.'
  if (asker === undefined || asker.kind !== 'person') return 'Only a person can confirm this.'
  if (asker.id === row.mergedBy) return 'You merged it: another person has to look at it.'
  if (asker.id === row.authorId) return 'You proposed it: another person has to look at it.'
  if ((await listAnswering(db, row.authorId)).includes(asker.id))
    return 'Your own agent, deploy key or pipeline proposed it: another person has to look at it.'
  if (role === 'admin') return undefined
  const rule = (await findTargetRule(db, row)) ?? firstRule
  return (await isNamedInBypass(db, { rule, role, asker }))
    ? undefined
    : 'Only administrators of this repository, and whoever the branch’s rule names, can confirm this.'
}

/** Null where nothing went past a rule. */
export async function readBypassView(
  db: ConfirmTables,
  {
    row,
    role,
    asker,
    at,
  }: { row: PullRequest; role: RepositoryPlace['role']; asker: Confirmer | undefined; at: number },
): Promise<BypassView | null> {
  if (row.bypassReason === null || row.confirmBy === null) return null
  const people = await listPersonRefs(db, [row.mergedBy, row.confirmedBy])
  const nobody = { id: row.mergedBy ?? '', username: '', displayName: 'Somebody' }
  return {
    reason: row.bypassReason,
    by: people.get(row.mergedBy ?? '') ?? nobody,
    confirmBy: row.confirmBy,
    confirmedBy: people.get(row.confirmedBy ?? '') ?? null,
    confirmedAt: row.confirmedAt,
    isOverdue: row.confirmedBy === null && at > row.confirmBy,
    confirmRefusal: (await findConfirmRefusal(db, { row, role, asker })) ?? null,
  }
}

/** Lays down what a second person seals after they have looked. @throws 403, 404, 409 */
export async function askForConfirmation(
  { database, git, policy, site, now }: MergeParts,
  { place, caller, number }: { place: RepositoryPlace; caller: Caller; number: number },
): Promise<{ sealRequestId: string; facts: Facts }> {
  const row = await getPullRequest(database.read, place.repository.id, number)
  const refusal = await findConfirmRefusal(database.read, { row, role: place.role, asker: caller })
  if (row.bypassReason === null || row.mergeOid === null) throw notFound('Anything to confirm')
  if (row.confirmedBy !== null) throw alreadyConfirmed(refusal)
  if (refusal !== undefined) throw forbidden(refusal, 'Ask another administrator of this repository.')
  const tree = await git.objects(place.folder).info(`${row.mergeOid}^{tree}`)
  if (tree === undefined) throw notFound('The commit it made')
  const at = now()
  const branch = branchName(row.targetRef)
  const merger = row.mergedBy === null ? undefined : await findUserById(database.read, row.mergedBy)
  const facts: Facts = {
    title: `Confirm that ${place.path}#${number} went past the rule of ${branch}`,
    rows: [
      { label: 'Repository', value: place.path, kind: 'text' },
      { label: 'Branch', value: branch, kind: 'text' },
      { label: 'Pull request', value: `#${number}: ${row.title}`, kind: 'text' },
      { label: 'Merged by', value: merger?.displayName ?? 'Somebody', kind: 'text' },
      { label: 'Reason', value: row.bypassReason, kind: 'text' },
      { label: 'Before', value: row.baseOid, kind: 'oid' },
      { label: 'Merged as', value: row.mergeOid, kind: 'oid' },
      { label: 'Resulting tree', value: tree.oid, kind: 'oid' },
    ],
    warnings: ['Your seal says that you have looked at this change. It stays with the branch for everybody to check.'],
  }
  const statement = draftConfirmation(
    {
      signer: { userId: caller.id, username: caller.username },
      requestedBy: caller.id,
      policyDigest: policy.current().digest,
      issuedAt: at,
      notAfter: at + sealLifetimeMs,
    },
    {
      repository: { id: place.repository.id, url: `${site.origin}/${place.path}.git` },
      targetRef: row.targetRef,
      tree: tree.oid,
      base: row.baseOid,
      tip: row.mergeOid,
      pullRequest: number,
    },
  )
  const request = await database.write((tx) =>
    createSealRequest(tx, {
      userId: caller.id,
      requestedBy: caller.id,
      action: 'confirm',
      repositoryId: place.repository.id,
      about: row.id,
      draft: { statement, question: confirmQuestion(place, row), stockVerifiableOnly: false },
      facts,
      at,
    }),
  )
  return { sealRequestId: request.id, facts }
}

const alreadyConfirmed = (title = 'It is confirmed already.') =>
  conflict('already-confirmed', title, { help: nothingLeft })

const confirmQuestion = ({ repository, role }: RepositoryPlace, row: Pick<PullRequest, 'targetRef'>): TapQuestion => ({
  act: 'confirm',
  place: { projectId: repository.projectId, repositoryId: repository.id, branch: branchName(row.targetRef), role },
})

/** What that tap does, in its own transaction; afterwards the seal travels with the branch. */
export function createConfirmation(
  parts: Pick<AutoMergeParts, 'policy' | 'now' | 'root' | 'project'>,
): NonNullable<OnSealed[string]> {
  return async (tx: Tx<TableName>, { seal, request, caller }) => {
    const at = parts.now()
    const row = await tx
      .selectFrom('pullRequest')
      .selectAll()
      .where('id', '=', (request.about ?? '') as Id<'prq'>)
      .executeTakeFirst()
    const place = row && (await findPlaceFor({ db: tx, root: parts.root }, caller, row.repositoryId, 'read'))
    if (row === undefined || place === undefined) throw notFound('This pull request')
    const refusal = await findConfirmRefusal(tx, { row, role: place.role, asker: caller })
    if (row.confirmedBy !== null) throw alreadyConfirmed(refusal)
    if (refusal !== undefined) throw forbidden(refusal, 'Ask another administrator of this repository.')
    await takeSeal(tx, {
      sealId: seal.id,
      caller,
      policy: parts.policy,
      question: confirmQuestion(place, row),
      at,
      isFor: ({ predicate, subject: [tip] }) =>
        predicate.action === 'confirm' &&
        predicate.repository?.id === row.repositoryId &&
        predicate.targetRef === row.targetRef &&
        predicate.pullRequest === String(row.number) &&
        tip !== undefined &&
        'gitCommit' in tip.digest &&
        tip.digest.gitCommit === row.mergeOid,
    })
    const { numUpdatedRows } = await tx
      .updateTable('pullRequest')
      .set({ confirmedBy: seal.userId, confirmSealId: seal.id, confirmedAt: at, updatedAt: at })
      .where('id', '=', row.id)
      .where('confirmedBy', 'is', null)
      .executeTakeFirst()
    if (Number(numUpdatedRows) !== 1) throw alreadyConfirmed('Somebody else was faster.')
    await recordEvent(tx, {
      action: 'bypass.confirmed',
      actor: { id: seal.userId, method: 'passkey', strength: seal.strength },
      ...aboutOf(row),
      facts: {
        ...(await factsOf(tx, row)),
        ref: row.targetRef,
        oid: row.mergeOid ?? '',
        seal: seal.id,
        statement: seal.statementDigest,
      },
      at,
    })
    return () => parts.project(place)
  }
}
