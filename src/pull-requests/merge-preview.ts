import { conflict, notFound } from '../http/problem.ts'
import { type Comparison, readDiffSummary } from '../repositories/diff.ts'
import { readFilePatch } from '../repositories/patch.ts'
import type { Source } from '../repositories/revision.ts'
import type { DiffSummary, FilePatch } from '../repositories/shapes.ts'
import { draftOf, getSealRequest } from '../seals/requests.ts'
import { getMergedTree, type MergeParts, type MergeQuestion } from './prepare-merge.ts'
import { withPreview } from './merge-trees.ts'

type PreviewQuestion = Omit<MergeQuestion, 'method'> & { sealRequestId: string }

/** What changes on the target branch by exactly the statement that waits for the tap: base tree to resulting tree. */
export const readMergeFiles = (parts: MergeParts, question: PreviewQuestion): Promise<DiffSummary> =>
  inPreview(parts, question, (source, comparison) => readDiffSummary(source, comparison))

export const readMergePatch = (parts: MergeParts, question: PreviewQuestion & { index: number }): Promise<FilePatch> =>
  inPreview(parts, question, (source, comparison) => readFilePatch(source, comparison, question.index))

async function inPreview<Result>(
  { database, git }: MergeParts,
  { place, caller, number, sealRequestId }: PreviewQuestion,
  work: (source: Source, comparison: Comparison) => Promise<Result>,
): Promise<Result> {
  const request = await getSealRequest(database.read, sealRequestId, caller.id)
  const { subject, predicate } = draftOf(request).statement
  const [head] = subject
  const { fromID, targetID, pullRequest } = predicate
  if (request.repositoryId !== place.repository.id || pullRequest !== String(number)) throw notFound('This request')
  if (fromID === undefined || targetID === undefined || head === undefined || !('gitCommit' in head.digest))
    throw notFound('This request')
  const source = { git, folder: place.folder }
  return withPreview(source, { base: fromID, head: head.digest.gitCommit }, ({ outcome, objectDirectory }) => {
    if (getMergedTree(outcome) !== targetID)
      throw conflict('result-changed', 'Merging now gives another result.', { help: 'Start again.' })
    return work(source, { from: fromID, to: targetID, objectDirectory })
  })
}
