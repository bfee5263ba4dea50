import type { FastifyRequest } from 'fastify'
import type { AuditActor } from '../audit/record.ts'
import type { Id } from '../database/id.ts'
import type { OrganisationRole, Strength } from '../database/schema.ts'
import { isAtLeast } from '../policy/strength.ts'
import { forbidden, ProblemError } from '../http/problem.ts'

/** Who calls, and how that is known. Made once per request from what the caller proved, never from what they say. */
export interface Caller {
  id: Id<'usr'>
  kind: 'person' | 'agent' | 'system'
  username: string
  displayName: string
  role: OrganisationRole
  /** One of the example people: what they make is part of the example. */
  isDemo: boolean
  strength: Strength
  authenticatedAt: number
  by:
    | { kind: 'session'; sessionId: Id<'ses'>; sessionHash: string; credentialRecordId: Id<'crd'> }
    | { kind: 'token'; tokenId: Id<'tok'>; scopes: readonly string[]; repositoryIds: readonly string[] | null }
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | undefined
  }
}

/** @throws 401 when nobody is known */
export function getCaller(request: FastifyRequest): Caller {
  if (request.caller === undefined) throw signInRequired()
  return request.caller
}

/** A person in a browser session; no token passes. @throws 401 or 403 */
export function getPerson(request: FastifyRequest): Caller & { by: { kind: 'session' } } {
  const caller = getCaller(request)
  if (caller.by.kind !== 'session' || caller.kind !== 'person' || !isAtLeast(caller.strength, 'passkey'))
    throw new ProblemError(403, 'person-required', 'Only a person signed in with a passkey can do this, not a token.', {
      help: 'Open this page in a browser and sign in.',
    })
  return caller as Caller & { by: { kind: 'session' } }
}

export const signInRequired = (): ProblemError =>
  new ProblemError(401, 'sign-in-required', 'You are not signed in.', {
    help: 'Sign in with your passkey and try again.',
    headers: { 'www-authenticate': 'Bearer realm="Postern"' },
  })

/** Names and addresses of people are not for a token that was made for repositories. @throws 403 */
export function checkAccountScope(caller: Caller): void {
  if (caller.by.kind === 'session' || caller.by.scopes.includes('account:read')) return
  throw forbidden('This token was not given the scope account:read.', 'Make a token with that scope under Account.')
}

export const isAdmin = (caller: Pick<Caller, 'role'>): boolean => caller.role === 'owner' || caller.role === 'admin'

/** Who did it, and how that is known: by the tap that was bound to the act, where there was one. */
export function actorOf(caller: Caller, seal?: { strength: Strength }): AuditActor {
  if (seal !== undefined) return { id: caller.id, method: 'passkey', strength: seal.strength }
  return { id: caller.id, method: caller.by.kind === 'session' ? 'session' : 'token', strength: caller.strength }
}
