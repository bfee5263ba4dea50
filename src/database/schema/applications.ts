import type { Id } from '../id.ts'
import type { Strength } from './scales.ts'

/** The tables that `applications/` writes. */
export interface ApplicationsTables {
  application: ApplicationTable
  applicationGroup: ApplicationGroupTable
}

/** A tool beside Git that people open with their passkey. How it asks who they are stands in the table of its kind. */
export interface ApplicationTable {
  id: Id<'app'>
  /** What rules, files and addresses call it: `[a-z0-9][a-z0-9-]{1,38}`, unique among those that have not ended. */
  slug: string
  /** As people see it. */
  name: string
  /** One line for them; may be empty. */
  description: string
  /** How it learns who came: OpenID Connect, SAML, or by the proxy in front of it. */
  kind: 'openid' | 'saml' | 'route'
  /** The recipe it was set up by; null where none was. */
  recipe: string | null
  /** Where people are led from Home; null where they go there by themselves. */
  launchUrl: string | null
  /** `everyone`: guests too; `members`: all but guests; `groups`: the groups of `applicationGroup` and nobody else. */
  audience: 'everyone' | 'members' | 'groups'
  /** Least strength beyond the floor; null for none. */
  strength: Strength | null
  createdAt: number
  /** Whose tap made it; null where a file did. */
  createdBy: Id<'usr'> | null
  endedAt: number | null
}

export interface ApplicationGroupTable {
  applicationId: Id<'app'>
  groupId: Id<'grp'>
}
