import type { FastifyRequest } from 'fastify'
import { type Authenticator, tokenRefusedTitle } from '../access-keys/authenticate.ts'
import type { Guard } from '../http/access.ts'
import { notFound, ProblemError } from '../http/problem.ts'
import type { Caller } from '../identity/caller.ts'
import { checkTokenScope, coversRole, findPlace, type PlaceParts, roleProblem } from './access.ts'
import { isLfsRoute, type LfsCallers } from './lfs/lfs-callers.ts'
import type { RepositoryPlace } from './place.ts'

interface GitCallers {
  authenticator: Authenticator
  lfsCallers: Pick<LfsCallers, 'find'>
}

/**
 * Who may speak git's protocol with a repository: Basic with any user name and a token as the password, or the token
 * alone, or Bearer; nobody in particular where the repository is public. Without credentials everything that is not
 * public asks for them, whether it exists or not. Cookies count only for reading the signers' list, which a browser
 * opens.
 */
export function createGitGuard(parts: PlaceParts & GitCallers): Guard {
  return async (request) => {
    const least = isPush(request) ? 'write' : 'read'
    const caller = await findGitCaller(parts, request)
    const place = await admitToGit(parts, caller, { path: gitPath(request), least })
    if (place === undefined) throw credentialsNeeded('sign-in-required', 'Sign in with a token:')
    request.caller = caller
    request.place = place
  }
}

/**
 * Whether this caller may fetch from or push to a repository, over any transport. Undefined where nobody came, and it
 * takes somebody. @throws 403, 404
 */
export async function admitToGit(
  parts: PlaceParts,
  caller: Caller | undefined,
  { path, least }: { path: { project: string; repository: string }; least: 'read' | 'write' },
): Promise<RepositoryPlace | undefined> {
  checkTokenScope(caller, least)
  const place = await findPlace(parts, caller, path)
  if (caller === undefined) return least === 'write' ? undefined : place
  if (place === undefined) throw notFound('This repository')
  if (!coversRole(place.role, least)) throw roleProblem(caller, place.path, place.role, least)
  return place
}

async function findGitCaller(
  { authenticator, lfsCallers }: GitCallers,
  request: FastifyRequest,
): Promise<Caller | undefined> {
  if (request.headers.authorization === undefined) {
    const caller = isSignersList(request) ? await authenticator.fromRequest(request) : undefined
    // What a session lacks makes it nobody's, as where anybody may come.
    return caller?.shortfall ? undefined : caller
  }
  const caller = await (isLfsRoute(request) ? lfsCallers.find(request) : authenticator.fromGit(request))
  if (caller === undefined) throw credentialsNeeded('token-refused', tokenRefusedTitle)
  return caller
}

const isSignersList = ({ method, routeOptions: { url = '' } }: FastifyRequest): boolean =>
  method === 'GET' && /^\/:project\/:repository\/(allowed_signers|revoked_keys)$/.test(url)

/**
 * Decided from the route and the one parameter that chooses the service; both are what will be run. Whoever asks about
 * large files says in the body what for, so that route looks again.
 */
function isPush(request: FastifyRequest): boolean {
  const { service } = request.query as { service?: string }
  if (isLfsRoute(request)) return request.method !== 'GET' && request.routeOptions.url?.endsWith('/batch') !== true
  return request.routeOptions.url?.endsWith('/git-receive-pack') === true || service === 'git-receive-pack'
}

/** `project/repository.git` and, for whoever pastes the page's address, `project/repository`. */
export function gitPath(request: FastifyRequest): { project: string; repository: string } {
  const { project, repository } = request.params as { project: string; repository: string }
  return { project, repository: repository.replace(/\.git$/i, '') }
}

export const credentialsNeeded = (code: 'sign-in-required' | 'token-refused', title: string): ProblemError =>
  new ProblemError(401, code, title, {
    help: 'Use any user name, and as the password an API token that you make under Account.',
    // RFC 7617 §2.1
    headers: { 'www-authenticate': 'Basic realm="Postern", charset="UTF-8"' },
  })
