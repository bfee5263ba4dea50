import { findUserById } from '../identity/users.ts'
import type { BranchRule } from '../repositories/branch-rule.ts'
import { listCommits } from '../repositories/commits.ts'
import type { Source } from '../repositories/revision.ts'
import { type DraftContext, draftMerge, draftUpdate } from '../seals/format/draft.ts'
import { isGitAction } from '../seals/format/statement.ts'
import type { SealDraft } from '../seals/requests.ts'
import { bypassParagraph } from './bypass.ts'
import { mergeTemplate } from './commit-template.ts'
import type { MergeResult } from './merge-result.ts'
import { type MergeQuestion, mergeQuestion } from './merge-question.ts'
import type { MergeParts } from './merge-parts.ts'
import { branchName, type PullRequest } from './records.ts'

const mostSubjects = 100

/** The statement of a merge that was worked out, and the commit to be signed where the method makes one. */
export async function draftOfMerge(
  { database, git, site, policy }: MergeParts,
  { place, caller, method, number, bypass }: MergeQuestion,
  row: PullRequest,
  given: {
    base: string
    head: string
    result: MergeResult
    rule: BranchRule | undefined
    at: number
    lifetimeMs: number
  },
): Promise<SealDraft> {
  const { base, head, result, rule, at, lifetimeMs } = given
  const { repository, path } = place
  const context: DraftContext = {
    signer: { userId: caller.id, username: caller.username },
    requestedBy: caller.id,
    policyDigest: policy.current().digest,
    issuedAt: at,
    notAfter: at + lifetimeMs,
  }
  const change = {
    repository: { id: repository.id, url: `${site.origin}/${path}.git` },
    targetRef: row.targetRef,
    tree: result.tree,
    base,
    pullRequest: number,
  }
  const common = {
    question: mergeQuestion(place, row, bypass),
    stockVerifiableOnly: rule?.stockVerifiableOnly ?? false,
  }
  if (!isGitAction(method)) {
    const tip = result.tip ?? head
    const update =
      method === 'rebase'
        ? { ...change, action: method, tip, head }
        : { ...change, action: 'fast-forward' as const, tip }
    return { ...common, statement: draftUpdate(context, update) }
  }
  const author = (await findUserById(database.read, row.authorId)) ?? caller
  const source = { git, folder: place.folder }
  const words = {
    method,
    number,
    title: row.title,
    description: row.description,
    subjects: method === 'squash' ? await readSubjects(source, { base, head }) : [],
    pastRule: bypass && bypassParagraph(branchName(row.targetRef), bypass),
  }
  const template = mergeTemplate(
    { base, head, tree: result.tree },
    words,
    { signer: caller, author },
    { rpId: site.rpId, at },
  )
  return { ...common, template, statement: draftMerge(context, { ...change, action: method, head }) }
}

async function readSubjects(source: Source, { base, head }: { base: string; head: string }): Promise<string[]> {
  const commits = await listCommits(source, { tip: head, without: base, limit: mostSubjects })
  return commits.map(({ subject }) => subject).toReversed()
}
