import { conflict, notFound } from '../http/problem.ts'
import { type Comparison, readDiffSummary } from '../repositories/diff.ts'
import { readFilePatch } from '../repositories/patch.ts'
import type { Source } from '../repositories/revision.ts'
import type { DiffSummary, FilePatch } from '../repositories/shapes.ts'
import { createTemporaryObjects } from '../repositories/storage.ts'
import { draftOf, getSealRequest } from '../seals/requests.ts'
import { identOf } from '../seals/format/ident.ts'
import { isMergeMethod } from './merge-methods.ts'
import { workOut } from './merge-result.ts'
import type { MergeParts } from './merge-parts.ts'
import type { MergeQuestion } from './merge-question.ts'
import { headOf, issuedAt } from './release.ts'

type PreviewQuestion = Omit<MergeQuestion, 'method' | 'bypass'> & { sealRequestId: string }

/** What changes on the target branch by exactly the statement that waits for the tap: base tree to resulting tree. */
export const readMergeFiles = (parts: MergeParts, question: PreviewQuestion): Promise<DiffSummary> =>
  inPreview(parts, question, (source, comparison) => readDiffSummary(source, comparison))

export const readMergePatch = (parts: MergeParts, question: PreviewQuestion & { index: number }): Promise<FilePatch> =>
  inPreview(parts, question, (source, comparison) => readFilePatch(source, comparison, question.index))

async function inPreview<Result>(
  { database, git, site }: MergeParts,
  { place, caller, number, sealRequestId }: PreviewQuestion,
  work: (source: Source, comparison: Comparison) => Promise<Result>,
): Promise<Result> {
  const request = await getSealRequest(database.read, sealRequestId, caller.id)
  const { statement } = draftOf(request)
  const { fromID, targetID, pullRequest } = statement.predicate
  const head = headOf(statement)
  if (request.repositoryId !== place.repository.id || pullRequest !== String(number)) throw notFound('This request')
  if (fromID === undefined || targetID === undefined || head === undefined || !isMergeMethod(request.action))
    throw notFound('This request')
  const source = { git, folder: place.folder }
  await using temporary = await createTemporaryObjects(place.folder)
  const result = await workOut(source, {
    method: request.action,
    base: fromID,
    head,
    committer: identOf(caller, { rpId: site.rpId, at: issuedAt(statement) }),
    objectDirectory: temporary.path,
  })
  if (result.tree !== targetID)
    throw conflict('result-changed', 'Merging now gives another result.', { help: 'Start again.' })
  return await work(source, { from: fromID, to: targetID, objectDirectory: temporary.path })
}
