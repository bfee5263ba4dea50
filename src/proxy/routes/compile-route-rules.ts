import type { CompiledRule } from '../../policy/compiled-rule.ts'
import { compileRules } from '../../policy/compile.ts'
import type { Rule } from '../../policy/rule.ts'
import type { RouteRule } from '../route-settings.ts'

/**
 * The rules that stand with a route, one for each and in their order, as the policy's own are read. Which groups alone
 * may go somewhere is no proof of anything, and stays with the settings.
 */
export const compileRouteRules = (slug: string, rules: readonly RouteRule[] = []): CompiledRule[] =>
  compileRules(rules.map((rule, index) => ruleOf(slug, rule, index)))

function ruleOf(slug: string, { title, paths, methods, networks, requires = {} }: RouteRule, index: number): Rule {
  const where = {
    ...(paths === undefined ? {} : { paths }),
    ...(methods === undefined ? {} : { methods }),
    ...(networks === undefined ? {} : { networks }),
  }
  return {
    id: `route:${slug}:${index + 1}`,
    title,
    mode: 'enforce',
    who: ['everyone'],
    does: ['application.use', 'application.call'],
    ...(Object.keys(where).length === 0 ? {} : { where }),
    requires,
  }
}
