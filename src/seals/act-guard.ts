import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { FastifyRequest } from 'fastify'
import type { ActDescription, Guard } from '../http/access.ts'
import { forbidden, unreadable } from '../http/problem.ts'
import { getActor } from '../identity/actor.ts'
import type { Caller } from '../identity/caller.ts'
import type { Ceremonies } from '../identity/registration.ts'
import { readTapper } from '../identity/policy-actor.ts'
import { isActName } from '../policy/acts.ts'
import { decide } from '../policy/decide.ts'
import type { ActPlace } from '../policy/facts.ts'
import { explainDecision, helpWith } from '../policy/words.ts'
import { askedBy } from './asked-from.ts'
import { draftAct } from './format/draft.ts'
import type { Act } from './format/statement.ts'
import { actFacts, type TapQuestion } from './judge-tap.ts'
import { createSealRequest, sealLifetimeMs } from './requests.ts'
import { sealRequired } from './seal-required.ts'
import { takeSeal } from './take-seal.ts'
import { askForToken, tokenActLifetimeMs } from './token-requests.ts'

/**
 * Asks for a tap bound to exactly this request (freshness 0): without a seal it answers 401 and names the seal request;
 * with one it hands the route `takeSeal`, to be called in the transaction of the act. What a token asks for waits in its
 * person's inbox, and its seal is good for that token alone. What is so already takes none; nor does what is asked about
 * only by the rules of another act, where they ask for nothing more.
 */
export function createActGuard(
  { database, policy, place, now }: Ceremonies,
  placeOf: (request: FastifyRequest) => ActPlace | null,
): Guard {
  return async (request) => {
    const { act: always, actWhereAsked } = request.routeOptions.config
    const asked = await actWhereAsked?.askedAs(request)
    const act = always ?? (asked && actWhereAsked)
    if (act === undefined) return
    const caller = getActor(request)
    const question = questionOf(request, asked ?? { act: act.name })
    await refuseHopeless(caller, question)
    const sealId = request.headers['postern-seal']
    // Described afresh each time: what the seal names beside the request must still be what the request means.
    const description = await act.describe(request)
    if (typeof sealId !== 'string') {
      if (description.isSoAlready !== true) throw await askForSeal(request, { question, action: act.name }, description)
      request.isSoAlready = true
      return
    }
    const expected = actOf(request, description.title)
    const subjects = canonicalize(description.subjects ?? [])
    request.hasSeal = true
    request.takeSeal = async (tx) => {
      const { seal } = await takeSeal(tx, {
        sealId,
        caller,
        policy,
        question,
        at: now(),
        askedByToken: caller.by.kind === 'token' ? caller.by.tokenId : null,
        isFor: ({ predicate, subject }) =>
          predicate.action === act.name &&
          predicate.act !== undefined &&
          isSameAct(predicate.act, expected) &&
          canonicalize(subject.slice(1)) === subjects,
      })
      return { id: seal.id, strength: seal.strength, credentialRecordId: seal.credentialRecordId }
    }
  }

  function questionOf(request: FastifyRequest, { act, branch }: { act: string; branch?: string | null }): TapQuestion {
    if (!isActName(act)) throw new Error(`the act ${act} is not in policy/acts.ts`)
    const body = request.body as { expiresInDays?: number } | null
    const place = placeOf(request)
    return {
      act,
      place: place && { ...place, branch: branch ?? place.branch },
      ...(act === 'token.create' && body?.expiresInDays !== undefined ? { lifetimeDays: body.expiresInDays } : {}),
    }
  }

  /** What no tap could change is said before anybody taps. @throws 403 with the rule's sentence */
  async function refuseHopeless(caller: Caller, question: TapQuestion): Promise<void> {
    const actor = await readTapper(database.read, caller)
    const { strength, by } = caller
    // Of a token it is not known yet which key will tap.
    const key = by.kind === 'session' ? by.key : null
    const proof = { strength, ageSeconds: 0, boundToAct: true, key }
    const facts = actFacts({ question, caller, at: now() }, actor, proof)
    const decision = decide(policy.current(), facts)
    if (decision.outcome !== 'deny') return
    policy.decided?.({ act: question.act, outcome: decision.outcome, rule: decision.rule })
    throw forbidden(explainDecision(decision, facts), helpWith(decision))
  }

  async function askForSeal(
    request: FastifyRequest,
    { question, action }: { question: TapQuestion; action: string },
    { title, rows, subjects, warnings = [] }: ActDescription,
  ) {
    const caller = getActor(request)
    const at = now()
    const rules = policy.current()
    const { by } = caller
    const lifetimeMs = by.kind === 'token' ? tokenActLifetimeMs : sealLifetimeMs
    const wanted = {
      userId: caller.id,
      requestedBy: caller.id,
      action,
      repositoryId: null,
      draft: {
        statement: draftAct(
          {
            signer: { userId: caller.id, username: caller.username },
            requestedBy: caller.id,
            policyDigest: rules.digest,
            issuedAt: at,
            notAfter: at + lifetimeMs,
          },
          { action, act: actOf(request, title), ...(subjects === undefined ? {} : { subjects }) },
        ),
        question,
        stockVerifiableOnly: false,
      },
      facts: { title, rows, warnings },
      at,
      lifetimeMs,
    }
    const { id, ...there } = await database.write(async (tx) =>
      by.kind === 'token'
        ? askForToken(tx, { ...wanted, asked: await askedBy(tx, caller) }, by.tokenId)
        : createSealRequest(tx, wanted),
    )
    const asked = { question, caller, at }
    return sealRequired({ db: database.read, policy }, asked, {
      detail: title,
      sealRequestId: id,
      ...(there.code === null ? {} : { link: `${place.origin}/s/${there.code}`, expiresAt: there.expiresAt }),
    })
  }
}

function actOf(request: FastifyRequest, title: string): Act {
  return {
    method: request.method,
    route: request.routeOptions.url ?? '',
    parameters: { ...(request.params as Record<string, string>) },
    bodyDigest: digestOf(request.body),
    title,
  }
}

/** @throws 400 for a body that RFC 8785 cannot write: a string with half of a character in it */
function digestOf(body: unknown): Act['bodyDigest'] {
  try {
    return `sha256:${hash('sha256', canonicalize(body ?? null) ?? 'null', 'hex')}`
  } catch {
    throw unreadable()
  }
}

// The title is for reading: a name in it may have changed without changing the act.
const isSameAct = (sealed: Act, asked: Act): boolean =>
  sealed.method === asked.method &&
  sealed.route === asked.route &&
  sealed.bodyDigest === asked.bodyDigest &&
  canonicalize(sealed.parameters) === canonicalize(asked.parameters)
