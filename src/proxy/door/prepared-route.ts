import type { Entry } from '../entry.ts'
import type { Route } from '../route.ts'
import { droppedFromAnswers, isStripped } from './stripped-headers.ts'

/** What carrying a request of a route takes, worked out once instead of with each. */
export interface PreparedRoute {
  route: Route
  upstream: URL
  isHostKept: boolean
  /** The name of a request's header in small letters, as the upstream gets it; undefined where it does not. */
  passedName(name: string): string | undefined
  /** Set on each request and each answer, as flat lists of names and values. */
  requestHeaders: readonly string[]
  responseHeaders: readonly string[]
  /** In small letters: which of an answer's headers do not get through. */
  isDropped(name: string): boolean
  headersTimeoutMs: number
  bodyTimeoutMs: number
}

const mostNames = 500

export function prepareRoute(route: Route, entry: Pick<Entry, 'ownHeaders'>): PreparedRoute {
  const { upstream, keepHost = true, timeouts, requestHeaders = {}, responseHeaders = {} } = route.settings
  const url = new URL(upstream)
  const set = fold([...entry.ownHeaders(route), ...Object.keys(requestHeaders)])
  const replaced = new Set(Object.keys(responseHeaders).map((name) => name.toLowerCase()))
  // Names come from whoever asks: what is remembered of them is bounded.
  const known = new Map<string, string | undefined>()
  const judge = (name: string): string | undefined => {
    const lower = name.toLowerCase()
    return isStripped(lower) || set.has(lower) ? undefined : lower
  }
  return {
    route,
    upstream: url,
    isHostKept: keepHost,
    passedName(name) {
      const found = known.get(name)
      if (found !== undefined || known.has(name)) return found
      const passed = judge(name)
      if (known.size < mostNames) known.set(name, passed)
      return passed
    },
    requestHeaders: Object.entries(requestHeaders).flat(),
    responseHeaders: Object.entries(responseHeaders).flat(),
    isDropped: (name) => droppedFromAnswers.has(name) || replaced.has(name),
    headersTimeoutMs: (timeouts?.answerSeconds ?? 60) * 1000,
    bodyTimeoutMs: (timeouts?.idleSeconds ?? 300) * 1000,
  }
}

const fold = (names: readonly string[]): ReadonlySet<string> =>
  new Set(names.map((name) => name.toLowerCase().replaceAll('_', '-')))
