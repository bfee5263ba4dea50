import { conflict, invalid } from '../../http/problem.ts'
import { zeroOid } from '../../protocols/git/receive-commands.ts'
import { checkShortRefName, refNameSentences } from '../../protocols/git/ref-name.ts'
import { draftTag } from '../../seals/format/draft.ts'
import { identOf } from '../../seals/format/ident.ts'
import { MAX_SUBJECT_CHARS } from '../../seals/format/message-text.ts'
import { type StatementDraft, TAG_REF } from '../../seals/format/statement.ts'
import { tagMessage, type TagTemplate } from '../../seals/format/tag.ts'
import type { Facts } from '../../seals/shapes.ts'
import { type CommitFacts, readCommit } from '../commits.ts'
import { anotherName } from '../judge-ref-update.ts'
import { readRef } from '../refs.ts'
import { getRevision, type Source } from '../revision.ts'
import type { TagParts, TagQuestion } from './tag-question.ts'

export interface WorkedOutTag {
  ref: string
  /** The commit that is tagged. */
  commit: string
  tree: string
  statement: StatementDraft
  template: TagTemplate
  facts: Facts
}

/** What a tap would sign and make, dated `at`. Nothing is written. @throws 404, 409 `tag-exists`, 422 */
export async function workOutTag(
  { git, site, policy }: TagParts,
  { place, caller, name, target, message }: TagQuestion,
  { at, lifetimeMs }: { at: number; lifetimeMs: number },
): Promise<WorkedOutTag> {
  const { repository, path, folder } = place
  const source = { git, folder }
  const ref = `refs/tags/${name}`
  const problem = checkShortRefName(name)
  if (problem !== undefined) throw invalid('name', refNameSentences[problem])
  if (!TAG_REF.test(ref)) throw invalid('name', 'No seal can hold this name. Choose another one.')
  const [subject = '', ...rest] = message.trim().split(/\r?\n/)
  // The rest of it would be left out without a word.
  if (subject.length > MAX_SUBJECT_CHARS)
    throw invalid('message', `Its first line may have ${MAX_SUBJECT_CHARS} characters at most. Begin a new one sooner.`)
  const body = rest.join('\n')
  await checkFree(source, name)
  const { oid: commit } = await getRevision(source, target)
  const info = await readCommit(source, commit)
  const tree = await readTree(source, commit)
  const policyDigest = policy.current().digest
  return {
    ref,
    commit,
    tree,
    statement: draftTag(
      {
        signer: { userId: caller.id, username: caller.username },
        requestedBy: caller.id,
        policyDigest,
        issuedAt: at,
        notAfter: at + lifetimeMs,
      },
      {
        repository: { id: repository.id, url: `${site.origin}/${path}.git` },
        targetRef: ref,
        commit,
        tree,
      },
    ),
    template: { object: commit, tagger: identOf(caller, { rpId: site.rpId, at }), subject, body },
    facts: renderFacts({
      path,
      name,
      message: message.trim() === '' ? '' : tagMessage({ subject, body }, name),
      info,
      tree,
      policyDigest,
      branch: repository.defaultBranch,
      isOnBranch: await isOnBranch(source, commit, repository.defaultBranch),
    }),
  }
}

/** A tag never moves, and git keeps no tag below the name of another. @throws 409 `tag-exists` */
async function checkFree({ git, folder }: Source, name: string): Promise<void> {
  const parts = name.split('/')
  const above = parts.map((_part, index) => parts.slice(0, index + 1).join('/'))
  for (const one of above)
    if ((await readRef(git, folder, `refs/tags/${one}`)) !== zeroOid) throw taken(`The tag ${one} exists already.`)
  const { stdout } = await git.run(['for-each-ref', '--count=1', '--format=%(refname)', `refs/tags/${name}/`], {
    repository: folder,
  })
  const [below] = stdout.toString().split('\n')
  if (below) throw taken(`The tag ${below.slice('refs/tags/'.length)} exists already.`)
}

const taken = (sentence: string) => conflict('tag-exists', sentence, { help: anotherName })

async function readTree({ git, folder }: Source, commit: string): Promise<string> {
  const found = await git.objects(folder).info(`${commit}^{tree}`)
  if (found === undefined) throw new Error(`${commit} has no tree`)
  return found.oid
}

async function isOnBranch({ git, folder }: Source, commit: string, branch: string): Promise<boolean> {
  const { code } = await git.run(['merge-base', '--is-ancestor', commit, `refs/heads/${branch}`], {
    repository: folder,
    ok: [0, 1, 128],
  })
  return code === 0
}

interface Told {
  path: string
  name: string
  /** As it will stand in the tag. */
  message: string
  info: CommitFacts
  tree: string
  policyDigest: string
  branch: string
  isOnBranch: boolean
}

/** What the person reads beside the tap: everything that the signature will stand for. */
function renderFacts({ path, name, message, info, tree, policyDigest, branch, isOnBranch: isOn }: Told): Facts {
  return {
    title: `Tag ${path} as ${name}`,
    rows: [
      { label: 'Repository', value: path, kind: 'text' },
      { label: 'Tag', value: name, kind: 'text' },
      { label: 'Commit', value: info.oid, kind: 'oid' },
      { label: 'Its message', value: info.subject, kind: 'text' },
      { label: 'Tree', value: tree, kind: 'oid' },
      ...(message === '' ? [] : [{ label: 'Message of the tag', value: message, kind: 'text' as const }]),
      { label: 'Policy', value: policyDigest, kind: 'digest' },
    ],
    warnings: isOn ? [] : [`This commit is not on ${branch}: what proves that branch says nothing of it.`],
  }
}
