import type { CommitTemplate, Ident } from '../seals/format/commit.ts'
import { identOf } from '../seals/format/ident.ts'
import { looksLikeTrailer } from '../seals/format/message-text.ts'
import { withoutBypassLines } from './bypass.ts'
import type { MergeMethod } from './shapes.ts'

export interface MergeWords {
  method: MergeMethod
  number: number
  title: string
  description: string
  /** First lines of the commits that a squash folds into one, oldest first. */
  subjects: readonly string[]
  /** Where it goes past the branch's rule: the paragraph that says so. */
  pastRule?: string | undefined
}

export interface MergeObjects {
  base: string
  head: string
  tree: string
}

interface Named {
  username: string
  displayName: string
}

/**
 * The commit that a tap will sign. Its first parent is the tip before, so no history leaves the first-parent line; the
 * committer is the signer, under the principal that stock tools print.
 */
export function mergeTemplate(
  { base, head, tree }: MergeObjects,
  words: MergeWords,
  people: { signer: Named; author: Named },
  { rpId, at }: { rpId: string; at: number },
): CommitTemplate {
  const ident = (person: Named): Ident => identOf(person, { rpId, at })
  const committer = ident(people.signer)
  const isMerge = words.method === 'merge'
  return {
    tree,
    parents: isMerge ? [base, head] : [base],
    author: isMerge ? committer : ident(people.author),
    committer,
    subject: isMerge ? `Merge pull request #${words.number}: ${words.title}` : `${words.title} (#${words.number})`,
    body: [
      ...(words.pastRule === undefined ? [] : [words.pastRule]),
      withoutBypassLines(words.description.trim() !== '' || isMerge ? words.description : listOf(words.subjects)),
    ].join('\n\n'),
  }
}

/** What a squashed commit claims to be a trailer of ours is left out, as it would be of a body. */
const listOf = (subjects: readonly string[]): string =>
  subjects
    .filter((subject) => !looksLikeTrailer(subject))
    .map((subject) => `* ${subject}`)
    .join('\n')
