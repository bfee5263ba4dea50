import type { UserTable } from '../database/schema.ts'
import type { Id } from '../database/id.ts'
import type { Caller } from './caller.ts'

type Row = { userId: Id<'usr'> } & Pick<UserTable, 'kind' | 'username' | 'displayName' | 'role' | 'isDemo'>

/** Whose it is, from the row of whatever they came in with, joined with their account. */
export const accountOf = ({
  userId,
  kind,
  username,
  displayName,
  role,
  isDemo,
}: Row): Pick<Caller, 'id' | 'kind' | 'username' | 'displayName' | 'role' | 'isDemo'> => ({
  id: userId,
  kind,
  username,
  displayName,
  role,
  isDemo: isDemo === 1,
})
