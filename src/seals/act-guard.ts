import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { FastifyRequest } from 'fastify'
import type { ActDescription, Guard } from '../http/access.ts'
import { ProblemError } from '../http/problem.ts'
import { getPerson } from '../identity/caller.ts'
import type { Ceremonies } from '../identity/registration.ts'
import { decide, policyDigest } from '../policy/decide.ts'
import { acrOf } from '../policy/strength.ts'
import { draftAct } from './format/draft.ts'
import type { Act } from './format/statement.ts'
import type { Strength } from '../database/schema.ts'
import { createSealRequest, sealLifetimeMs } from './requests.ts'
import { takeSeal } from './take-seal.ts'

/**
 * Asks for a tap bound to exactly this request (freshness 0): without a seal it answers 401 and names the seal request;
 * with one it hands the route `takeSeal`, to be called in the transaction of the act.
 */
export function createActGuard({ database, now }: Ceremonies): Guard {
  return async (request) => {
    const act = request.routeOptions.config.act
    if (act === undefined) return
    const caller = getPerson(request)
    const proof = { strength: caller.strength, ageSeconds: (now() - caller.authenticatedAt) / 1000, boundToAct: false }
    const decision = decide({ act: 'act', actorKind: caller.kind, proof })
    const sealId = request.headers['postern-seal']
    if (decision.outcome !== 'step-up') throw new Error(`an act that asks for no tap: ${act.name}`)
    // Described afresh each time: what the seal names beside the request must still be what the request means.
    const description = await act.describe(request)
    if (typeof sealId !== 'string')
      throw await askForSeal(request, act.name, description, decision.requirement.strength)
    const expected = actOf(request, description.title)
    const subjects = canonicalize(description.subjects ?? [])
    request.takeSeal = async (tx) => {
      const { seal } = await takeSeal(tx, {
        sealId,
        userId: caller.id,
        at: now(),
        isFor: ({ predicate, subject }) =>
          predicate.action === act.name &&
          predicate.act !== undefined &&
          isSameAct(predicate.act, expected) &&
          canonicalize(subject.slice(1)) === subjects,
      })
      return { id: seal.id, strength: seal.strength, credentialRecordId: seal.credentialRecordId }
    }
  }

  async function askForSeal(
    request: FastifyRequest,
    action: string,
    { title, rows, subjects }: ActDescription,
    strength: Strength,
  ) {
    const caller = getPerson(request)
    const at = now()
    const { id } = await database.write((tx) =>
      createSealRequest(tx, {
        userId: caller.id,
        requestedBy: caller.id,
        action,
        repositoryId: null,
        draft: {
          statement: draftAct(
            {
              signer: { userId: caller.id, username: caller.username },
              requestedBy: caller.id,
              policyDigest: policyDigest(),
              issuedAt: at,
              notAfter: at + sealLifetimeMs,
            },
            { action, act: actOf(request, title), ...(subjects === undefined ? {} : { subjects }) },
          ),
          stockVerifiableOnly: false,
        },
        facts: { title, rows, warnings: [] },
        at,
      }),
    )
    return new ProblemError(401, 'seal-required', 'This needs a tap on your key.', {
      detail: title,
      sealRequestId: id,
      headers: {
        // RFC 9470 §3
        'www-authenticate': `Bearer error="insufficient_user_authentication", error_description="A tap bound to this act is needed", acr_values="${acrOf(strength) ?? ''}", max_age="0"`,
      },
    })
  }
}

function actOf(request: FastifyRequest, title: string): Act {
  return {
    method: request.method,
    route: request.routeOptions.url ?? '',
    parameters: { ...(request.params as Record<string, string>) },
    bodyDigest: `sha256:${hash('sha256', canonicalize(request.body ?? null) ?? 'null', 'hex')}`,
    title,
  }
}

// The title is for reading: a name in it may have changed without changing the act.
const isSameAct = (sealed: Act, asked: Act): boolean =>
  sealed.method === asked.method &&
  sealed.route === asked.route &&
  sealed.bodyDigest === asked.bodyDigest &&
  canonicalize(sealed.parameters) === canonicalize(asked.parameters)
