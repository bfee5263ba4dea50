import { catalogue } from '../../src/policy/catalogue.ts'
import type { Policy, Rule } from '../../src/policy/rule.ts'
import type { PolicyChanged, PolicyView } from '../../src/guardrails/shapes.ts'
import type { Person } from '../../src/walk/person.ts'

/** A rule of the catalogue, as its switch makes it. @throws where there is none of this id */
export function shipped(id: string, more: Partial<Rule> = {}): Rule {
  const found = catalogue.find(({ rule }) => rule.id === id)
  if (found === undefined) throw new Error(`no rule ${id} ships`)
  return { ...found.rule, ...more }
}

export const readPolicy = (person: Person): Promise<PolicyView> => person.call('GET', '/policy')

/** Replaces all rules, with a tap. */
export async function setRules(
  person: Person,
  rules: Rule[],
  more: { basedOn?: number; policy?: Partial<Policy> } = {},
): Promise<PolicyChanged> {
  const { version, policy } = await readPolicy(person)
  return person.act('PUT', '/policy', {
    basedOn: more.basedOn ?? version,
    policy: { ...policy, ...more.policy, rules },
  })
}
