import type { BranchRule } from './branch-rule.ts'
import type { RuleNames } from './branch-rule-names.ts'
import { cleanCheckName, foldCheckName } from './check-name.ts'

/**
 * What in a rule contradicts itself, or names what is not there: a sentence for each field, empty where all is well.
 * Pure: what exists comes in as `names`.
 */
export function checkBranchRule(rule: BranchRule, names: RuleNames): Partial<Record<keyof BranchRule, string>> {
  return Object.fromEntries(
    Object.entries({
      push: checkPush(rule),
      methods: checkMethods(rule),
      agentApprovals: checkAgents(rule),
      groups: checkGroups(rule, names),
      checks: checkChecks(rule, names),
      bypass: checkBypass(rule, names),
    }).filter(([, sentence]) => sentence !== undefined),
  )
}

function checkPush(rule: BranchRule): string | undefined {
  if (rule.push === 'closed') return undefined
  if (rule.stockVerifiableOnly)
    return 'A pushed commit carries no tap that stock git can check: close the branch to pushes, or take other signatures too.'
  const asked = [
    rule.approvals + rule.agentApprovals + rule.groups.length > 0 && 'approvals',
    rule.codeOwners && 'code owners',
    rule.checks.length > 0 && 'checks',
    rule.resolveThreads && 'resolved threads',
  ].filter((word) => word !== false)
  if (asked.length === 0) return undefined
  return `A push has no ${asked.join(', ')}, so it would go around this rule: close the branch to pushes, or do not ask for them.`
}

function checkMethods({ methods, linearHistory, signedCommits, stockVerifiableOnly }: BranchRule): string | undefined {
  if (signedCommits && methods.includes('rebase'))
    return 'A rebase makes the commits anew, which loses their signatures: leave it out, or take unsigned commits too.'
  if (linearHistory && methods.includes('merge'))
    return 'A linear history takes no merge commits: leave that method out, or allow them.'
  if (stockVerifiableOnly && (methods.includes('rebase') || methods.includes('fast-forward')))
    return 'A rebase and a fast-forward make no commit whose signature stock git checks: leave them out, or take other signatures too.'
  return undefined
}

function checkAgents({ approvals, agentApprovals }: BranchRule): string | undefined {
  return agentApprovals < approvals
    ? `What an agent made cannot take fewer people than what a person made: ${approvals} at least.`
    : undefined
}

function checkGroups({ groups }: BranchRule, names: RuleNames): string | undefined {
  const seen = new Set<string>()
  for (const { groupId, count } of groups) {
    const group = names.groups.get(groupId)
    if (group === undefined) return 'One of these groups does not exist.'
    if (seen.has(groupId)) return `The group ${group.name} is named twice.`
    seen.add(groupId)
    if (group.members < count)
      return `The group ${group.name} has ${group.members === 1 ? 'one member' : `${group.members} members`}, fewer than asked.`
  }
  return undefined
}

function checkChecks({ checks }: BranchRule, names: RuleNames): string | undefined {
  const seen = new Map<string, string>()
  for (const { name, tokenIds } of checks) {
    if (name !== cleanCheckName(name)) return `The check “${name}” has blanks that nobody sees: write it without them.`
    const same = seen.get(foldCheckName(name))
    if (same !== undefined)
      return same === name ? `The check “${name}” is named twice.` : `The checks “${same}” and “${name}” read the same.`
    seen.set(foldCheckName(name), name)
    const gone = tokenIds?.some((id) => names.tokens.get(id)?.isActive !== true)
    if (gone === true) return `A token that may set “${name}” does not exist, or was ended.`
  }
  return undefined
}

function checkBypass({ bypass }: BranchRule, names: RuleNames): string | undefined {
  for (const named of bypass) {
    const [kind = '', id = ''] = named.split(':')
    if (kind === 'group' && !names.groups.has(id)) return 'One of these groups does not exist.'
    if (kind !== 'user') continue
    const person = names.people.get(id)
    if (person === undefined) return 'One of these people does not exist, or no longer has access.'
    if (!person.isPerson) return `${person.name} is not a person: only a person can merge past a rule.`
  }
  return undefined
}
