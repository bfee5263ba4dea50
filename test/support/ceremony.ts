import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import type { Person } from '../../src/walk/person.ts'

export type Tampering = NonNullable<Parameters<Person['authenticator']['get']>[2]>

export interface Begun<Options> {
  ceremonyId: string
  expiresAt: number
  publicKey: Options
}

export const beginSignIn = (person: Person): Promise<Begun<PublicKeyCredentialRequestOptionsJSON>> =>
  person.call('POST', '/sign-in/begin', {})

export const finishSignIn = (person: Person, ceremonyId: string, response: unknown): Promise<unknown> =>
  person.call('POST', '/sign-in/finish', { ceremonyId, response })

/** A whole sign-in whose response is bent away from honest behaviour. */
export async function signInWith(person: Person, tampering: Tampering = {}): Promise<void> {
  const { ceremonyId, publicKey } = await beginSignIn(person)
  await finishSignIn(person, ceremonyId, person.authenticator.get(publicKey, person.origin, tampering))
}

/** In somebody's browser, with whichever key is held to it. */
export async function signInByKey(person: Person, key: Person['authenticator']): Promise<void> {
  const { ceremonyId, publicKey } = await beginSignIn(person)
  await finishSignIn(person, ceremonyId, key.get(publicKey, person.origin))
}

export const applicant = (username: string) => ({
  username,
  displayName: `${username} Example`,
  email: `${username}@example.com`,
})

export const tokenOf = (link: string): string => new URL(link).hash.slice(1)

export const beginRegistration = (
  person: Person,
  link: string,
  username: string,
): Promise<Begun<PublicKeyCredentialCreationOptionsJSON>> =>
  person.call('POST', '/registration-links/begin', { token: tokenOf(link), ...applicant(username) })

export const finishRegistration = (
  person: Person,
  link: string,
  ceremonyId: string,
  response: unknown,
): Promise<unknown> => person.call('POST', '/registration-links/finish', { token: tokenOf(link), ceremonyId, response })

export async function registerWith(
  person: Person,
  link: string,
  username: string,
  tampering: Tampering = {},
): Promise<void> {
  const { ceremonyId, publicKey } = await beginRegistration(person, link, username)
  await finishRegistration(person, link, ceremonyId, person.authenticator.create(publicKey, person.origin, tampering))
}
