import type { PersonRef } from '../../http/shapes.ts'
import type { BranchRule } from '../../repositories/branch-rule.ts'
import type { Unsigned } from '../../repositories/commit-signatures/find-unsigned.ts'
import { isUnsigned, unsignedSentences } from '../../repositories/commit-signatures/unsigned-words.ts'
import type { CodeOwners, NeededOwners } from './code-owners.ts'
import { fillPlaces } from './fill-places.ts'
import type { JudgedCheck } from './required-checks.ts'

export interface ReadyFacts {
  rule: BranchRule
  /** The branch it goes into, and the one that is proposed. */
  branch: string
  sourceBranch: string
  /** See `BranchComparison`. */
  isCrossed: boolean
  author: PersonRef
  approvals: {
    counted: readonly { user: PersonRef; groups: readonly string[] }[]
    /** Approvals that somebody may take for one that counts. */
    notCounted: readonly { user: PersonRef; whyNot: string }[]
    changesRequestedBy: readonly PersonRef[]
    byAgent: boolean
  }
  groupNames: ReadonlyMap<string, string>
  /** Null where the rule does not ask for them. */
  owners: CodeOwners | null
  checks: readonly JudgedCheck[]
  openThreads: number
  /** Null where the rule does not ask for signed commits. */
  unsigned: Unsigned | null
}

export interface ReadyLine {
  label: string
  isMet: boolean
  /** What is missing, and what would help. */
  help: string | null
  needs?: 'review' | 'check' | 'thread'
}

/** What a branch's rule asks of a pull request beside the tap, line by line, met or not. Pure. */
export function judgeReady(facts: ReadyFacts): ReadyLine[] {
  return [
    ...judgeComparison(facts),
    ...judgeApprovals(facts),
    ...judgeGroups(facts),
    ...judgeChanges(facts),
    ...judgeOwners(facts),
    ...judgeRequiredChecks(facts),
    ...judgeThreads(facts),
    ...judgeSigned(facts),
  ]
}

/** Whether somebody has to have read what is merged. */
export const asksForReview = ({ approvals, agentApprovals, groups, codeOwners }: BranchRule): boolean =>
  approvals > 0 || agentApprovals > 0 || groups.length > 0 || codeOwners

/** Whoever approved read how the head differs from one commit that both have: with several, that is not all of it. */
function judgeComparison({ rule, branch, sourceBranch, isCrossed }: ReadyFacts): ReadyLine[] {
  if (!isCrossed || !asksForReview(rule)) return []
  const label = 'One comparison shows all that merging changes'
  const help = `The branches were merged into each other, so that none does. Merge ${branch} into ${sourceBranch} and push it.`
  return [{ label, isMet: false, help }]
}

function judgeApprovals({ rule, approvals, branch }: ReadyFacts): ReadyLine[] {
  const { counted, notCounted, byAgent } = approvals
  const least = byAgent ? Math.max(rule.approvals, rule.agentApprovals) : rule.approvals
  if (least === 0) return []
  const why = byAgent && rule.agentApprovals > rule.approvals ? ', as a program made some of it' : ''
  const missing = least - counted.length
  const names = counted.map(({ user }) => user.displayName)
  if (missing <= 0) return [met(`Approved by ${listWords(names)}`)]
  const said = names.length === 0 ? 'Nobody has yet.' : `So far: ${listWords(names)}.`
  const void_ = notCounted.map(({ user, whyNot }) => `The approval of ${user.displayName} does not count: ${whyNot}`)
  return [
    {
      label: `${people(least)} must have approved${why}`,
      isMet: false,
      help: [
        said,
        `${people(missing, 'more')} who may write to ${branch} and did not make it ${missing === 1 ? 'has' : 'have'} to approve.`,
        ...void_,
      ].join(' '),
      needs: 'review',
    },
  ]
}

function judgeGroups({ rule, approvals, groupNames }: ReadyFacts): ReadyLine[] {
  const counted = approvals.counted.map(({ user, groups }) => ({ id: user.id, groups }))
  const filled = fillPlaces(rule.groups, counted)
  return rule.groups.map(({ groupId, count }, index) => {
    const name = groupNames.get(groupId)
    const label = `Approved by ${count} of the group ${name ?? 'that was deleted'}`
    const missing = count - (filled[index] ?? 0)
    if (missing <= 0) return met(label)
    const help =
      name === undefined
        ? 'That group is gone: an administrator has to change the branch’s rule.'
        : `${people(missing, 'more')} of ${name} ${missing === 1 ? 'has' : 'have'} to approve; nobody stands for two groups at once.`
    return { label, isMet: false, help, needs: 'review' as const }
  })
}

function judgeChanges({ approvals: { changesRequestedBy } }: ReadyFacts): ReadyLine[] {
  return changesRequestedBy.map(({ displayName }) => ({
    label: `${displayName} asks for changes`,
    isMet: false,
    help: `Make them, and ask ${displayName} to look again; or an administrator sets that review aside, with a reason.`,
    needs: 'review' as const,
  }))
}

const mostOwnerLines = 10

function judgeOwners({ owners, approvals, author, branch }: ReadyFacts): ReadyLine[] {
  if (owners === null) return []
  if (owners.path === null) return [met(`No CODEOWNERS on ${branch}: nobody owns what changes`)]
  const { path, problems } = owners
  const missing = owners.needed.filter((needed) => !hasAgreed(needed, approvals.counted))
  if (missing.length === 0) return [met(owners.needed.length === 0 ? 'Nobody owns what changes' : 'Code owners agree')]
  const lines = missing.slice(0, mostOwnerLines).map((needed): ReadyLine => {
    const names = needed.owners.map(({ name }) => `@${name}`)
    const label =
      names.length === 0
        ? `${pathWords(needed.paths)}: ${path} names nobody who could agree`
        : `Owner of ${pathWords(needed.paths)} agrees`
    return { label, isMet: false, help: ownerHelp(needed, names), needs: 'review' }
  })
  const more = missing.length - lines.length
  if (more > 0)
    lines.push({ label: `${more} more code owners agree`, isMet: false, help: 'See above.', needs: 'review' })
  return lines

  function ownerHelp(needed: NeededOwners, names: readonly string[]): string {
    if (names.length === 0)
      return [...problems.slice(0, 3), `Somebody who administers this repository has to put ${path} right.`].join(' ')
    const isOwn = needed.owners.some(({ id }) => id === author.id)
    const own = isOwn ? ` ${author.displayName} owns it too, but nobody approves their own work.` : ''
    return `${orWords(names)} has to approve, as ${path} on ${branch} says.${own}`
  }
}

const hasAgreed = (
  { owners }: NeededOwners,
  counted: readonly { user: PersonRef; groups: readonly string[] }[],
): boolean => owners.some(({ id }) => counted.some(({ user, groups }) => user.id === id || groups.includes(id)))

const judgeRequiredChecks = ({ checks }: ReadyFacts): ReadyLine[] =>
  checks
    .filter(({ isRequired }) => isRequired)
    .map(({ name, whyNot }) => ({ label: `Check “${name}”`, isMet: whyNot === null, help: whyNot, needs: 'check' }))

function judgeThreads({ rule, openThreads }: ReadyFacts): ReadyLine[] {
  if (!rule.resolveThreads) return []
  const label = 'Every thread is resolved'
  if (openThreads === 0) return [met(label)]
  const help = `${openThreads === 1 ? 'One is' : `${openThreads} are`} open: answer and resolve them.`
  return [{ label, isMet: false, help, needs: 'thread' }]
}

function judgeSigned({ rule, unsigned, branch }: ReadyFacts): ReadyLine[] {
  if (unsigned === null) return []
  if (!isUnsigned(unsigned)) return [met('Every commit is signed by a registered key')]
  // What a squash makes is signed by the tap that seals it.
  if (rule.methods.includes('squash')) return [met('Not every commit is signed, so it can only be squashed')]
  const [, ...which] = unsignedSentences(branch, unsigned)
  const help = `${which.map((each) => each.trim()).join('; ')}. Register your key under Account, sign them with it, and push again.`
  return [{ label: 'Every commit is signed by a registered key', isMet: false, help }]
}

const met = (label: string): ReadyLine => ({ label, isMet: true, help: null })

const people = (count: number, more = ''): string =>
  count === 1 ? `One ${more === '' ? '' : 'more '}person` : `${count} ${more === '' ? '' : 'more '}people`

const listWords = (names: readonly string[]): string => joinWords(names, 'and')
const orWords = (names: readonly string[]): string => joinWords(names, 'or')

function joinWords(names: readonly string[], word: string): string {
  const shown = names.length > 8 ? [...names.slice(0, 7), `${names.length - 7} more`] : names
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} ${word} ${shown.at(-1)}`
}

const pathWords = ([first = '', ...more]: readonly string[]): string =>
  more.length === 0 ? first : `${first} and ${more.length} more`
