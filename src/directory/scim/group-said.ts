import { foldCase } from '../../protocols/scim/fold-case.ts'
import type { JsonObject } from '../../protocols/scim/schema.ts'
import { badRequest } from '../../protocols/scim/scim-error.ts'
import { longestName, readExternalId } from './person-attributes.ts'

/** What a directory's resource says about a group, but for its members. */
export interface GroupSaid {
  displayName: string
  displayNameKey: string
  externalId: string | null
}

/** @throws ScimError `invalidValue` */
export function readGroupSaid({ displayName, externalId }: JsonObject): GroupSaid {
  const name = typeof displayName === 'string' ? displayName.trim() : ''
  const displayNameKey = foldCase(name)
  if (name === '' || name.length > longestName || displayNameKey.length > 2 * longestName)
    throw badRequest('invalidValue', `displayName has 1 to ${longestName} characters.`)
  return {
    displayName: name,
    displayNameKey,
    externalId: readExternalId(externalId),
  }
}
