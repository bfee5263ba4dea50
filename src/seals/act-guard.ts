import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { FastifyRequest } from 'fastify'
import type { Guard, SensitiveAct } from '../http/access.ts'
import { ProblemError } from '../http/problem.ts'
import { getPerson } from '../identity/caller.ts'
import type { Ceremonies } from '../identity/registration.ts'
import { decide, policyDigest } from '../policy/decide.ts'
import { acrOf } from '../policy/strength.ts'
import { draftAct } from './format/draft.ts'
import type { Act } from './format/statement.ts'
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
    if (typeof sealId !== 'string') throw await askForSeal(request, act, decision.requirement.strength)
    const expected = actOf(request, '')
    request.takeSeal = async (tx) => {
      const { seal } = await takeSeal(tx, {
        sealId,
        userId: caller.id,
        at: now(),
        isFor: ({ predicate }) => predicate.action === act.name && predicate.act !== undefined && isSameAct(predicate.act, expected),
      })
      return { id: seal.id, strength: seal.strength, credentialRecordId: seal.credentialRecordId }
    }
  }

  async function askForSeal(request: FastifyRequest, act: SensitiveAct, strength: Parameters<typeof acrOf>[0]) {
    const caller = getPerson(request)
    const at = now()
    const { title, rows, subjects } = await act.describe(request)
    const { id } = await database.write((tx) =>
      createSealRequest(tx, {
        userId: caller.id,
        requestedBy: caller.id,
        action: act.name,
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
            { action: act.name, act: actOf(request, title), ...(subjects === undefined ? {} : { subjects }) },
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

const isSameAct = (sealed: Act, asked: Act): boolean =>
  sealed.method === asked.method &&
  sealed.route === asked.route &&
  sealed.bodyDigest === asked.bodyDigest &&
  canonicalize(sealed.parameters) === canonicalize(asked.parameters)
