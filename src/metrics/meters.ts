import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

export interface Meters {
  /** One answered request; `route` is its template, `status` a class such as `2xx`. */
  request(answered: { method: string; route: string; status: string; seconds: number }): void
  /** One ended ceremony; `cause` is the code of the problem, `none` where it succeeded. */
  ceremony(ended: { kind: CeremonyKind; outcome: 'done' | 'refused' | 'failed'; cause: string }): void
  /** One decision of the policy; `rule` is the id of the rule that decided. */
  decision(made: { act: string; outcome: string; rule: string }): void
  sealRequest(outcome: 'held' | 'sealed' | 'refused' | 'withdrawn'): void
  breakGlassUsed(): void
  /** One request refused because there were too many. */
  rateLimited(limit: string, scope: string): void
  gitOperation(operation: GitOperation): void
  /** Counts as running until what it returns is called. */
  gitBegun(operation: GitOperation): () => void
  /** A push waits for its person's tap until what it returns is called with what came of it. */
  pushHeld(): (outcome: string) => void
  /** The exposition format of Prometheus. */
  render(): Promise<{ contentType: string; text: string }>
  close(): void
}

export type CeremonyKind = 'registration' | 'sign-in' | 'seal'
export type GitOperation = 'fetch' | 'push'

/** From a lookup to a long clone. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600]

/**
 * `metrics/` owns the counters of this process and shows them to whoever operates it. It knows no person, no name and no
 * address, and decides nothing. Every label is one of a list that the code closes.
 */
export function createMeters({ countOpenSealRequests }: { countOpenSealRequests: () => Promise<number> }): Meters {
  const registry = new Registry()
  const registers = [registry]
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name: `postern_${name}`, help, labelNames, registers })

  const requests = new Histogram({
    name: 'postern_http_request_duration_seconds',
    help: 'Answered HTTP requests by route, git transfers included',
    labelNames: ['method', 'route', 'status'],
    buckets,
    registers,
  })
  const ceremonies = counter('ceremonies_total', 'Ended ceremonies', ['kind', 'outcome', 'cause'])
  const decisions = counter('decisions_total', 'Decisions by the rule that made them', ['act', 'outcome', 'rule'])
  const sealRequests = counter('seal_requests_total', 'Acts held for a tap, and what came of them', ['outcome'])
  const glass = counter('break_glass_used_total', 'Break-glass codes used: somebody is to look at once', [])
  const limited = counter('rate_limited_total', 'Requests refused as too many', ['limit', 'scope'])
  const git = counter('git_operations_total', 'Fetches and clones begun; pushes answered, refused ones included', [
    'operation',
  ])
  const running = new Gauge({
    name: 'postern_git_operations_running',
    help: 'Transfers under way',
    labelNames: ['operation'],
    registers,
  })
  const held = new Gauge({ name: 'postern_pushes_held', help: 'Pushes that wait for a tap now', registers })
  const heldPushes = counter('held_pushes_total', 'Pushes that waited for a tap, and what came of them', ['outcome'])
  const open = new Gauge({
    name: 'postern_seal_requests_open',
    help: 'Acts that wait for a tap now',
    registers: [],
    async collect() {
      // The other figures are worth most while the store is away.
      this.set(await countOpenSealRequests().catch(() => Number.NaN))
    },
  })
  registry.registerMetric(open)
  const causeOf = atMost(200)
  const ruleOf = atMost(1000)
  let isWatched = false

  return {
    request: ({ seconds, ...labels }) => requests.observe(labels, seconds),
    ceremony: ({ kind, outcome, cause }) => ceremonies.inc({ kind, outcome, cause: causeOf(cause) }),
    decision: ({ act, outcome, rule }) => decisions.inc({ act, outcome, rule: ruleOf(rule) }),
    sealRequest: (outcome) => sealRequests.inc({ outcome }),
    breakGlassUsed: () => glass.inc(),
    rateLimited: (limit, scope) => limited.inc({ limit, scope }),
    gitOperation: (operation) => git.inc({ operation }),
    gitBegun(operation) {
      running.inc({ operation })
      return () => running.dec({ operation })
    },
    pushHeld() {
      held.inc()
      return (outcome) => {
        held.dec()
        heldPushes.inc({ outcome })
      }
    },
    async render() {
      // Watching the event loop wakes an idle process a hundred times a second: not before somebody looks.
      if (!isWatched) collectDefaultMetrics({ register: registry })
      isWatched = true
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
    close: () => registry.clear(),
  }
}

/** Rules come and go while the process lives: names beyond the first so many are counted as one. */
function atMost(count: number): (name: string) => string {
  const seen = new Set<string>()
  return (name) => {
    if (seen.size < count) seen.add(name)
    return seen.has(name) ? name : 'other'
  }
}
