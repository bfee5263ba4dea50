import type { FastifyRequest } from 'fastify'
import { forbidden } from '../http/problem.ts'
import { type Caller, getCaller, getPerson } from './caller.ts'

/** The scope of tokens that may ask their person to tap for an act. */
const actScope = 'act'

/** These decide who can tap, or come in, at all: whoever taps for them looks at the page that does them. */
const isNeverByToken = (act: string): boolean =>
  [
    'credential.',
    'identity.',
    'recovery.',
    'break-glass.',
    'directory.',
    'provider.',
    'domain.',
    'workload.',
    'oauth.',
    'certificate.',
    'deploy-key.',
    'ssh-key.',
    'connector.',
    'application.',
  ].some((family) => act.startsWith(family)) || ['person.link', 'person.recover'].includes(act)

/**
 * Whether a token calls that may carry out the act of this route, for which its person must tap each time.
 * @throws 403 for an agent's: nobody could tap in its name
 */
export function isActingToken({ caller, routeOptions }: Pick<FastifyRequest, 'caller' | 'routeOptions'>): boolean {
  const { act } = routeOptions.config
  if (caller?.by.kind !== 'token' || act === undefined || isNeverByToken(act.name)) return false
  if (!caller.by.scopes.includes(actScope)) return false
  if (caller.kind === 'person') return true
  throw forbidden('An agent cannot carry out what takes a tap: it has no key.', 'Use a token of the person who taps.')
}

/**
 * Who carries an act out: a person in a browser session, or one by a token that may ask for their tap. Only on routes
 * that declare an act; everywhere else it is `getPerson`. @throws 401 or 403
 */
export function getActor(request: FastifyRequest): Caller {
  const caller = getCaller(request)
  return isActingToken(request) ? caller : getPerson(request)
}

/** The same where the act happens in no repository: what was made for some repositories ends there. @throws 401 or 403 */
export function getActorAnywhere(request: FastifyRequest): Caller {
  const caller = getActor(request)
  if (caller.by.kind === 'token' && caller.by.repositoryIds !== null)
    throw forbidden(
      'This token was made for some repositories, and this is in none of them.',
      'Make one for all repositories under Account.',
    )
  return caller
}
