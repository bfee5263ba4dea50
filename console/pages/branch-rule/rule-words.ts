import type { BranchRule } from '../../api/shapes.ts'
import { methodWords } from './method-words.ts'

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`

const either = new Intl.ListFormat('en', { type: 'disjunction' })

/** What a branch's rule asks, in a few short sentences. */
export function ruleWords(rule: BranchRule): string[] {
  const groups = rule.groups.length === 0 ? '' : `, of ${count(rule.groups.length, 'group', 'groups')} named`
  const asked = [
    rule.approvals > 0 && `${count(rule.approvals, 'person', 'people')} must approve${groups}`,
    rule.agentApprovals > rule.approvals && `${rule.agentApprovals} where an agent wrote any of it`,
    rule.codeOwners && 'code owners must approve',
    rule.checks.length > 0 && `${rule.checks.map(({ name }) => name).join(', ')} must pass`,
    rule.resolveThreads && 'every thread must be resolved',
    rule.linearHistory && 'no merge commits',
    rule.signedCommits && 'only signed commits',
    rule.push === 'tap' && 'pushes wait for a tap',
    rule.push === 'tap-or-signed' && 'pushes wait for a tap or are signed',
    rule.bypass.length > 0 && 'some may merge past it in an emergency',
  ].filter((word) => word !== false)
  const methods = rule.methods.map((method) => methodWords[method].label.toLowerCase())
  return [asked.length === 0 ? 'A tap, and nothing more' : asked.join('; '), `By ${either.format(methods)}`]
}
