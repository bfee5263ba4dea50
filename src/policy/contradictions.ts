import { type ActName, acts } from './acts.ts'
import { categories } from './category.ts'
import type { PolicyProblem } from './policy-problem.ts'
import { namesAct } from './compile.ts'
import { compileNetworks } from './networks.ts'
import type { Rule } from './rule.ts'

const nobody = 'Whom both concern, nothing would let in.'
const actNames = Object.keys(acts) as ActName[]

/**
 * Pairs of rules that nobody they both concern could ever meet: kinds of keys that exclude each other, networks that
 * have no address in common. Only what is certain is named; who else a draft locks out is for its review to show.
 */
export function findContradictions(rules: readonly Rule[]): PolicyProblem[] {
  const enforced = rules.filter(({ mode }) => mode === 'enforce')
  return enforced.flatMap((rule, index) =>
    enforced.slice(index + 1).flatMap((other) => {
      const both = excludeKeys(rule, other) ?? excludeNetworks(rule, other) ?? excludePermission(rule, other)
      return both === undefined || !overlap(rule, other)
        ? []
        : [
            {
              rule: other.id,
              message: `It contradicts “${rule.title}”: ${both}`,
            },
          ]
    }),
  )
}

/** Whether there can be somebody, doing something somewhere, whom both name. */
function overlap(one: Rule, other: Rule): boolean {
  const isShared = coversAll(one) || coversAll(other) || meet(termsOf(one), termsOf(other))
  const isSameAct = actNames.some((act) => namesAct(one, act) && namesAct(other, act))
  return isShared && isSameAct && meetWhere(one, other)
}

/** Every rule but one about agents alone names people. */
const coversAll = ({ who }: Rule): boolean => who.includes('everyone') || who.includes('people')

const termsOf = ({ who }: Rule): string[] => who.flatMap((one) => (one === 'guests' ? [one, 'role:guest'] : [one]))

function meetWhere({ where: one = {} }: Rule, { where: other = {} }: Rule): boolean {
  const pairs = [
    [one.repositories, other.repositories],
    [one.branches, other.branches],
    [one.networks, other.networks],
    [one.applications, other.applications],
    [one.methods, other.methods],
    [one.paths, other.paths],
  ]
  return pairs.every(([left, right]) => left === undefined || right === undefined || meet(left, right))
}

const meet = (one: readonly string[], other: readonly string[]): boolean => one.some((term) => other.includes(term))

/** A permission that another rule takes back from everybody it names would look as if it let them in. */
function excludePermission(one: Rule, other: Rule): string | undefined {
  const [permitting, asking] = one.permits === undefined ? [other, one] : [one, other]
  if (permitting.permits === undefined || asking.permits !== undefined) return undefined
  const { strength, models } = asking.requires
  if (strength === undefined && models === undefined) return undefined
  return 'one lets people in with a password, the other asks the same people for a key, and that wins.'
}

/** By categories alone: whether a model belongs to one is not known here. */
function excludeKeys({ requires: { models: one } }: Rule, { requires: { models: other } }: Rule): string | undefined {
  if (one === undefined || other === undefined) return undefined
  const terms = [...(one.allow ?? []), ...(other.allow ?? [])]
  if (terms.some((term) => !(categories as readonly string[]).includes(term))) return undefined
  const left = categories.filter((category) =>
    [one, other].every(
      ({ allow, deny }) => (allow === undefined || allow.includes(category)) && deny?.includes(category) !== true,
    ),
  )
  return left.length > 0 ? undefined : `together they leave no kind of key. ${nobody}`
}

function excludeNetworks({ requires: one }: Rule, { requires: other }: Rule): string | undefined {
  const [left, right] = [one.networks, other.networks]
  if (left === undefined || right === undefined) return undefined
  return reach(left, right) || reach(right, left) ? undefined : `they have no network in common. ${nobody}`
}

/** Two ranges are apart, or one holds the other: so the first address of one lies in the other, or they never meet. */
function reach(ranges: readonly string[], firsts: readonly string[]): boolean {
  const matches = compileNetworks(ranges)
  return firsts.some((range) => matches(range.split('/')[0] ?? ''))
}
