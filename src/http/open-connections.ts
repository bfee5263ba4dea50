import type { FastifyInstance, FastifyRequest } from 'fastify'

export interface OpenConnections {
  /** Cuts everything this account has open here: requests, streams, clones and pushes in flight. Returns how many. */
  cut(accountId: string): number
  /** The same for everybody who is known. */
  cutAll(): void
  count(accountId: string): number
  /** For what is no request: cut when one of these accounts ends, until the returned function says that it is over. */
  track(accountIds: readonly string[], cut: () => void): () => void
}

const mostRemembered = 1_000

/**
 * Which connections are open for whom, so that they can be cut when access ends. A request counts from when it is known
 * who asks until its answer has left; one that ends somebody's access is not cut before it has said so.
 */
export function trackConnections(
  app: FastifyInstance,
  parts: { accountsOf: (request: FastifyRequest) => readonly string[] },
): OpenConnections {
  const open = new Map<string, Set<() => void>>()
  // Cuts are counted, so that a request which was let in just before one is not missed by it.
  const lastCuts = new Map<string, number>()
  const began = new WeakMap<FastifyRequest, number>()
  let cuts = 0

  app.addHook('onRequest', async (request) => void began.set(request, cuts))
  app.addHook('preHandler', async (request, reply) => {
    const cut = (): void => void request.raw.socket.destroy()
    const accounts = parts.accountsOf(request)
    const over = track(accounts, cut)
    if (accounts.some((account) => (lastCuts.get(account) ?? 0) > (began.get(request) ?? 0))) cut()
    if (accounts.length > 0) reply.raw.once('close', over)
  })

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

  /** The newest come last; a request that is older than so many cuts has long been known. */
  function remember(account: string): void {
    lastCuts.delete(account)
    lastCuts.set(account, cuts)
    const [oldest] = lastCuts.keys()
    if (lastCuts.size > mostRemembered && oldest !== undefined) lastCuts.delete(oldest)
  }

  return {
    cut(account) {
      cuts += 1
      remember(account)
      const here = [...(open.get(account) ?? [])]
      for (const cut of here) cut()
      return here.length
    },
    cutAll() {
      for (const account of open.keys()) this.cut(account)
    },
    count: (account) => open.get(account)?.size ?? 0,
    track,
  }
}
