import { isIP, isIPv4 } from 'node:net'
import rateLimit from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import type { Guard } from './access.ts'
import type { App } from './app.ts'
import { createFairTurns } from './fair-turns.ts'
import { ProblemError } from './problem.ts'
import { type Counted, createWindowCounter } from './window-counter.ts'

/**
 * What is counted, each by itself:
 * - `ceremony`: what a stranger can send to be signed in or registered, challenges included; before it is read;
 * - `anonymous`: whatever else is asked by nobody in particular;
 * - `failure`: a token that does not count, wherever it is shown, or what somebody is known by on the host of a tool;
 * - `directory`: whatever a connected directory asks, which brings thousands of people at once;
 * - `account`: what a known caller changes. Never a sign-in, so nobody can shut anybody else out.
 */
export type LimitKind = 'ceremony' | 'anonymous' | 'failure' | 'directory' | 'account'
/** Whose limit was reached: one address block's, everybody's together, or one account's. */
export type LimitScope = 'address' | 'total' | 'account'

const windowMs = 60_000

/**
 * Requests a minute, from the one number that can be set. Its default, 3000, is an office of 500 people behind one
 * address (IPv4, or an IPv6 /64) who all sign in within one minute: six ceremony requests each, where two do. Git asks
 * once without credentials before each fetch, and a page of somebody signed out asks for a few things: twice as many.
 * A job that goes on with a token that has ended fails ten times a second before it is told to wait.
 *
 * All addresses together get as much as two and a half of them: with the default 7500 challenges a minute, fewer in the
 * five minutes that one lives than the store of challenges takes, so that strangers never fill it for those who tap. The
 * last third of that is kept for addresses that ask little, so that a few floods do not shut the door on everybody else.
 */
const limitsFrom = (perAddress: number): Record<LimitKind, number> => ({
  ceremony: perAddress,
  anonymous: perAddress * 2,
  failure: Math.ceil(perAddress / 5),
  // A thousand a second, faster than any directory brings people.
  directory: perAddress * 20,
  account: Math.ceil((perAddress * 2) / 5),
})
const addressesInTotal = 2.5
const keptForQuiet = 1 / 3
const quietShare = 1 / 60

export interface RateLimits {
  /**
   * The guard that finds out who calls, with its outcome counted. Who proves who they are is never refused for what
   * others do at their address.
   */
  counting(guard: Guard): Guard
  /**
   * Counts what was shown in vain where no guard stands, before our own routes.
   * @param address of the client, by the trusted proxies' word
   * @throws 429 where that was too much
   */
  countFailure(address: string): Promise<void>
}

/**
 * Counts in memory, per node. Each limit remembers the 5000 address blocks that came last: an attacker with a million
 * of them makes it forget, not grow, and meets the limit that all share.
 */
export function limitRates(
  app: App,
  parts: {
    /** Ceremony requests a minute from one address. */
    perAddress: number
    /** The id of the known caller. */
    accountOf: (request: FastifyRequest) => string | undefined
    onRefused: (kind: LimitKind, scope: LimitScope) => void
  },
): RateLimits {
  const limits = limitsFrom(parts.perAddress)
  const byAddress = (max: number) => ({
    max,
    own: createWindowCounter(windowMs),
    mostOfAll: Math.ceil(max * addressesInTotal),
    all: createWindowCounter(windowMs),
  })
  const strangers = {
    ceremony: byAddress(limits.ceremony),
    anonymous: byAddress(limits.anonymous),
    failure: byAddress(limits.failure),
  }
  const turnOf = createFairTurns()
  const known = { account: createWindowCounter(windowMs), directory: createWindowCounter(windowMs) }

  function refuse(kind: LimitKind, scope: LimitScope, { leftMs }: Counted): never {
    parts.onRefused(kind, scope)
    throw tooMany(scope, Math.max(1, Math.ceil(leftMs / 1000)))
  }

  async function countStranger(kind: keyof typeof strangers, block: string): Promise<void> {
    const { max, own, mostOfAll, all } = strangers[kind]
    const mine = own.count(block)
    const isQuiet = Math.min(mine.count, max) <= max * quietShare
    await turnOf(block)
    if (mine.count > max) refuse(kind, 'address', mine)
    // Looked at first: what is refused here must not use up what is kept for others.
    const shared = all.peek('all')
    if (mostOfAll - shared.count <= (isQuiet ? 0 : mostOfAll * keptForQuiet)) refuse(kind, 'total', shared)
    all.count('all')
  }

  function countAccount(kind: 'account' | 'directory', account: string): void {
    const counted = known[kind].count(account)
    if (counted.count > limits[kind]) refuse(kind, 'account', counted)
  }

  // Before a body is read, and with nothing asked of the database.
  app.addHook('onRequest', (request, _reply, done) => {
    const kind = request.is404 ? 'anonymous' : isCeremony(request) ? 'ceremony' : undefined
    if (kind === undefined) done()
    else countStranger(kind, addressBlock(request)).then(() => done(), done)
  })

  return {
    countFailure: (address) => countStranger('failure', blockOf(address)),
    counting: (guard) => async (request) => {
      try {
        await guard(request)
      } catch (error) {
        if (isUnproven(error, request))
          await countStranger(
            request.headers.authorization === undefined ? 'anonymous' : 'failure',
            addressBlock(request),
          )
        throw error
      }
      const { access, isStatic } = request.routeOptions.config
      const account = parts.accountOf(request)
      if (account !== undefined) {
        if (access === 'directory') countAccount('directory', account)
        else if (access !== 'git' && !isSafe(request)) countAccount('account', account)
      } else if (isStatic !== true && access !== 'metrics' && !isCeremony(request))
        await countStranger('anonymous', addressBlock(request))
    },
  }
}

const isSafe = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS'

/** Whatever a stranger may send: sign-in, registration links, and addresses of the API that do not exist. */
const isCeremony = (request: FastifyRequest): boolean =>
  request.routeOptions.config.access === 'public' && !isSafe(request)

/** The guard did not learn who calls; every other refusal is about somebody it knows. */
const isUnproven = (error: unknown, request: FastifyRequest): boolean =>
  error instanceof ProblemError &&
  (error.status === 401 || error.code === 'foreign-origin' || request.routeOptions.config.access === 'metrics')

// A proxy's word may be no address at all, and as long as a header.
export const addressBlock = ({ ip, socket }: FastifyRequest): string =>
  blockOf(isIP(ip) === 0 ? (socket.remoteAddress ?? '') : ip)

/** An IPv4 address, also in IPv6's clothes, or the /64 that one IPv6 customer has. */
const blockOf = (address: string): string => (isIPv4(address) ? address : rateLimit.normalizeIP(address, 64))

const sentences: Record<LimitScope, string> = {
  address: 'Too many requests come from your address at this moment.',
  total: 'Too many people are asking at this moment.',
  account: 'Too many changes are made in your name at this moment.',
}

const tooMany = (scope: LimitScope, seconds: number): ProblemError =>
  new ProblemError(429, 'too-many-requests', sentences[scope], {
    help: seconds === 1 ? 'Try again in a second.' : `Try again in ${seconds} seconds.`,
    // RFC 9110 §10.2.3
    headers: { 'retry-after': String(seconds) },
  })
