import type { BranchRule } from './branch-rule.ts'
import { type RuleNames, renderRuleNames } from './branch-rule-names.ts'

export interface RuleDifference {
  label: string
  before: string
  after: string
}

type Wording = { label: string; words: (rule: BranchRule, name: (id: string) => string) => string }

const pushWords: Record<BranchRule['push'], string> = {
  closed: 'refused: only by pull request',
  tap: 'wait for their person’s tap',
  'tap-or-signed': 'wait for their person’s tap, or are signed with their security key',
}
const yesNo = (flag: boolean): string => (flag ? 'yes' : 'no')
const listed = (words: readonly string[], none: string): string =>
  words.length === 0 ? none : words.toSorted().join(', ')

/** Every part of a rule as people read it. A new part does not compile before it has its words. */
const wordings: Record<keyof BranchRule, Wording> = {
  push: {
    label: 'Pushes',
    words: ({ push }) => pushWords[push],
  },
  approvals: { label: 'People who must approve', words: ({ approvals }) => String(approvals) },
  agentApprovals: {
    label: 'The same for what an agent made',
    words: ({ agentApprovals }) => String(agentApprovals),
  },
  groups: {
    label: 'Of which groups',
    words: ({ groups }, name) =>
      listed(
        groups.map(({ groupId, count }) => `${count} of ${name(groupId)}`),
        'any',
      ),
  },
  approvalStrength: {
    label: 'Least key that approves',
    words: ({ approvalStrength }) =>
      ({ passkey: 'passkey', 'device-bound': 'device-bound key', attested: 'verified hardware key' })[approvalStrength],
  },
  keepOnSamePatch: {
    label: 'Approvals outlive commits that change the same',
    words: ({ keepOnSamePatch }) => yesNo(keepOnSamePatch),
  },
  excludeLastPusher: {
    label: 'Who pushed last may approve',
    words: ({ excludeLastPusher }) => yesNo(!excludeLastPusher),
  },
  codeOwners: { label: 'Code owners must approve', words: ({ codeOwners }) => yesNo(codeOwners) },
  resolveThreads: { label: 'Every thread resolved', words: ({ resolveThreads }) => yesNo(resolveThreads) },
  checks: {
    label: 'Required checks',
    words: ({ checks }, name) =>
      listed(
        checks.map((check) =>
          check.tokenIds === null
            ? `“${check.name}”`
            : `“${check.name}” (by ${listed(check.tokenIds.map(name), 'nobody')})`,
        ),
        'none',
      ),
  },
  methods: {
    label: 'Ways to merge',
    words: ({ methods }) => listed(methods, 'none'),
  },
  linearHistory: { label: 'No merge commits', words: ({ linearHistory }) => yesNo(linearHistory) },
  signedCommits: {
    label: 'Only commits signed by a registered key',
    words: ({ signedCommits }) => yesNo(signedCommits),
  },
  stockVerifiableOnly: {
    label: 'Only what stock git can check',
    words: ({ stockVerifiableOnly }) => yesNo(stockVerifiableOnly),
  },
  bypass: {
    label: 'Who may merge past this',
    words: ({ bypass }, name) =>
      listed(
        bypass.map((named) =>
          named === 'repository-role:admin' ? 'administrators of the repository' : name(named.split(':')[1] ?? ''),
        ),
        'nobody',
      ),
  },
  bypassReviewHours: {
    label: 'Hours for a second person to look',
    words: ({ bypassReviewHours }) => String(bypassReviewHours),
  },
}

/** What a change of the rule changes, part by part, in words. Empty where both ask the same. */
export function describeRuleChange(before: BranchRule, after: BranchRule, names: RuleNames): RuleDifference[] {
  const byId = renderRuleNames(names)
  const name = (id: string): string => byId[id] ?? 'somebody who is gone'
  const nameWithId = (id: string): string => `${name(id)} [${id}]`
  return Object.values(wordings).flatMap(({ label, words }) => {
    // Two tokens may share a name: then only their ids tell that one took the other's place.
    for (const naming of [name, nameWithId]) {
      const [old, now] = [words(before, naming), words(after, naming)]
      if (old !== now) return [{ label, before: old, after: now }]
    }
    return []
  })
}
