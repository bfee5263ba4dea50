import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ProblemError } from './problem.ts'

export interface OpenConnections {
  /** Cuts everything this account has open here: requests, streams, clones and pushes in flight. Returns how many. */
  cut(accountId: string): number
  /** The same for everybody. */
  cutAll(): void
  count(accountId: string): number
  /** For what is no request: cut when one of these accounts ends, until the returned function says that it is over. */
  track(accountIds: readonly string[], cut: () => void): () => void
  /** For the same, while it is not known yet whose it is: what is cut in between is cut when it is tracked. */
  asking(): Asking
}

export interface Asking {
  track: OpenConnections['track']
  /** It turned out to be nobody's. */
  drop(): void
}

/** Whose connections were cut while it was not known yet who asks. */
type Missed = Set<string> | 'everybody'

/**
 * Which connections are open for whom, so that they can be cut when access ends. A request counts from when it is known
 * who asks, before its body is read, until its answer has left; one that ends somebody's access is not cut before it has
 * said so. What was cut before its handler began is never carried out.
 */
export function trackConnections(
  app: FastifyInstance,
  parts: { accountsOf: (request: FastifyRequest) => readonly string[] },
): OpenConnections {
  const open = new Map<string, Set<() => void>>()
  // Of which it is being found out who asks: no cut misses them, and none is remembered for longer than that takes.
  const unknown = new Map<object, Missed>()
  const isCut = new WeakSet<FastifyRequest>()

  app.addHook('onRequest', (request, reply, done) => {
    unknown.set(request, new Set())
    reply.raw.once('close', () => unknown.delete(request))
    done()
  })
  app.addHook('preParsing', (request, reply, _body, done) => {
    const missed = unknown.get(request)
    unknown.delete(request)
    const accounts = parts.accountsOf(request)
    const cut = (): void => {
      isCut.add(request)
      request.raw.socket.destroy()
    }
    if (accounts.length > 0 && !reply.raw.closed) reply.raw.once('close', track(accounts, cut))
    if (accounts.length > 0 && (missed === 'everybody' || accounts.some((account) => missed?.has(account)))) cut()
    done()
  })
  // Behind everything that a route does before its handler: each of them may have taken its time.
  app.addHook('onRoute', (route) => {
    route.preHandler = [...[route.preHandler ?? []].flat(), refuseWhatIsCut]
  })

  /** The body came whole all the same, or the answer to something asked before it did. */
  function refuseWhatIsCut(request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void {
    done(isCut.has(request) ? accessEnded() : undefined)
  }

  function track(accounts: readonly string[], cut: () => void): () => void {
    for (const account of accounts) open.set(account, (open.get(account) ?? new Set()).add(cut))
    return () => {
      for (const account of accounts) {
        const here = open.get(account)
        here?.delete(cut)
        if (here?.size === 0) open.delete(account)
      }
    }
  }

  return {
    cut(account) {
      for (const missed of unknown.values()) if (missed !== 'everybody') missed.add(account)
      const here = [...(open.get(account) ?? [])]
      for (const cut of here) cut()
      return here.length
    },
    cutAll() {
      for (const request of unknown.keys()) unknown.set(request, 'everybody')
      for (const account of open.keys()) this.cut(account)
    },
    count: (account) => open.get(account)?.size ?? 0,
    track,
    asking() {
      const mine = {}
      unknown.set(mine, new Set())
      return {
        drop: () => void unknown.delete(mine),
        track(accounts, cut) {
          const missed = unknown.get(mine)
          unknown.delete(mine)
          const untrack = track(accounts, cut)
          if (accounts.some((account) => missed === 'everybody' || missed?.has(account))) cut()
          return untrack
        },
      }
    },
  }
}

const accessEnded = (): ProblemError =>
  new ProblemError(401, 'access-ended', 'The access this was to be done with has ended.', {
    help: 'Ask an administrator.',
  })
