import type { Database, Tx } from '../../database/handles.ts'
import { newId } from '../../database/id.ts'
import type { TableName } from '../../database/schema.ts'
import { forbidden, ProblemError } from '../../http/problem.ts'
import { foldAddress } from '../fold-address.ts'
import type { WriteLetter } from '../profile/own-letter.ts'
import { createRegistrationLink, linkUrl } from '../registration-links.ts'
import { getSetting } from '../settings.ts'
import { plain } from '../users.ts'
import { isKnownAddress } from './is-known.ts'

const hourMs = 3_600_000
/** How long the letter's link works. */
export const applicationMs = 24 * hourMs
/** Letters to one address in a day, and to all in an hour: nobody's mailbox is flooded from here. */
const lettersToOne = 3
const lettersToAll = 500

export interface ApplyParts {
  database: Database
  writeLetter: WriteLetter
  origin: string
  now: () => number
}

interface Application {
  email: string
  displayName: string
  username: string
}

const switchedOff = (): ProblemError =>
  forbidden('Nobody can register themselves here.', 'Ask an administrator to invite you.')

export const tooManyRegister = (): ProblemError =>
  new ProblemError(429, 'too-many-requests', 'Too many people are registering at this moment.', {
    help: 'Try again in an hour.',
  })

/**
 * Sends the letter with which somebody finishes their registration. Whether the address is known here cannot be told from
 * outside: the same is written for it, and its person gets a letter that says so. @throws 403 where it is switched off, 429
 */
export async function applyToRegister(parts: ApplyParts, given: Application): Promise<void> {
  const { database, writeLetter, origin, now } = parts
  await database.write(async (tx) => {
    const at = now()
    if (writeLetter === null || !(await getSetting(tx, 'selfRegistration'))) throw switchedOff()
    await tx
      .deleteFrom('applicant')
      .where('createdAt', '<=', at - applicationMs)
      .execute()
    const email = foldAddress(given.email)
    const { all } = await tx
      .selectFrom('applicant')
      .select((eb) => eb.fn.countAll<number>().as('all'))
      .where('createdAt', '>', at - hourMs)
      .executeTakeFirstOrThrow()
    if (all >= lettersToAll) throw tooManyRegister()
    if ((await countLetters(tx, email)) >= lettersToOne) return
    const isKnown = await isKnownAddress(tx, email)
    // Also for who is known, where it opens nothing.
    const link = await createRegistrationLink(tx, {
      purpose: 'invitation',
      userId: null,
      createdBy: null,
      lifetimeMs: applicationMs,
      at,
    })
    const displayName = plain(given.displayName)
    await tx
      .insertInto('applicant')
      .values({
        id: newId('apl'),
        email,
        address: given.email,
        displayName,
        username: given.username,
        linkId: isKnown ? null : link.id,
        createdAt: at,
      })
      .execute()
    // No name: whoever asks for the letter would choose what a stranger reads.
    const to = { address: given.email, name: '' }
    if (isKnown) await writeLetter(tx, { to, kind: 'register-known', facts: { at } })
    else {
      const facts = { link: linkUrl(origin, link.token), expiresAt: at + applicationMs }
      await writeLetter(tx, { to, kind: 'register', facts })
    }
  })
}

async function countLetters(tx: Tx<TableName>, email: string): Promise<number> {
  const { sent } = await tx
    .selectFrom('applicant')
    .select((eb) => eb.fn.countAll<number>().as('sent'))
    .where('email', '=', email)
    .executeTakeFirstOrThrow()
  return sent
}
