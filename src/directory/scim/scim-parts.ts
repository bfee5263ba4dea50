import type { Database, Tx } from '../../database/handles.ts'
import type { TableName } from '../../database/schema.ts'
import type { EndAccess } from '../../identity/ending/end-access.ts'
import type { User } from '../../identity/users.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import type { DirectoryConnection } from '../connections/find-connection.ts'

/** What the composition root hands in. */
export interface ScimParts {
  database: Database
  origin: string
  endAccess: EndAccess
  policy: PolicyInForce
  /** Forgets what was given to a group that goes. */
  forgetGroupGrants: (tx: Tx<TableName>, groupId: string) => Promise<void>
  /** The tool whose own rules name a group. */
  findToolNaming: (tx: Tx<TableName>, group: string) => Promise<string | undefined>
  /** Sends somebody who is new the link by which they register, where letters go out. */
  invite: (
    tx: Tx<TableName>,
    user: Pick<User, 'id' | 'email'>,
    from: { connection: string; at: number },
  ) => Promise<void>
  now: () => number
}

/** One request of one connection. */
export interface ScimRequest extends ScimParts {
  connection: DirectoryConnection
  /** Base URI of all resources. */
  base: string
}

export const scimBase = (origin: string): string => `${origin}/scim/v2`
