import type { Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { OrganisationRole, TableName } from '../database/schema.ts'
import type { User } from './users.ts'

/** What somebody becomes who comes to be by registering, and what they are told before. */
export interface Opening {
  /** The one address they get: whoever opened the link has at best read what was sent there. */
  email: string
  /** Suggestions, where something is known. */
  username: string | null
  displayName: string | null
  role: OrganisationRole
  createdBy: Id<'usr'> | null
  endsAt: number | null
  sponsorId: Id<'usr'> | null
  /** Who lets them in, where a person does. */
  by: string | null
  message: string
}

/**
 * One way in which somebody without an account is let in: its links were made for nobody yet. `composition/people-routes.ts` lists them;
 * a link that none of them knows lets nobody in.
 */
export interface Admission {
  /**
   * What this link opens today; undefined where it is none of these. Asked when the link is looked at, and again in the
   * transaction that uses it up. @throws 410 where it was right once and is no longer
   */
  find(db: Db<TableName>, linkId: Id<'lnk'>, at: number): Promise<Opening | undefined>
  /** Carries out the rest in the transaction that made the account. */
  welcome(tx: Tx<TableName>, admitted: { linkId: Id<'lnk'>; user: User; at: number }): Promise<void>
}

/** The first that knows the link. */
export async function findAdmission(
  admissions: readonly Admission[],
  db: Db<TableName>,
  { linkId, at }: { linkId: Id<'lnk'>; at: number },
): Promise<{ admission: Admission; opening: Opening } | undefined> {
  for (const admission of admissions) {
    const opening = await admission.find(db, linkId, at)
    if (opening !== undefined) return { admission, opening }
  }
  return undefined
}
