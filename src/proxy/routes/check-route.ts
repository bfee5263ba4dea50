import type { RouteSettings } from '../route-settings.ts'
import { checkHeaders } from './check-headers.ts'
import { checkRouteRules } from './check-route-rules.ts'
import { checkUpstream } from './check-upstream.ts'
import { findHostProblem, readHostName, type RouteSite } from './host-name.ts'
import type { RouteFindings } from './route-problem.ts'

/** What a route is checked against, beside itself. */
export interface RouteSurroundings {
  site: RouteSite
  /** Names of the groups there are; null where nobody knows, as without the server's data. */
  groups: ReadonlySet<string> | null
  /** The same of connectors. */
  connectors: ReadonlySet<string> | null
  /** Whether browsers will find a certificate for a host; a sentence that says what to do where not. */
  findCertificateProblem?: (host: string) => string | undefined
}

/**
 * Everything wrong with a route beyond its form: one judge for the console, the API and `routes.yaml`. Returns its host
 * as it is kept.
 */
export function checkRoute(
  { host: written, settings }: { host: string; settings: RouteSettings },
  { site, groups, connectors, findCertificateProblem }: RouteSurroundings,
): RouteFindings & { host: string } {
  const host = readHostName(written) ?? ''
  const problem =
    host === ''
      ? `“${written.slice(0, 80)}” is not a host name such as wiki.example.com, without port, path or a dot at its end.`
      : findHostProblem(host, site)
  const upstream = checkUpstream(host, settings, site)
  const rules = checkRouteRules(settings, groups)
  const certificate = problem === undefined ? findCertificateProblem?.(host) : undefined
  return {
    host,
    problems: [
      ...(problem === undefined ? [] : [{ path: ['host'], message: problem }]),
      ...upstream.problems,
      ...(settings.connector === undefined || connectors === null || connectors.has(settings.connector)
        ? []
        : [{ path: ['connector'], message: `There is no connector ${settings.connector}.` }]),
      ...checkHeaders(settings),
      ...rules.problems,
    ],
    warnings: [
      ...(certificate === undefined ? [] : [{ path: ['host'], message: certificate }]),
      ...upstream.warnings,
      ...rules.warnings,
    ],
  }
}
