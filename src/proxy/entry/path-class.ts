import { type CompiledPolicy, namesMethod } from '../../policy/compile.ts'
import { compileGlob } from '../../policy/glob.ts'
import type { Route } from '../route.ts'

interface Narrowing {
  paths: readonly ((path: string) => boolean)[] | undefined
  methods: readonly string[] | undefined
}

/** Two requests of one class are judged alike: the same rules, of the route and of the policy, look at their path and method. */
type PathClass = (asked: { path: string; method: string }) => string

const known = new WeakMap<Route, { policy: CompiledPolicy; classOf: PathClass }>()

/** Read once for each route and policy. */
export function pathClassOf(route: Route, policy: CompiledPolicy): PathClass {
  const found = known.get(route)
  if (found?.policy === policy) return found.classOf
  const rules = [
    ...route.rules,
    ...(policy.byAct.get('application.use') ?? []),
    ...(policy.byAct.get('application.call') ?? []),
  ]
  const narrowing = rules.flatMap(({ rule: { where } }): Narrowing[] =>
    where?.paths === undefined && where?.methods === undefined
      ? []
      : [{ paths: where.paths?.map(compileGlob), methods: where.methods }],
  )
  const classOf: PathClass = ({ path, method }) => {
    let bits = ''
    for (const { paths, methods } of narrowing)
      bits +=
        (paths === undefined || paths.some((isPath) => isPath(path))) &&
        (methods === undefined || namesMethod(methods, method))
          ? '1'
          : '0'
    return bits
  }
  known.set(route, { policy, classOf })
  return classOf
}

const publicPaths = new WeakMap<Route, readonly ((path: string) => boolean)[]>()

/** Where nobody is asked who they are. */
export function isPublicPath(route: Route, path: string): boolean {
  if (route.settings.publicPaths === undefined) return false
  let globs = publicPaths.get(route)
  if (globs === undefined) publicPaths.set(route, (globs = route.settings.publicPaths.map(compileGlob)))
  return globs.some((isPath) => isPath(path))
}
