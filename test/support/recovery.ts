import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server'
import type { NewCodes, RecoveryBegun } from '../../src/identity/recovery/shapes.ts'
import { SoftwareAuthenticator } from '../../src/protocols/webauthn/software-authenticator.ts'
import { Person } from '../../src/walk/person.ts'
import { applicant, type Begun } from './ceremony.ts'

/** Ten fresh codes, for which the person taps. */
export const makeCodes = async (person: Person): Promise<string[]> =>
  (await person.act<NewCodes>('POST', '/me/recovery-codes', {})).codes

export const useCode = (somebody: Person, name: string, code: string): Promise<RecoveryBegun> =>
  somebody.call('POST', '/recovery/use-code', { name, code })

/** An administrator lets somebody back in. */
export const letBackIn = (administrator: Person, username: string): Promise<RecoveryBegun> =>
  administrator.act('POST', `/people/${username}/recovery`, {})

/** Registers through the link of a recovery, on a browser and an authenticator of its own. */
export async function comeBack(
  begun: RecoveryBegun,
  username: string,
  authenticator = new SoftwareAuthenticator(),
): Promise<Person> {
  const person = new Person(new URL(begun.link).origin, authenticator)
  await person.register(begun.link, applicant(username), 'the new one')
  return person
}

/** One tap on a former passkey: "It was not me". */
export async function cancelWith(
  person: Person,
  tampering?: Parameters<SoftwareAuthenticator['get']>[2],
): Promise<void> {
  const browser = new Person(person.origin, person.authenticator)
  const begun = await browser.call<Begun<PublicKeyCredentialRequestOptionsJSON>>('POST', '/recovery/cancel/begin', {})
  await browser.call('POST', '/recovery/cancel/finish', {
    ceremonyId: begun.ceremonyId,
    response: browser.authenticator.get(begun.publicKey, browser.origin, tampering),
  })
}

/** The same passkey in a browser that nobody is signed in with. */
export const elsewhere = (person: Person): Person => new Person(person.origin, person.authenticator)
