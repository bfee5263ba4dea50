import type { FastifyRequest } from 'fastify'
import type { Database } from '../../database/handles.ts'
import type { Guard } from '../../http/access.ts'
import { ProblemError } from '../../http/problem.ts'
import { type DirectoryConnection, findConnection } from '../connections/find-connection.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The connection whose token the request has, on routes for directories alone. */
    directory: DirectoryConnection | undefined
  }
}

/** Who may speak for a directory: whoever has the token of a connection. No cookie and no other token is one. */
export function createDirectoryGuard({ database, now }: { database: Database; now: () => number }): Guard {
  return async (request: FastifyRequest) => {
    const secret = /^Bearer +([\w.-]{1,200})$/i.exec(request.headers.authorization ?? '')?.[1]
    request.directory = secret === undefined ? undefined : await findConnection(database.read, secret, now())
    const isOpen = request.routeOptions.config.isStatic === true && request.headers.authorization === undefined
    if (request.directory !== undefined || isOpen) return
    throw new ProblemError(401, 'directory-token', 'This takes the token of a connected directory.', {
      help: 'An owner makes one under Directory.',
      // RFC 7644 §2, RFC 6750 §3.
      headers: {
        'www-authenticate': `Bearer realm="Postern directory"${secret === undefined ? '' : ', error="invalid_token"'}`,
      },
    })
  }
}
