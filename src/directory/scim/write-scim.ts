import { type Tx, UniqueViolation } from '../../database/handles.ts'
import type { TableName } from '../../database/schema.ts'
import { ProblemError } from '../../http/problem.ts'
import { ScimError } from '../../protocols/scim/scim-error.ts'
import type { ScimRequest } from './scim-parts.ts'

const mostAttempts = 5

/**
 * One transaction of a directory, with its connection as it is by then: a job of many operations ends with it. Where
 * another transaction took a name, an address or a row meanwhile, everything is judged again by what is so then.
 * @throws ScimError 401 where the connection has ended, 409 `uniqueness` where being overtaken never ends
 */
export async function writeScim<Result>(
  request: ScimRequest,
  work: (tx: Tx<TableName>, current: ScimRequest) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request.database.write(async (tx) => work(tx, await refresh(tx, request)))
    } catch (error) {
      if (!isOvertaken(error)) throw error
      if (attempt === mostAttempts)
        throw new ScimError(409, 'Somebody else is using this name or address at this moment. Try again.', 'uniqueness')
    }
  }
}

async function refresh(tx: Tx<TableName>, request: ScimRequest): Promise<ScimRequest> {
  const connection = await tx
    .selectFrom('directoryConnection')
    .selectAll()
    .where('id', '=', request.connection.id)
    .where('endedAt', 'is', null)
    // Whoever disconnects it waits for what is being written, and what is written after that finds no connection. Not so
    // whoever only notes on its row that it was asked something: a long job would hold up all that is asked meanwhile.
    .$if(request.database.dialect === 'postgres', (query) => query.forKeyShare())
    .executeTakeFirst()
  if (connection === undefined)
    throw new ScimError(401, 'The directory was disconnected. An owner connects it anew under Directory.')
  return { ...request, connection }
}

function isOvertaken(error: unknown): boolean {
  if (error instanceof UniqueViolation) return true
  if (error instanceof ProblemError) return error.code === 'username-taken'
  // PostgreSQL: serialization failure, deadlock, unique violation.
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === '40001' || code === '40P01' || code === '23505'
}
