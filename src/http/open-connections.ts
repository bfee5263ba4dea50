import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Bunch, type Held } from './bunch.ts'
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
interface Unknown {
  missed: Set<string> | 'everybody' | undefined
}

const hasMissed = ({ missed }: Unknown, accounts: readonly string[]): boolean =>
  missed !== undefined && accounts.some((account) => missed === 'everybody' || missed.has(account))

/** Accounts that have nothing open are forgotten when there are more than twice as many as last time, and not before. */
const leastForgotten = 1000

/**
 * Which connections are open for whom, so that they can be cut when access ends. A request counts from when it is known
 * who asks, before its body is read, until its answer has left; one that ends somebody's access is not cut before it has
 * said so. What was cut before its handler began is never carried out.
 */
export function trackConnections(
  app: FastifyInstance,
  parts: { accountsOf: (request: FastifyRequest) => readonly string[] },
): OpenConnections {
  const open = new Map<string, Bunch<() => void>>()
  let forgetAt = leastForgotten
  // Of which it is being found out who asks: no cut misses them, and none is remembered for longer than that takes.
  const unknown = new Bunch<Unknown>()
  const asking = new WeakMap<FastifyRequest, Held<Unknown>>()
  const isCut = new WeakSet<FastifyRequest>()

  app.addHook('onRequest', (request, reply, done) => {
    const mine = unknown.add({ missed: undefined })
    asking.set(request, mine)
    reply.raw.once('close', () => unknown.delete(mine))
    done()
  })
  app.addHook('preParsing', (request, reply, _body, done) => {
    const mine = asking.get(request)
    if (mine !== undefined) unknown.delete(mine)
    const accounts = parts.accountsOf(request)
    const cut = (): void => {
      isCut.add(request)
      request.raw.socket.destroy()
    }
    if (accounts.length > 0 && !reply.raw.closed) reply.raw.once('close', track(accounts, cut))
    if (mine !== undefined && hasMissed(mine.thing, accounts)) cut()
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

  function ofAccount(account: string): Bunch<() => void> {
    let here = open.get(account)
    if (here !== undefined) return here
    if (open.size >= forgetAt) {
      for (const [each, { size }] of open) if (size === 0) open.delete(each)
      forgetAt = Math.max(leastForgotten, open.size * 2)
    }
    open.set(account, (here = new Bunch()))
    return here
  }

  function track(accounts: readonly string[], cut: () => void): () => void {
    const held = accounts.map((account) => {
      const here = ofAccount(account)
      return { here, mine: here.add(cut) }
    })
    return () => {
      for (const { here, mine } of held) here.delete(mine)
    }
  }

  return {
    cut(account) {
      for (const each of unknown.list())
        if (each.missed !== 'everybody') each.missed = (each.missed ?? new Set()).add(account)
      const here = open.get(account)?.list() ?? []
      for (const cut of here) cut()
      return here.length
    },
    cutAll() {
      for (const each of unknown.list()) each.missed = 'everybody'
      for (const account of open.keys()) this.cut(account)
    },
    count: (account) => open.get(account)?.size ?? 0,
    track,
    asking() {
      const mine = unknown.add({ missed: undefined })
      return {
        drop: () => unknown.delete(mine),
        track(accounts, cut) {
          unknown.delete(mine)
          const untrack = track(accounts, cut)
          if (hasMissed(mine.thing, accounts)) cut()
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
