import { ProblemError } from '../../http/problem.ts'
import type { Caller } from '../../identity/caller.ts'
import type { Route } from '../route.ts'
import type { EntryParts } from './parts.ts'

/**
 * Which secret of ours a request shows, if it shows one. It wins over a cookie: whoever shows it says that they are a
 * program. Any other Authorization header is the tool's own, and goes on to it with whoever has a session there.
 */
export function shownSecret(
  { sources }: Pick<EntryParts, 'sources'>,
  authorization: string | string[] | undefined,
): string | undefined {
  if (typeof authorization !== 'string') return undefined
  const secret = /^Bearer ([\w.-]{1,200})$/i.exec(authorization)?.[1]
  return secret !== undefined && sources.some((source) => source.isMine(secret)) ? secret : undefined
}

/** The program behind a secret. @throws 401 where it does not count, 429 where too many do not, 403 where it is not for tools */
export async function findProgram(
  { sources, countFailure }: Pick<EntryParts, 'sources' | 'countFailure'>,
  { secret, address, isAgain }: { secret: string; address: string; isAgain: boolean },
  now: number,
): Promise<Caller> {
  const source = sources.find((each) => each.isMine(secret))
  const caller = await source?.find({ secret, address, isAgain }, now)
  if (caller === undefined) {
    if (!isAgain) await countFailure(address)
    throw new ProblemError(401, 'token-refused', 'This token is not known, has expired, or was ended.', {
      help: 'Make a new one under Account.',
      headers: { 'www-authenticate': 'Bearer realm="Postern", error="invalid_token"' },
    })
  }
  if (caller.by.kind === 'session' || !caller.by.scopes.includes('application:use'))
    throw new ProblemError(403, 'scope-missing', 'This token was not given the scope application:use.', {
      help: 'Make a token with that scope under Account.',
      headers: { 'www-authenticate': 'Bearer realm="Postern", error="insufficient_scope", scope="application:use"' },
    })
  return caller
}

/** What a program's access is cut with. */
export const programEnds = ({ id, by }: Caller): string[] => [
  id,
  ...(by.kind === 'token' ? [by.tokenId] : by.kind === 'grant' ? [by.grantId] : []),
]

export const noPrograms = ({ application }: Route): ProblemError =>
  new ProblemError(
    403,
    'no-programs',
    `${application.name} takes no tokens: it is open to people in a browser alone.`,
    {
      help: 'An administrator can let programs through under Applications.',
    },
  )
