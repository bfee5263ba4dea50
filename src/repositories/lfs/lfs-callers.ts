import type { FastifyRequest } from 'fastify'
import type { Authenticator } from '../../access-keys/authenticate.ts'
import type { SshBearers } from '../../access-keys/ssh-bearer.ts'
import type { Caller } from '../../identity/caller.ts'

export const isLfsRoute = ({ routeOptions: { url = '' } }: Pick<FastifyRequest, 'routeOptions'>): boolean =>
  url.startsWith('/:project/:repository/info/lfs/')

export interface LfsCallers {
  /** Whoever brings what git-lfs brings: git's credentials, or what SSH gave out for these routes alone. */
  find(request: FastifyRequest): Promise<Caller | undefined>
  /** The same for a request that has been going on for a while. */
  again(request: FastifyRequest): Promise<Caller | undefined>
}

const bearerOf = (request: FastifyRequest): string =>
  /^Bearer ([\w.-]{1,1000})$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''

declare module 'fastify' {
  interface FastifyRequest {
    /** What SSH gave out and this request showed, with the seconds it has left. */
    sshBearer: { authorization: string; seconds: number } | undefined
  }
}

export const createLfsCallers = ({
  authenticator,
  sshBearers,
  now,
}: {
  authenticator: Pick<Authenticator, 'fromGit' | 'again'>
  sshBearers: SshBearers
  now: () => number
}): LfsCallers => ({
  async find(request) {
    const secret = bearerOf(request)
    if (!sshBearers.isMine(secret)) return authenticator.fromGit(request)
    const found = await sshBearers.find({ secret, address: request.ip }, now())
    if (found === undefined) return undefined
    request.sshBearer = { authorization: `Bearer ${secret}`, seconds: found.seconds }
    return found.caller
  },
  async again(request) {
    const secret = bearerOf(request)
    if (!sshBearers.isMine(secret)) return authenticator.again(request)
    return (await sshBearers.find({ secret, address: request.ip, isAgain: true }, now()))?.caller
  },
})
