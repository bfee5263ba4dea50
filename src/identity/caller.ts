import type { FastifyRequest } from 'fastify'
import type { AuditActor } from '../audit/record.ts'
import type { Id } from '../database/id.ts'
import type { OrganisationRole, SessionTable, Strength } from '../database/schema.ts'
import type { Proof } from '../policy/facts.ts'
import type { Requirement } from '../policy/requirement.ts'
import type { RuleRef } from '../policy/rule.ts'
import { stepUpHeader } from '../policy/step-up-header.ts'
import { isAtLeast } from '../policy/strength.ts'
import { networkHelp } from '../policy/words.ts'
import { forbidden, ProblemError } from '../http/problem.ts'

/** Why a session that still lives is good for nothing but getting what it lacks. */
export interface Shortfall {
  /** `refused`: no key helps, e.g. from this network. */
  kind: 'stronger-key' | 'fresh-tap' | 'refused'
  rule: RuleRef | null
  sentence: string
  /** What would do. */
  requires: Pick<Requirement, 'strength' | 'freshnessSeconds'>
}

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
  address: string
  /** Null where the rules of today are met. */
  shortfall: Shortfall | null
  by: BySession | ByProgram
}

export interface BySession {
  kind: 'session'
  sessionId: Id<'ses'>
  sessionHash: string
  /** Null where no passkey began the session. */
  credentialRecordId: Id<'crd'> | null
  /** What it began with. */
  method: SessionTable['method']
  key: Proof['key']
}

/** What a program carries: never more than it was given. */
interface Given {
  /** As its owner named it. */
  name: string
  scopes: readonly string[]
  /** Null: every repository its owner reaches. */
  repositoryIds: readonly string[] | null
}

export type ByProgram = Given &
  // `isBrief`: a secret for minutes that was made from the token; it does nothing to the token itself.
  (
    | { kind: 'token'; tokenId: Id<'tok'>; isBrief?: true }
    | { kind: 'grant'; grantId: Id<'gra'> }
    | { kind: 'ssh-key'; keyId: Id<'ssk'>; key: Proof['key']; touch: SshTouch | null }
    | { kind: 'ssh-certificate'; certificateId: Id<'sct'>; key: Proof['key']; touch: SshTouch | null }
    | { kind: 'deploy-key'; keyId: Id<'dpk'> }
  )

/** What a security key said of itself in the signature that a connection over SSH began with. */
export interface SshTouch {
  userPresence: boolean
  userVerification: boolean
  counter: number
}

/** A person in a browser session. */
export type SessionCaller = Caller & { by: { kind: 'session' } }

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | undefined
  }
}

/** @throws 401 when nobody is known, 401 or 403 where the session falls short of the rules of today */
export function getCaller(request: FastifyRequest): Caller {
  if (request.caller === undefined) throw signInRequired()
  checkShortfall(request)
  return request.caller
}

/** A person in a browser session; no token passes. @throws 401 or 403 */
export function getPerson(request: FastifyRequest): SessionCaller {
  const caller = getCaller(request)
  // Whom a rule lets in with less may look at what is theirs, and change nothing.
  const isEnough = isAtLeast(caller.strength, 'passkey') || (caller.shortfall === null && isLook(request))
  if (caller.by.kind === 'session' && caller.kind === 'person' && !isEnough) throw passkeyRequired()
  if (caller.by.kind !== 'session' || caller.kind !== 'person')
    throw new ProblemError(403, 'person-required', 'Only a person signed in with a passkey can do this, not a token.', {
      help: 'Open this page in a browser and sign in.',
    })
  return caller as SessionCaller
}

/** The same of every route that a session reaches, whoever else may call it: by its guard, before it is asked. @throws 403 */
export function checkMayChange(request: FastifyRequest): void {
  const { caller } = request
  if (caller?.by.kind !== 'session' || caller.kind !== 'person' || isAtLeast(caller.strength, 'passkey')) return
  if (request.routeOptions.config.access !== 'enrolling' && !isLook(request)) throw passkeyRequired()
}

const passkeyRequired = (): ProblemError =>
  new ProblemError(403, 'person-required', 'This takes a passkey, and you signed in without one.', {
    help: 'Make one under Account: it takes a minute.',
  })

const isLook = ({ method, routeOptions }: FastifyRequest): boolean =>
  (method === 'GET' || method === 'HEAD') && routeOptions.config.act === undefined

/** Somebody in a browser session, however it began: what it may reach is no more than getting a passkey. @throws 401, 403 */
export function getEnrolling(request: FastifyRequest): SessionCaller {
  const caller = getCaller(request)
  if (caller.by.kind !== 'session' || caller.kind !== 'person') return getPerson(request)
  return caller as SessionCaller
}

/**
 * A session that falls short reaches only the routes by which its person gets what is missing. @throws 401, 403 with
 * the rule's sentence
 */
export function checkShortfall(request: FastifyRequest): void {
  const shortfall = request.caller?.shortfall
  if (!shortfall) return
  const { access, whileEnrolling = false } = request.routeOptions.config
  if (shortfall.kind !== 'refused' && (access === 'enrolling' || whileEnrolling)) return
  throw shortfallProblem(shortfall)
}

/** What to do about it: sign in again, or get another key. */
export function shortfallProblem(shortfall: Shortfall): ProblemError {
  if (shortfall.kind === 'refused') return forbidden(shortfall.sentence, networkHelp)
  const { requires } = shortfall
  const headers = { 'www-authenticate': stepUpHeader({ ...requires, why: 'Sign in again, or with another key' }) }
  if (shortfall.kind === 'fresh-tap')
    return new ProblemError(401, 'sign-in-required', shortfall.sentence, {
      help: 'Sign in again; nothing is lost.',
      requires,
      headers,
    })
  return new ProblemError(403, 'stronger-key-needed', shortfall.sentence, {
    help: 'Add a key of that kind, or sign in with one you have.',
    requires,
    headers,
  })
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

/** Who did it, and how that is known: by the tap that was bound to the act, where there was one; a token stays one. */
export function actorOf(caller: Caller, seal?: { strength: Strength }): AuditActor {
  const { kind } = caller.by
  if (seal !== undefined)
    return { id: caller.id, method: kind === 'session' ? 'passkey' : kind, strength: seal.strength }
  return { id: caller.id, method: kind, strength: caller.strength }
}
