import type { CompiledPolicy } from '../../policy/compile.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import type { Rule } from '../../policy/rule.ts'
import type { Route } from '../route.ts'

/** What of a request decides on some route, so that the upstream must not take it for something else. */
export interface JudgedParts {
  paths: boolean
  methods: boolean
}

/** Whether any rule, of the route or of the policy in force, looks at paths or methods there. */
export function judgedParts({ application, rules, settings }: Route, { policy }: CompiledPolicy): JudgedParts {
  const concerns = ({ mode, where }: Rule): boolean =>
    mode !== 'off' && (where?.applications === undefined || where.applications.includes(application.slug))
  const all = [...rules.map(({ rule }) => rule), ...policy.rules.filter(concerns)]
  return {
    paths: settings.publicPaths !== undefined || all.some(({ where }) => where?.paths !== undefined),
    methods: all.some(({ where }) => where?.methods !== undefined),
  }
}

/** The same for each request, worked out once: a route and a policy are other objects after each change. */
export function rememberJudged(policy: Pick<PolicyInForce, 'current'>): (route: Route) => JudgedParts {
  const judgedBy = new WeakMap<CompiledPolicy, WeakMap<Route, JudgedParts>>()
  return (route) => {
    const compiled = policy.current()
    let known = judgedBy.get(compiled)
    if (known === undefined) judgedBy.set(compiled, (known = new WeakMap()))
    let parts = known.get(route)
    if (parts === undefined) known.set(route, (parts = judgedParts(route, compiled)))
    return parts
  }
}
