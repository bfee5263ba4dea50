import { categories } from '../../policy/category.ts'
import { compileNetworks } from '../../policy/networks.ts'
import { findPathProblem } from '../../policy/path-pattern.ts'
import type { RouteRule, RouteSettings } from '../route-settings.ts'
import type { RouteFindings, RouteProblem } from './route-problem.ts'

/** What a rule of a route can ask; everything else belongs to sessions, tokens and the policy. */
const parts: ReadonlySet<string> = new Set(['strength', 'freshnessSeconds', 'models', 'networks'])

/** @param groups names of those there are; null where nobody knows */
export function checkRouteRules(
  { rules = [], publicPaths = [] }: RouteSettings,
  groups: ReadonlySet<string> | null,
): RouteFindings {
  const problems: RouteProblem[] = []
  const warnings: RouteProblem[] = []
  for (const [index, rule] of rules.entries()) {
    const here = ['rules', index] as const
    const say = (part: keyof RouteRule, message: string): void => void problems.push({ path: [...here, part], message })
    for (const path of rule.paths ?? []) {
      const problem = findPathProblem(path)
      if (problem !== undefined) say('paths', problem)
      else if (path.endsWith('/*') && path !== '/*' && !rule.paths?.includes(path.slice(0, -2)))
        warnings.push({
          path: [...here, 'paths'],
          message: `${path} does not stand for ${path.slice(0, -2)} itself. Name it too, or write ${path.slice(0, -2)}*.`,
        })
    }
    for (const name of rule.groups ?? [])
      if (groups !== null && !groups.has(name)) say('groups', `There is no group ${name}.`)
    const networks = badRanges(rule.networks ?? [])
    if (networks !== undefined) say('networks', networks)
    for (const message of badRequirement(rule)) say('requires', message)
    if (rule.groups === undefined && Object.keys(rule.requires ?? {}).length === 0)
      say('title', `“${rule.title}” asks for nothing: name groups, or what it takes to come in.`)
  }
  for (const path of publicPaths) {
    const problem = findPathProblem(path)
    if (problem !== undefined) problems.push({ path: ['publicPaths'], message: problem })
    else if (path === '/*')
      warnings.push({ path: ['publicPaths'], message: 'Everything there is open to everybody who reaches it.' })
  }
  return { problems, warnings }
}

function badRequirement({ requires = {} }: RouteRule): string[] {
  const { freshnessSeconds, models, networks } = requires
  const denied = new Set(models?.deny ?? [])
  const left = (models?.allow ?? categories).filter((term) => !denied.has(term))
  const ranges = badRanges(networks ?? [])
  return [
    ...Object.keys(requires).flatMap((part) =>
      parts.has(part) ? [] : [`“${part}” cannot be asked for a part of a tool.`],
    ),
    ...(freshnessSeconds !== undefined && freshnessSeconds < 60 ? ['The age of a tap is 60 seconds at least.'] : []),
    ...(left.length === 0 ? ['No kind of key is left: nobody could ever come in.'] : []),
    ...(ranges === undefined ? [] : [ranges]),
  ]
}

function badRanges(ranges: readonly string[]): string | undefined {
  try {
    compileNetworks(ranges)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
