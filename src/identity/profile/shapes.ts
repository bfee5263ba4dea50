import { type Static, Type } from 'typebox'
import { Nullable, Time } from '../../http/shapes.ts'

export const Profile = Type.Object({
  username: Type.String(),
  displayName: Type.String(),
  email: Type.String(),
  emailVerifiedAt: Nullable(Time),
  /** Whether a letter can be sent that proves the address. */
  isMailSetUp: Type.Boolean(),
  /** Who manages the account, where somebody does: then its person cannot change the address or leave. */
  managedBy: Nullable(Type.String()),
  /** A directory also keeps the name; a domain is only about the address. */
  isManagedByDirectory: Type.Boolean(),
})
export type Profile = Static<typeof Profile>
