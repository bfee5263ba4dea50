import type { TokenScope } from '../../access-keys/shapes.ts'
import type { Database } from '../../database/handles.ts'
import type { WorkloadTrustTable } from '../../database/schema.ts'
import { findRepository } from '../../repositories/find-by-path.ts'
import { scopesOf } from './access-words.ts'
import { checkClaims, type Proven } from './check-claims.ts'
import { ExchangeRefused, NotTrusted, steps } from './exchange-refused.ts'
import { type IssuerKeys, IssuerSilent } from './issuer-keys.ts'
import { readToken, type ShownToken } from './read-token.ts'
import type { Refusals } from './refusals.ts'
import { parseResource } from './resource.ts'
import { trade, type Traded } from './trade.ts'
import { isStanding, listTrusts } from './trusts.ts'
import { verifySignature } from './verify-signature.ts'

export interface ExchangeParts {
  database: Database
  issuerKeys: IssuerKeys
  refusals: Refusals
  origin: string
  now: () => number
}

/**
 * Trades a token that a pipeline's own issuer signed for a short one of ours, RFC 8693. Whoever shows one learns what
 * does not fit only where it is proven to come from the home that is trusted: nobody else learns what is trusted here,
 * or whether there is such a repository. @throws ExchangeRefused
 */
export async function exchangeToken(
  parts: ExchangeParts,
  asked: { subjectToken: string; resource: string; scopes: readonly TokenScope[] | null },
): Promise<Traded> {
  const { database, refusals, origin, now } = parts
  const shown = readToken(asked.subjectToken)
  const path = parseResource(origin, asked.resource)
  const found = path && (await findRepository(database.read, path))
  if (found === undefined) throw notTrusted()
  const repository = { id: found.repository.id, path: `${found.project.name}/${found.repository.name}` }
  const trusts = (await listTrusts(database.read, repository.id)).filter((trust) => isStanding(trust, now()))
  if (trusts.length === 0) throw notTrusted()
  const candidates = trusts.filter(({ issuer }) => issuer === shown.issuer)
  const failures: { trust: WorkloadTrustTable; error: NotTrusted }[] = []
  let silent: { trust: WorkloadTrustTable; error: IssuerSilent } | undefined
  const fitting: { trust: WorkloadTrustTable; proven: Proven }[] = []
  const refuse = async (error: NotTrusted, trust: WorkloadTrustTable | null): Promise<never> => {
    const { subject, message: reason } = error
    await refusals.note({ repository, trust, issuer: shown.issuer, subject, reason })
    throw isFromHome(error) ? new ExchangeRefused('invalid_request', reason) : notTrusted(error)
  }
  for (const trust of candidates)
    try {
      fitting.push({ trust, proven: await judge(parts, trust, shown) })
    } catch (error) {
      if (error instanceof NotTrusted) failures.push({ trust, error })
      else if (error instanceof IssuerSilent) silent = { trust, error }
      else throw error
    }
  if (fitting.length === 0 && silent !== undefined) {
    const { trust, error } = silent
    await refusals.note({ repository, trust, issuer: trust.issuer, subject: null, reason: error.message })
    throw notTrusted(error)
  }
  if (fitting.length === 0) {
    const nearest = failures.toSorted(
      (one, other) => steps.indexOf(other.error.step) - steps.indexOf(one.error.step),
    )[0]
    const none = new NotTrusted('key', 'No pipeline of this issuer is trusted here.')
    return refuse(nearest?.error ?? none, nearest?.trust ?? null)
  }
  const wanted = fitting.flatMap((one) => {
    const scopes = asked.scopes ?? scopesOf[one.trust.access]
    return scopes.every((scope) => scopesOf[one.trust.access].includes(scope)) ? [{ ...one, scopes }] : []
  })
  const best = wanted.toSorted((one, other) => other.scopes.length - one.scopes.length)[0]
  if (best === undefined)
    throw new ExchangeRefused(
      'invalid_scope',
      'This pipeline is trusted, but not with all of these scopes. Ask for fewer.',
    )
  return trade(parts, repository, best).catch((error: unknown) => {
    if (error instanceof NotTrusted) return refuse(error, best.trust)
    throw error
  })
}

async function judge(
  { issuerKeys, now }: ExchangeParts,
  trust: WorkloadTrustTable,
  shown: ShownToken,
): Promise<Proven> {
  const claims = await verifySignature(issuerKeys, shown, trust.keys)
  return checkClaims(trust, claims, { signedPart: shown.signedPart, now: now() })
}

/** Proven to come from where it is trusted to come from: whose pipeline it is. */
const isFromHome = ({ step }: NotTrusted): boolean => steps.indexOf(step) > steps.indexOf('home')

const notTrusted = (cause?: Error): ExchangeRefused =>
  new ExchangeRefused(
    'invalid_target',
    'There is no such repository, or it does not trust this token, or its issuer cannot be asked just now. Its administrators see why under Settings, Pipelines.',
    cause === undefined ? {} : { cause },
  )
