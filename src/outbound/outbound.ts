import { lookup as systemLookup } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { compileNetworks } from '../policy/networks.ts'
import { checkUrl, privateAddress } from './check-url.ts'
import { type OutboundAnswer, OutboundError } from './outbound-error.ts'
import { mayReach } from './public-address.ts'
import { type OpenAnswer, openRequest, type OutboundOptions, sendRequest } from './send-request.ts'

export { hostOf } from './check-url.ts'
export type { OutboundOptions } from './send-request.ts'
export { type OutboundAnswer, OutboundError, type OutboundProblem } from './outbound-error.ts'

export interface ResolvedAddress {
  address: string
  family: 4 | 6
}

export interface Outbound {
  /** @throws OutboundError for what is not http(s), holds credentials, or names an address that may not be reached */
  checkUrl(url: string | URL): URL
  /**
   * Every address of a host, each of which may be reached; connect to one of these, not to the name again, or another
   * answer could come. @throws OutboundError `private-address` where one of them may not be reached, `unknown-host`
   */
  resolve(host: string): Promise<ResolvedAddress[]>
  /** `resolve` in the form that `node:net`, `http` and `https` take. They skip it for addresses: `checkUrl` first. */
  readonly lookup: LookupFunction
  /** One request; a redirect is an answer like any other. @throws OutboundError */
  request(url: string | URL, options: OutboundOptions): Promise<OutboundAnswer>
  /** The same for an answer that is too large to be held. @throws OutboundError until it begins */
  open(
    url: string | URL,
    options: { headers?: Record<string, string>; timeoutMs: number; idleMs: number; signal: AbortSignal },
  ): Promise<OpenAnswer>
}

export interface OutboundParts {
  /** Addresses and CIDR ranges that may be reached although they are not public. */
  allow: readonly string[]
  /** How names are looked up; the system's way where left out. */
  resolve?: (host: string) => Promise<readonly { address: string }[]>
}

/**
 * `outbound/` owns every connection that this server makes to an address somebody else has given. It never follows a
 * redirect, and never reaches an address inside the house unless the operator allows its range.
 */
export function createOutbound({ allow, resolve: ask = askSystem }: OutboundParts): Outbound {
  const isAllowed = compileNetworks(allow)

  async function resolve(host: string): Promise<ResolvedAddress[]> {
    const found = isIP(host) === 0 ? await find(host) : [{ address: host }]
    const forbidden = found.find(({ address }) => !mayReach(address, isAllowed))
    if (forbidden !== undefined) throw privateAddress(host, new Error(`${host} is ${forbidden.address}`))
    return found.map(({ address }) => ({ address, family: address.includes(':') ? 6 : 4 }))
  }

  async function find(host: string): Promise<readonly { address: string }[]> {
    const found = await ask(host).catch((cause: unknown) => {
      throw new OutboundError('unknown-host', `${host} was not found: no such name, or no answer about it.`, { cause })
    })
    if (found.length === 0) throw new OutboundError('unknown-host', `${host} has no address.`)
    return found
  }

  const lookup: LookupFunction = (host, options, done) => {
    resolve(host).then(
      (addresses) => {
        const wanted = addresses.filter(({ family }) => isWanted(options.family, family))
        const [first] = wanted
        if (first === undefined) done(new OutboundError('unknown-host', `${host} has no address of that kind.`), '')
        else if (options.all === true) done(null, wanted)
        else done(null, first.address, first.family)
      },
      (error: NodeJS.ErrnoException) => done(error, ''),
    )
  }

  const check = (url: string | URL): URL => checkUrl(url, isAllowed)
  return {
    checkUrl: check,
    resolve,
    lookup,
    request: async (url, options) => sendRequest(check(url), { ...options, lookup }),
    open: async (url, options) => openRequest(check(url), { ...options, lookup }),
  }
}

const askSystem = (host: string): Promise<{ address: string }[]> => systemLookup(host, { all: true })

const isWanted = (asked: number | 'IPv4' | 'IPv6' | undefined, family: 4 | 6): boolean =>
  asked === undefined || asked === 0 || asked === family || asked === `IPv${family}`
