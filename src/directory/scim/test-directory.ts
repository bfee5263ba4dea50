import { createApp } from '../../http/app.ts'
import { createBus } from '../../bus/bus.ts'
import { openDatabase } from '../../database/open.ts'
import { newId } from '../../database/id.ts'
import type { Database } from '../../database/handles.ts'
import type { DirectoryConnectionTable } from '../../database/schema.ts'
import { createEndAccess } from '../../identity/ending/end-access.ts'
import { passkeys, registrationLinks, sessions } from '../../identity/ending/own-kinds.ts'
import type { Letter } from '../../mail/letter-queue.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import { createInvite } from './invite.ts'
import { scimRoutes } from './routes.ts'

const message = 'urn:ietf:params:scim:api:messages:2.0'
export const userUrn = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const groupUrn = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const patchOf = (...Operations: unknown[]) => ({ schemas: [`${message}:PatchOp`], Operations })
export const bulkOf = (Operations: unknown[], more: object = {}) => ({
  schemas: [`${message}:BulkRequest`],
  Operations,
  ...more,
})

export interface Answer {
  status: number
  headers: Record<string, unknown>
  // What a directory reads; each test says what it expects of it.
  body: { [name: string]: unknown } & { id: string; Resources: { [name: string]: unknown }[] }
}

/**
 * The SCIM server over a store in memory, with connections that need no token.
 * @param ofTools groups that rules of tools name
 */
export async function openDirectory(rules: { who: string[]; title: string }[] = [], ofTools: string[] = []) {
  const database = await openDatabase('sqlite::memory:')
  let clock = 1_800_000_000_000
  const now = (): number => (clock += 1000)
  const bus = createBus({ onDeaf: () => {}, database, now, onError: () => {} })
  const endAccess = createEndAccess([sessions, passkeys, registrationLinks], bus)
  const app = createApp({
    url: new URL('http://localhost'),
    trustedProxies: [],
    tls: undefined,
    log: { level: 'silent' },
  })
  const connections: DirectoryConnectionTable[] = []
  const letters: Letter[] = []
  app.decorateRequest('directory', undefined)
  app.addHook('onRequest', (request, _reply, done) => {
    request.directory = connections[Number(request.headers['x-connection'] ?? 0)]
    done()
  })
  scimRoutes(app, {
    database,
    origin: 'http://localhost',
    endAccess,
    policy: { current: () => ({ policy: { rules } }) } as unknown as PolicyInForce,
    forgetGroupGrants: async () => {},
    findToolNaming: async (_tx, group) => (ofTools.includes(group) ? 'Wiki' : undefined),
    invite: createInvite({
      mail: { from: 'postern@example.org', queue: async (_tx, letter) => void letters.push(letter) },
      origin: 'http://localhost',
    }),
    now,
  })
  await app.ready()

  const call = async (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const answer = await app.inject({
      method,
      url: `/scim/v2${path}`,
      headers: { host: 'localhost', 'content-type': 'application/scim+json', ...headers },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const read = (answer.payload === '' ? {} : JSON.parse(answer.payload)) as Answer['body']
    return { status: answer.statusCode, headers: answer.headers, body: read }
  }

  return {
    database,
    endAccess,
    now,
    call,
    connections,
    letters,
    async connect(name: string): Promise<DirectoryConnectionTable> {
      const row: DirectoryConnectionTable = {
        id: newId('dir'),
        name,
        kind: 'other',
        tokenHash: name,
        tokenMadeAt: clock,
        tokenExpiresAt: null,
        formerTokenHash: null,
        formerTokenUntil: null,
        requiredGroupId: null,
        createdAt: clock,
        createdBy: newId('usr'),
        lastRequestAt: null,
        lastError: null,
        lastErrorAt: null,
        endedAt: null,
        endedBy: null,
        endSealId: null,
        endsPeople: 0,
      }
      await database.write((tx) => tx.insertInto('directoryConnection').values(row).execute())
      connections.push(row)
      return row
    },
    async [Symbol.asyncDispose]() {
      await app.close()
      await bus.close()
      await database.close()
    },
  }
}

export type TestDirectory = Awaited<ReturnType<typeof openDirectory>>

export const newUser = (userName: string, more: object = {}) => ({ schemas: [userUrn], userName, ...more })
export const newGroup = (displayName: string, members: string[] = []) => ({
  schemas: [groupUrn],
  displayName,
  members: members.map((value) => ({ value })),
})

export const stateOf = async (database: Database, id: string): Promise<string | undefined> =>
  (
    await database.read
      .selectFrom('user')
      .select('state')
      .where('id', '=', id as `usr_${string}`)
      .executeTakeFirst()
  )?.state
