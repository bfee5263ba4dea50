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
  /** How much of the file of routes keeps it from being followed. */
  routesFile(problems: number): void
  /** What went through the routes of the proxy, by their short names; asked for when somebody looks. */
  watchRoutes(read: () => readonly RouteCount[]): void
  /** Connections over SSH that are open; asked for when somebody looks. */
  watchSsh(readOpen: () => number): void
  /** The exposition format of Prometheus. */
  render(): Promise<{ contentType: string; text: string }>
  close(): void
}

export interface RouteCount {
  route: string
  /** By class, `2xx` and so on; `failed` where the upstream gave none. */
  answers: Readonly<Record<string, number>>
  isUp: boolean | undefined
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
  const routesFile = new Gauge({
    name: 'postern_routes_file_problems',
    help: 'Problems of routes.yaml; while there are any, what stood in it before is in force',
    registers,
  })
  const causeOf = atMost(200)
  const ruleOf = atMost(1000)
  let isWatched = false

  return {
    request: ({ method, route, status, seconds }) => requests.observe({ method, route, status }, seconds),
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
    routesFile: (problems) => routesFile.set(problems),
    watchRoutes(read) {
      registry.registerMetric(routeAnswers(read))
      registry.registerMetric(routeUp(read))
    },
    watchSsh: (readOpen) => registry.registerMetric(sshOpen(readOpen)),
    async render() {
      // Watching the event loop wakes an idle process a hundred times a second: not before somebody looks.
      if (!isWatched) collectDefaultMetrics({ register: registry })
      isWatched = true
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
    close: () => registry.clear(),
  }
}

const routeAnswers = (read: () => readonly RouteCount[]) =>
  new Counter({
    name: 'postern_route_answers_total',
    help: 'Answers of upstreams by route and class; failed: none came',
    labelNames: ['route', 'status'],
    registers: [],
    collect() {
      this.reset()
      for (const { route, answers } of read())
        for (const [status, count] of Object.entries(answers)) this.inc({ route, status }, count)
    },
  })

const routeUp = (read: () => readonly RouteCount[]) =>
  new Gauge({
    name: 'postern_route_up',
    help: 'Whether the upstream of a route answered last: 1 or 0; nothing where nobody knows',
    labelNames: ['route'],
    registers: [],
    collect() {
      this.reset()
      for (const { route, isUp } of read()) if (isUp !== undefined) this.set({ route }, isUp ? 1 : 0)
    },
  })

const sshOpen = (readOpen: () => number) =>
  new Gauge({
    name: 'postern_ssh_connections_open',
    help: 'Connections over SSH that are open, with those that have not proven anything yet',
    registers: [],
    collect() {
      this.set(readOpen())
    },
  })

/** Rules come and go while the process lives: names beyond the first so many are counted as one. */
function atMost(count: number): (name: string) => string {
  const seen = new Set<string>()
  return (name) => {
    if (seen.size < count) seen.add(name)
    return seen.has(name) ? name : 'other'
  }
}
