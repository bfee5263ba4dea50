import { foldAddress } from '../../identity/fold-address.ts'
import { isPlainAddress } from '../../mail/mail-settings.ts'
import { foldCase } from '../../protocols/scim/fold-case.ts'
import { copyResource } from '../../protocols/scim/copy-resource.ts'
import { isObject, type Json, type JsonObject } from '../../protocols/scim/schema.ts'
import { badRequest, ScimError } from '../../protocols/scim/scim-error.ts'
import { enterpriseUserSchema } from '../../protocols/scim/user-schema.ts'
import { checkBounds } from './check-bounds.ts'

/** What a directory's resource says about a person here. */
export interface PersonAttributes {
  userName: string
  userNameKey: string
  externalId: string | null
  displayName: string
  /** Empty where it gives none that a letter could be sent to. */
  email: string
  addressKey: string | null
  /** Undefined where it says nothing of it: then nothing changes. */
  isWanted: boolean | undefined
  /** What no column keeps, as JSON. */
  attributes: string
}

export const longestName = 256
const mostAttributeBytes = 65_536

/**
 * @param former what is kept of the person already: that was taken once, and bounds nothing now
 * @throws ScimError `invalidValue` for more than is kept of anybody
 */
export function readPerson(resource: JsonObject, former?: string): PersonAttributes {
  const { userName, externalId, active, password: _, ...kept } = copyResource(resource)
  const name = text(userName).trim()
  if (name === '') throw badRequest('invalidValue', 'userName is required.')
  const userNameKey = foldCase(name)
  // What an index takes; some characters fold to many.
  if (name.length > longestName || userNameKey.length > 2 * longestName)
    throw badRequest('invalidValue', `userName has at most ${longestName} characters.`)
  const attributes = JSON.stringify(withoutReferences(kept))
  if (attributes !== former) checkBounds(kept)
  if (attributes.length > mostAttributeBytes)
    throw new ScimError(413, `A person has at most ${mostAttributeBytes} bytes of attributes here.`)
  const email = addressOf(kept['emails'], name)
  return {
    userName: name,
    userNameKey,
    externalId: readExternalId(externalId),
    displayName: shownName(kept) || name,
    email,
    addressKey: email === '' ? null : foldAddress(email),
    isWanted: typeof active === 'boolean' ? active : undefined,
    attributes,
  }
}

/** @throws ScimError `invalidValue` */
export function readExternalId(externalId: Json | undefined): string | null {
  if (typeof externalId !== 'string') return null
  if (externalId.length > longestName)
    throw badRequest('invalidValue', `externalId has at most ${longestName} characters.`)
  return externalId
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

function shownName({ displayName, name }: JsonObject): string {
  if (text(displayName).trim() !== '') return text(displayName).trim().slice(0, 100)
  if (!isObject(name)) return ''
  const parts = [text(name['givenName']), text(name['familyName'])].filter((part) => part.trim() !== '')
  return (text(name['formatted']).trim() || parts.join(' ').trim()).slice(0, 100)
}

/** The primary address, else the one for work, else the first; else the name itself, which often is one. */
function addressOf(emails: Json | undefined, userName: string): string {
  const listed = (Array.isArray(emails) ? emails : []).filter(isObject)
  const ranked = [
    ...listed.filter(({ primary }) => primary === true),
    ...listed.filter(({ type }) => text(type).toLowerCase() === 'work'),
    ...listed,
  ].map(({ value }) => text(value).trim())
  return ranked.find(isPlainAddress) ?? (ranked.length === 0 && isPlainAddress(userName) ? userName : '')
}

/** References are ours to make, from the ids beside them. */
function withoutReferences(kept: JsonObject): JsonObject {
  const extension = kept[enterpriseUserSchema.id]
  const manager = isObject(extension) ? extension['manager'] : undefined
  if (isObject(manager)) delete manager['$ref']
  return kept
}
