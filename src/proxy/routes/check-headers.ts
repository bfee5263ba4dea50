import type { RouteSettings } from '../route-settings.ts'
import type { RouteProblem } from './route-problem.ts'

/** RFC 9110 §7.6.1, RFC 9112: what each connection says for itself, or how long a message is. */
const framing = [
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]
/** What the proxy says of each request by itself. */
const said = ['host', 'cookie', 'forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip']

const taken: Record<'identityHeaders' | 'requestHeaders' | 'responseHeaders', ReadonlySet<string>> = {
  identityHeaders: new Set([...framing, ...said, 'authorization', 'content-type', 'content-encoding', 'origin']),
  requestHeaders: new Set([...framing, ...said]),
  responseHeaders: new Set([...framing, 'set-cookie', 'permissions-policy', 'content-encoding', 'content-range']),
}

/** Headers that no route can set, those named twice, and values that no header can hold. */
export function checkHeaders(settings: RouteSettings): RouteProblem[] {
  const kinds = ['identityHeaders', 'requestHeaders', 'responseHeaders'] as const
  const toUpstream = new Set<string>()
  return kinds.flatMap((kind) => {
    const seen = kind === 'responseHeaders' ? new Set<string>() : toUpstream
    return Object.entries(settings[kind] ?? {}).flatMap(([name, value]) => {
      // Tools that read headers as variables take both for one.
      const folded = name.toLowerCase().replaceAll('_', '-')
      const problems = [
        ...(taken[kind].has(folded) || folded.startsWith('x-postern-')
          ? [`The header ${name} cannot be set here: ${whyTaken(folded)}`]
          : []),
        ...(seen.has(folded) ? [`The header ${name} is set twice.`] : []),
        // RFC 9110 §5.5, without what only some tools can read.
        ...(kind !== 'identityHeaders' && !/^[\t\x20-\x7e]*$/.test(value)
          ? [`The value of ${name} has characters that do not belong into a header.`]
          : []),
      ]
      seen.add(folded)
      return problems.map((message) => ({ path: [kind, name], message }))
    })
  })
}

const whyTaken = (name: string): string =>
  framing.includes(name) ? 'it belongs to the connection.' : 'it is set by the proxy itself.'
