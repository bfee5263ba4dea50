import type { JSONWebKeySet } from 'jose'
import { type Outbound, OutboundError } from '../../outbound/outbound.ts'
import { Lru } from '../../protocols/lru.ts'
import { isWebAddress } from './check-issuer.ts'
import { parseKeySet, parseObject } from './key-set.ts'

/** An issuer that could not be asked for its keys. The message is a sentence for administrators. */
export class IssuerSilent extends Error {
  override readonly name = 'IssuerSilent'
}

export interface IssuerKeys {
  /** @throws IssuerSilent */
  find(issuer: string): Promise<JSONWebKeySet>
  /**
   * Asks again, where what is known does not verify a token: keys may have been rotated. Undefined where it was asked
   * less than a minute ago, or does not answer. Whoever sends whatever, an issuer is asked no more often than that.
   */
  findNewer(issuer: string): Promise<JSONWebKeySet | undefined>
}

interface Known {
  keys: JSONWebKeySet
  askedAt: number
}

/** More than any honest discovery document or key set. */
const maxBytes = 256 * 1024
const minuteMs = 60_000
/** A key that the issuer took back counts no longer than this. */
const freshMs = 10 * minuteMs
/** Where the issuer is silent, what it said last counts for an hour. */
const staleMs = 60 * minuteMs
const restMs = 10_000
const mostIssuers = 500

/** The keys of issuers, by OpenID Connect Discovery 1.0 §4; kept by this process. */
export function createIssuerKeys({
  outbound,
  now,
  timeoutMs = 8_000,
}: {
  outbound: Outbound
  now: () => number
  /** Of each of the two requests, whole. */
  timeoutMs?: number
}): IssuerKeys {
  const get = (url: string): Promise<string> => fetchText(outbound, url, timeoutMs)
  const known = new Lru<string, Known>(mostIssuers)
  const silent = new Lru<string, { error: IssuerSilent; at: number }>(mostIssuers)
  const asking = new Map<string, Promise<JSONWebKeySet>>()

  function ask(issuer: string): Promise<JSONWebKeySet> {
    const there = asking.get(issuer)
    if (there !== undefined) return there
    const work = fetchKeys(get, issuer)
      .then((keys) => {
        known.set(issuer, { keys, askedAt: now() })
        return keys
      })
      .catch((error: unknown) => {
        if (error instanceof IssuerSilent) silent.set(issuer, { error, at: now() })
        throw error
      })
      .finally(() => asking.delete(issuer))
    asking.set(issuer, work)
    return work
  }

  const restsAt = (issuer: string): IssuerSilent | undefined => {
    const last = silent.get(issuer)
    return last !== undefined && now() - last.at < restMs ? last.error : undefined
  }

  return {
    async find(issuer) {
      const last = known.get(issuer)
      const age = last === undefined ? Infinity : now() - last.askedAt
      if (last !== undefined && age < freshMs) return last.keys
      const rests = restsAt(issuer)
      if (rests === undefined)
        try {
          return await ask(issuer)
        } catch (error) {
          if (!(error instanceof IssuerSilent) || age >= staleMs) throw error
        }
      if (last !== undefined && age < staleMs) return last.keys
      throw rests ?? new IssuerSilent('The issuer did not answer.')
    },
    async findNewer(issuer) {
      const last = known.get(issuer)
      if ((last !== undefined && now() - last.askedAt < minuteMs) || restsAt(issuer) !== undefined) return undefined
      try {
        return await ask(issuer)
      } catch (error) {
        if (error instanceof IssuerSilent) return undefined
        throw error
      }
    },
  }
}

async function fetchKeys(get: (url: string) => Promise<string>, issuer: string): Promise<JSONWebKeySet> {
  const document = parseObject(await get(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`))
  // §4.3: or anybody could hand out keys in another's name.
  if (document?.['issuer'] !== issuer)
    throw new IssuerSilent('What is at the issuer’s address calls itself by another name.')
  const { jwks_uri: uri } = document
  if (typeof uri !== 'string' || !isWebAddress(uri))
    throw new IssuerSilent('The issuer does not say where its keys are.')
  const keys = parseKeySet(await get(uri))
  if (keys === undefined) throw new IssuerSilent('The issuer’s keys are no set of public keys that can be read.')
  return keys
}

async function fetchText(outbound: Outbound, url: string, timeoutMs: number): Promise<string> {
  const { host } = new URL(url)
  try {
    const { status, body, isCut } = await outbound.request(url, {
      headers: { accept: 'application/json' },
      timeoutMs,
      maxResponseBytes: maxBytes,
    })
    if (isCut) throw new IssuerSilent(`${host} answered with more than ${maxBytes / 1024} kilobytes.`)
    if (status >= 300 && status < 400) throw new IssuerSilent(`${host} leads somewhere else, and that is not followed.`)
    if (status !== 200) throw new IssuerSilent(`${host} answered ${status}.`)
    return body.toString()
  } catch (error) {
    if (error instanceof OutboundError) throw new IssuerSilent(error.message, { cause: error })
    throw error
  }
}
