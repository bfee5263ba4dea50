import type { CommitFacts } from './commits.ts'
import type { BriefCommit } from './shapes.ts'

const mostLetters = 300

/** A commit in a list of many: no more than the beginning of what people write. */
export const briefCommit = ({ oid, subject, authorName, committedAt }: CommitFacts): BriefCommit => ({
  oid,
  subject: cut(subject),
  authorName: cut(authorName),
  committedAt,
})

const cut = (words: string): string => (words.length > mostLetters ? `${words.slice(0, mostLetters - 1)}…` : words)
