import type { Policy } from '../../api/shapes.ts'

/** A policy from a file, or what is wrong with the text in a sentence. Whether its rules can be meant, the server says. */
export function parsePolicy(text: string): { policy: Policy } | { problem: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { problem: `This is not JSON: ${(error as Error).message}.` }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { problem: 'A policy is a JSON object with a list of rules.' }
  const { $schema: _, ...policy } = value as Partial<Policy>
  if (policy.version !== 1) return { problem: 'A policy says "version": 1. This one does not.' }
  if (!Array.isArray(policy.rules)) return { problem: 'A policy has a list named "rules". This one does not.' }
  if (!Array.isArray(policy.refusedModelStatuses))
    return { problem: 'A policy has a list named "refusedModelStatuses". This one does not.' }
  return { policy: policy as Policy }
}

/** `policy.rules.3.requires` of a refusal, as the title of that rule and what follows. */
export function placeOfProblem(field: string, policy: Policy): { rule: string | null; rest: string } {
  const [, index, rest = ''] = /^(?:policy\.)?rules\.(\d+)\.?(.*)$/.exec(field) ?? []
  const rule = index === undefined ? undefined : policy.rules[Number(index)]
  if (!rule) return { rule: null, rest: field }
  return { rule: typeof rule.title === 'string' ? rule.title : `Rule ${Number(index) + 1}`, rest }
}
