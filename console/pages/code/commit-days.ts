import { dayWords } from '../../ui/plain-words.ts'

export interface CommitDay<Commit> {
  /** "21 November 2026", in the reader's zone. */
  day: string
  commits: Commit[]
}

/**
 * Commits that follow each other in a list and were made on one day, as their rows tell it. The order stays that of the
 * list: where a clock went wrong, a day comes twice rather than a commit out of turn.
 */
export function groupByDay<Commit extends { committedAt: number }>(commits: readonly Commit[]): CommitDay<Commit>[] {
  const days: CommitDay<Commit>[] = []
  for (const commit of commits) {
    const day = dayWords(commit.committedAt)
    const last = days.at(-1)
    if (last?.day === day) last.commits.push(commit)
    else days.push({ day, commits: [commit] })
  }
  return days
}
