import type { Strength, UserTable } from '../../database/schema.ts'
import { isAtLeast } from '../../policy/strength.ts'
import { strengthWords } from '../../policy/words.ts'
import type { BranchRule } from '../../repositories/branch-rule.ts'
import type { Verdict } from './shapes.ts'

export interface ReviewFacts {
  id: string
  userId: string
  kind: UserTable['kind']
  verdict: Verdict
  headOid: string
  patchDigest: string
  /** What the tap is worth today; null where its passkey was removed since, and for what was not tapped. */
  strength: Strength | null
  isDismissed: boolean
}

export interface ApprovalFacts {
  /** Oldest first. */
  reviews: readonly ReviewFacts[]
  head: string
  /** Digest of what changes now; null where it was not needed, or there is none. */
  patch: string | null
  authorId: string
  /** Who wrote or committed some of it, by the commits' own words. */
  committers: ReadonlySet<string>
  lastPusherId: string | null
  /** Whose agents, deploy keys or pipelines wrote or pushed some of it. */
  owners: ReadonlySet<string>
  /** Who may write here now. */
  writers: ReadonlySet<string>
  ended: ReadonlySet<string>
  rule: Pick<BranchRule, 'keepOnSamePatch' | 'excludeLastPusher' | 'approvalStrength'>
}

export interface CountedApprovals {
  /** People whose approval counts, each once. */
  people: string[]
  /** People who want something changed first. */
  against: string[]
  /** For each review that approves: null where it counts, else why not, in a sentence. */
  whyNot: Map<string, string | null>
}

/**
 * Whose approval counts. Decides once who they are before anybody compares with a number: the newest word of each person
 * stands for that person, however many keys they have.
 */
export function countApprovals(facts: ApprovalFacts): CountedApprovals {
  const standing = new Map<string, ReviewFacts>()
  for (const review of facts.reviews) if (review.verdict !== 'commented') standing.set(review.userId, review)
  const whyNot = new Map<string, string | null>()
  for (const review of facts.reviews)
    if (review.verdict === 'approved') whyNot.set(review.id, refusalOf(review, standing.get(review.userId), facts))
  const newest = [...standing.values()]
  return {
    people: newest.filter(({ id }) => whyNot.get(id) === null).map(({ userId }) => userId),
    against: newest
      .filter(({ verdict, isDismissed }) => verdict === 'changes-requested' && !isDismissed)
      .map(({ userId }) => userId)
      .filter((userId) => facts.writers.has(userId) && !facts.ended.has(userId)),
    whyNot,
  }
}

function refusalOf(review: ReviewFacts, standing: ReviewFacts | undefined, facts: ApprovalFacts): string | null {
  const { userId, strength } = review
  const { rule } = facts
  if (review.isDismissed) return 'It was taken back.'
  if (standing?.id !== review.id) return 'The same person said something else since.'
  if (review.kind !== 'person') return 'An agent never counts.'
  if (facts.ended.has(userId)) return 'This account was ended since.'
  if (userId === facts.authorId) return 'Nobody approves their own work.'
  if (facts.committers.has(userId)) return 'Some of its commits are their own.'
  if (facts.owners.has(userId)) return 'Their own agent, deploy key or pipeline wrote or pushed some of it.'
  if (!facts.writers.has(userId)) return 'It takes somebody with the role “write”.'
  if (strength === null) return 'The passkey that tapped for it was removed since.'
  if (!isAtLeast(strength, rule.approvalStrength))
    return `This branch takes approvals by ${strengthWords[rule.approvalStrength]} only.`
  if (review.headOid !== facts.head) {
    if (review.patchDigest !== facts.patch) return 'What it changes is something else since.'
    if (!rule.keepOnSamePatch) return 'New commits were pushed since.'
  }
  if (rule.excludeLastPusher && userId === facts.lastPusherId) return 'Whoever pushed last does not count.'
  return null
}
