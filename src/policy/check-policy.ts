import { isOnBranch, isPlaced } from './act-places.ts'
import { type ActName, acts, isActName } from './acts.ts'
import { categories } from './category.ts'
import { namesAct } from './compile.ts'
import { findContradictions } from './contradictions.ts'
import { longestPermitDays } from './lower-floor.ts'
import { compileNetworks } from './networks.ts'
import { findPathProblem } from './path-pattern.ts'
import type { PolicyProblem } from './policy-problem.ts'
import type { Policy, Rule, RulePermission } from './rule.ts'

/** What exists, so that a rule about nobody is not taken for a rule. */
export interface KnownNames {
  usernames: ReadonlySet<string>
  groups: ReadonlySet<string>
  /** Ids of projects and repositories. */
  places: ReadonlySet<string>
  /** Short names of applications. */
  applications: ReadonlySet<string>
  /** Those of them that only ask who somebody is: what goes on there passes nobody here. */
  askingOnly: ReadonlySet<string>
}

/** Acts that a rule alone can hold for a tap; every other either has one of its own, or nobody who could tap. */
const heldActs: readonly ActName[] = ['push', 'tag']

/** Acts that happen at an application. */
const usingActs: readonly ActName[] = ['application.use', 'application.call']

/** Where each part has an effect; a part elsewhere would be a switch that does nothing. */
const partActs: Partial<Record<keyof Rule['requires'], readonly ActName[]>> = {
  // Whoever pushes has tapped when they came in over SSH, or not at all.
  freshnessSeconds: ['session', 'push', 'tag', 'application.use'],
  people: ['guardrail.change'],
  sessionIdleSeconds: ['session'],
  sessionAbsoluteSeconds: ['session'],
  tokenLifetimeDays: ['token.create', 'token.use'],
}
const partWords: Record<keyof Rule['requires'], string> = {
  strength: 'a strength',
  freshnessSeconds: 'the age of a tap',
  people: 'several people',
  models: 'kinds of keys',
  networks: 'networks',
  sessionIdleSeconds: 'an idle limit',
  sessionAbsoluteSeconds: 'an absolute limit',
  tokenLifetimeDays: 'a token’s lifetime',
}

/**
 * Everything wrong with a policy beyond its form: names nobody has, parts without effect, what nobody could ever meet.
 * @param at now: from here on a permission is counted
 */
export function checkPolicy(policy: Policy, known: KnownNames, at: number): PolicyProblem[] {
  const seen = new Set<string>()
  const problems = policy.rules.flatMap((rule) => {
    const messages = [
      ...(seen.has(rule.id) ? [`There are two rules with the id ${rule.id}.`] : []),
      ...unknownNames(rule, known),
      ...(rule.permits === undefined ? asksNothing(rule) : badPermission(rule, rule.permits, at)),
      ...withoutEffect(rule),
      ...unseen(rule, known),
      ...boundTap(rule),
      ...badGrace(rule),
      ...neverMet(rule),
    ]
    seen.add(rule.id)
    return messages.map((message) => ({ rule: rule.id, message }))
  })
  const faulty = new Set(problems.map(({ rule }) => rule))
  return [...problems, ...findContradictions(policy.rules.filter(({ id }) => !faulty.has(id)))]
}

function unknownNames({ who, does, where }: Rule, known: KnownNames): string[] {
  const after = (kind: string): string[] =>
    who.flatMap((one) => (one.startsWith(`${kind}:`) ? [one.slice(kind.length + 1)] : []))
  const networks = where?.networks ?? []
  return [
    ...after('user').flatMap((name) => (known.usernames.has(name) ? [] : [`There is nobody named ${name}.`])),
    ...after('group').flatMap((name) => (known.groups.has(name) ? [] : [`There is no group ${name}.`])),
    ...(where?.repositories ?? []).flatMap((id) =>
      known.places.has(id) ? [] : [`There is no project or repository ${id}.`],
    ),
    ...(where?.applications ?? []).flatMap((slug) =>
      known.applications.has(slug) ? [] : [`There is no application with the short name ${slug}.`],
    ),
    ...(where?.paths ?? []).flatMap((path) => findPathProblem(path) ?? []),
    ...does.flatMap((name) => (isKnownAct(name) ? [] : [`There is no act ${name}.`])),
    ...badRanges(networks),
  ]
}

const isKnownAct = (name: string): boolean =>
  name === '*' || isActName(name) || (name.endsWith('.*') && namedBy({ does: [name] }).length > 0)

const namedBy = (rule: Pick<Rule, 'does'>): ActName[] =>
  (Object.keys(acts) as ActName[]).filter((act) => namesAct(rule, act))

function badRanges(ranges: readonly string[]): string[] {
  try {
    compileNetworks(ranges)
    return []
  } catch (error) {
    return [(error as Error).message]
  }
}

function withoutEffect(rule: Rule): string[] {
  const named = namedBy(rule)
  const { where, requires, who } = rule
  const needsPlace = where?.repositories !== undefined || where?.branches !== undefined
  const needsUse = where?.applications !== undefined || where?.paths !== undefined || where?.methods !== undefined
  const onlyByPlace = who.every((one) => one.startsWith('repository-role:'))
  return [
    ...Object.keys(requires).flatMap((key) => {
      const part = key as keyof Rule['requires']
      // A tap bound to the act is `boundTap`'s to judge.
      const where = part === 'freshnessSeconds' && requires[part] === 0 ? undefined : partActs[part]
      if (where === undefined || named.some((act) => where.includes(act))) return []
      const words = where.map((act) => acts[act]).join(' or ')
      return [`A rule about ${partWords[part]} has an effect only where people ${words}.`]
    }),
    ...(needsUse && !named.some((act) => usingActs.includes(act))
      ? ['None of these acts happens at an application, so the rule would never apply.']
      : []),
    ...(needsUse && needsPlace
      ? ['Nothing happens in a repository and at an application at once, so the rule would never apply.']
      : []),
    ...((needsPlace || onlyByPlace) && !named.some(isPlaced)
      ? ['None of these acts happens in a repository, so the rule would never apply.']
      : []),
    ...(where?.branches !== undefined && named.some(isPlaced) && !named.some(isOnBranch)
      ? ['None of these acts concerns a branch, so the rule would never apply.']
      : []),
  ]
}

/** A rule about parts of a tool that nobody sees from here would never apply, and keep nobody out. */
function unseen({ where }: Rule, { askingOnly }: KnownNames): string[] {
  const { applications, paths, methods } = where ?? {}
  if ((paths ?? methods) === undefined || applications?.every((slug) => askingOnly.has(slug)) !== true) return []
  return [
    `Paths and methods are seen only of tools behind the proxy, so the rule would never apply to ${applications.join(', ')}.`,
  ]
}

/** Freshness 0 asks for a tap bound to each single act, and there is not much that can wait for one. */
function boundTap(rule: Rule): string[] {
  const { freshnessSeconds } = rule.requires
  if (freshnessSeconds === undefined || freshnessSeconds >= 60) return []
  if (freshnessSeconds > 0)
    return ['The age of a tap is 60 seconds at least, or 0 for a tap bound to each push or tag.']
  const named = namedBy(rule)
  if (named.length > 0 && named.every((act) => heldActs.includes(act))) return []
  const words = heldActs.map((act) => acts[act]).join(' or ')
  return [`A tap for each single act (0 seconds) can be asked only of those who ${words}.`]
}

/** Only who joins a group has a day from which to count. */
function badGrace({ who, graceDays }: Rule): string[] {
  if (graceDays === undefined || who.every((one) => one.startsWith('group:'))) return []
  return ['Days to get ready are counted from joining a group: such a rule names groups and nobody else.']
}

function asksNothing({ requires }: Rule): string[] {
  return Object.keys(requires).length > 0 ? [] : ['It asks for nothing, and permits nothing.']
}

const dayMs = 86_400_000

/** A permission is narrow by construction: signing in, for named people or groups, alone in its rule, until a date. */
function badPermission(
  { who, does, requires, mode, enforceFrom, graceDays }: Rule,
  { until }: RulePermission,
  at: number,
): string[] {
  const narrow = who.every((one) => one.startsWith('group:') || one.startsWith('user:'))
  return [
    ...(does.length === 1 && does[0] === 'sign-in' ? [] : ['Only signing in can be permitted with less.']),
    ...(narrow ? [] : ['Name the groups or people who may: never everybody, and never a role.']),
    ...(Object.keys(requires).length > 0 ? ['A rule that permits cannot ask for something too: make two.'] : []),
    ...(mode === 'report' ? ['A rule that permits cannot only report: switch it on or off.'] : []),
    ...(enforceFrom === undefined && graceDays === undefined
      ? []
      : ['A rule that permits holds at once: it has an end, and no beginning.']),
    ...(until - at > longestPermitDays * dayMs
      ? [`It may last ${longestPermitDays} days at most: choose an earlier end.`]
      : []),
  ]
}

function neverMet({ requires }: Rule): string[] {
  const { models, strength, networks, sessionIdleSeconds: idle, sessionAbsoluteSeconds: absolute } = requires
  const denied = new Set(models?.deny ?? [])
  const left = (models?.allow ?? categories).filter((term) => !denied.has(term))
  const cannotCopy = strength === 'device-bound' || strength === 'attested'
  return [
    ...(left.length === 0 ? ['No kind of key is left: nobody could ever meet this rule.'] : []),
    ...(cannotCopy && left.length > 0 && left.every((term) => term === 'synced')
      ? ['It asks for a key that cannot be copied, and allows only synced passkeys.']
      : []),
    ...(idle !== undefined && absolute !== undefined && idle > absolute
      ? ['A session cannot be idle longer than it lives.']
      : []),
    ...badRanges(networks ?? []),
  ]
}
