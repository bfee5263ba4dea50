import { paths } from '../../paths.ts'

/** Safari, unlike other browsers, asks the system for `*.localhost`, which knows none of them. */
export const resolvesNoLocalhost = (userAgent: string): boolean =>
  /\bVersion\/[\d.]+ (?:Mobile\/\w+ )?Safari\//.test(userAgent) && !/Chrom|Android/.test(userAgent)

/** Where a link to a tool leads: to the tool, or, where the browser would not find it, to the page that helps. */
export function firstStop(opensAt: string, userAgent: string): string {
  const host = URL.parse(opensAt)?.hostname ?? ''
  return host.endsWith('.localhost') && resolvesNoLocalhost(userAgent) ? paths.routeEntry(host) : opensAt
}
