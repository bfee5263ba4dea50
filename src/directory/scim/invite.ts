import type { Tx } from '../../database/handles.ts'
import type { TableName } from '../../database/schema.ts'
import { createRegistrationLink, linkUrl } from '../../identity/registration-links.ts'
import type { Mail } from '../../mail/mail.ts'
import type { ScimParts } from './scim-parts.ts'

/**
 * A letter with the one-time link by which somebody new registers. Where no mail is set up nothing is made: an
 * administrator makes the link on the page of that person.
 */
export function createInvite({
  mail,
  origin,
}: {
  mail: Pick<Mail, 'from' | 'queue'>
  origin: string
}): ScimParts['invite'] {
  return async (tx: Tx<TableName>, { id, email }, { connection, at }) => {
    if (mail.from === null || email === '') return
    const link = await createRegistrationLink(tx, { purpose: 'invitation', userId: id, createdBy: null, at })
    await mail.queue(tx, {
      toUserId: id,
      kind: 'invitation',
      facts: {
        by: connection,
        what: 'to sign in with the account your organisation has made for you',
        message: '',
        link: linkUrl(origin, link.token),
        expiresAt: link.expiresAt,
      },
    })
  }
}
