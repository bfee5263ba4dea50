import { invalid, type ProblemError } from '../../http/problem.ts'
import type { SessionCaller } from '../../identity/caller.ts'
import type { Place } from '../../identity/registration.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import { zeroOid } from '../../protocols/git/receive-commands.ts'
import { type CommitTemplate, editMessage } from '../../seals/format/commit.ts'
import { draftCommit } from '../../seals/format/draft.ts'
import { identOf } from '../../seals/format/ident.ts'
import { BRANCH_REF, type StatementDraft } from '../../seals/format/statement.ts'
import type { TapQuestion } from '../../seals/judge-tap.ts'
import { createSealRequest, sealLifetimeMs } from '../../seals/requests.ts'
import { sealRequired } from '../../seals/seal-required.ts'
import type { Facts } from '../../seals/shapes.ts'
import { anotherName } from '../judge-ref-update.ts'
import type { RepositoryPlace } from '../place.ts'
import { shortName } from '../push-taps.ts'
import type { RefParts } from '../ref-updates.ts'

export interface TappedParts extends RefParts {
  policy: PolicyInForce
  /** RP ID and origin of this instance. */
  site: Place
}

/** A commit that somebody writes here and signs by a tap, worked out to its last byte but for its date. */
export interface WrittenCommit {
  place: RepositoryPlace
  caller: SessionCaller
  /** Full name of the branch. */
  ref: string
  /** Its tip; zeros where the branch is new. */
  oldOid: string
  parent: string
  tree: string
  title: string
  body: string
  /** Who thought of it, where that is another than who commits it. */
  author?: { username: string; displayName: string }
  /** What happens to which file, for whoever taps. */
  files: readonly string[]
}

/** What the rules are asked about it, at each of its steps: it is a push in all but the way it came. */
export const commitQuestion = ({ place: { repository, role }, ref }: WrittenCommit): TapQuestion => ({
  act: 'push',
  place: { projectId: repository.projectId, repositoryId: repository.id, branch: shortName(ref), role },
})

/** What a tap would sign, dated `at`. @throws 422 where no seal can hold the name of the branch */
export function draftOfCommit(
  { site, policy }: Pick<TappedParts, 'site' | 'policy'>,
  { place, caller, ref, oldOid, parent, tree, title, body, author = caller }: WrittenCommit,
  { at, lifetimeMs }: { at: number; lifetimeMs: number },
): { statement: StatementDraft; template: CommitTemplate } {
  if (!BRANCH_REF.test(ref)) throw invalid('newBranch', `No seal can hold this name. ${anotherName}`)
  const { repository, path } = place
  const context = {
    signer: { userId: caller.id, username: caller.username },
    requestedBy: caller.id,
    policyDigest: policy.current().digest,
    issuedAt: at,
    notAfter: at + lifetimeMs,
  }
  const change = { repository: { id: repository.id, url: `${site.origin}/${path}.git` }, targetRef: ref, tree }
  const moment = { rpId: site.rpId, at }
  const [by, committer] = [identOf(author, moment), identOf(caller, moment)]
  return {
    statement: draftCommit(context, { ...change, base: oldOid, parent }),
    template: { tree, parents: [parent], author: by, committer, subject: title, body },
  }
}

/** Lays the commit down as a statement that waits for this person's tap. Nothing is made yet. */
export async function askForCommit(parts: TappedParts, written: WrittenCommit): Promise<ProblemError> {
  const { database, policy, now } = parts
  const { caller, place } = written
  const at = now()
  const draft = draftOfCommit(parts, written, { at, lifetimeMs: sealLifetimeMs })
  const facts = renderFacts(written, { message: editMessage(draft.template), digest: policy.current().digest })
  const question = commitQuestion(written)
  const { id } = await database.write((tx) =>
    createSealRequest(tx, {
      userId: caller.id,
      requestedBy: caller.id,
      action: 'commit',
      repositoryId: place.repository.id,
      draft: { ...draft, question, stockVerifiableOnly: false },
      facts,
      at,
    }),
  )
  return sealRequired(
    { db: database.read, policy },
    { question, caller, at },
    { detail: facts.title, sealRequestId: id },
  )
}

const mostFiles = 20

/** What the person reads beside the tap: everything that the signature will stand for. */
function renderFacts(
  { place: { path }, ref, oldOid, parent, tree, files }: WrittenCommit,
  { message, digest }: { message: string; digest: string },
): Facts {
  const branch = shortName(ref)
  const more = files.length > mostFiles ? [`and ${files.length - mostFiles} more`] : []
  return {
    title: `Commit to ${branch} of ${path}`,
    rows: [
      { label: 'Repository', value: path, kind: 'text' },
      { label: oldOid === zeroOid ? 'New branch' : 'Branch', value: branch, kind: 'text' },
      { label: 'Message', value: message, kind: 'text' },
      { label: 'Files', value: [...files.slice(0, mostFiles), ...more].join('; '), kind: 'text' },
      { label: 'On top of', value: parent, kind: 'oid' },
      { label: 'Tree', value: tree, kind: 'oid' },
      { label: 'Policy', value: digest, kind: 'digest' },
    ],
    warnings: [],
  }
}
