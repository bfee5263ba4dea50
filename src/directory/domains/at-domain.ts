import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import type { Schema } from '../../database/schema.ts'
import { spellings } from './domain-name.ts'

/** People who come in here and whose address is at the domain, in either of the two ways to write it. */
export function isAtDomain({ eb, fn, and, or }: ExpressionBuilder<Schema, 'user'>, name: string): Expression<SqlBool> {
  // A name holds nothing that `like` would read as a pattern.
  const address = spellings(name).map((spelling) => eb(fn<string>('lower', ['user.email']), 'like', `%@${spelling}`))
  return and([or(address), eb('user.kind', '=', 'person'), eb('user.state', '=', 'active'), eb('user.isDemo', '=', 0)])
}
