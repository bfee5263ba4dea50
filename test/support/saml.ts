import { sign, type KeyObject } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import type { Person } from '../../src/walk/person.ts'
import { open } from './oauth.ts'

export const entityId = 'https://wiki.example/saml/metadata'
export const acsUrl = 'https://wiki.example/saml/acs'

export interface Application {
  slug: string
  opensAt: string | null
}

type Changes = { settings?: Record<string, unknown>; [name: string]: unknown }

/** An application that asks by SAML, as it is set up. */
export const wanted = (slug: string, { settings = {}, ...changes }: Changes = {}) => ({
  kind: 'saml',
  slug,
  name: `The ${slug}`,
  description: '',
  recipe: null,
  launchUrl: null,
  audience: 'members',
  groups: [],
  strength: null,
  settings: { entityId, acsUrls: [acsUrl], ...settings },
  ...changes,
})

/** Sets an application up that asks by SAML. */
export const setUp = async (owner: Person, slug: string, changes: Changes = {}): Promise<Application> =>
  (await owner.act<{ application: Application }>('POST', '/applications', wanted(slug, changes))).application

let last = 0

export interface Asked {
  id?: string
  issuer?: string
  issuedAt?: number
  /** Attributes of the request, as they stand there. */
  more?: string
  destination?: string | null
  /** What stands in it behind the issuer. */
  inside?: string
}

/** An AuthnRequest as a tool writes it. */
export function requestXml(origin: string, asked: Asked = {}): string {
  const { id = `_request${(last += 1)}`, issuer = entityId, issuedAt = Date.now(), more = '', inside = '' } = asked
  const { destination = `${origin}/saml/sso` } = asked
  const to = destination === null ? '' : ` Destination="${destination}"`
  return `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" Version="2.0" IssueInstant="${new Date(issuedAt).toISOString()}"${to}${more}><saml:Issuer>${issuer}</saml:Issuer>${inside}</samlp:AuthnRequest>`
}

export interface Carrying {
  relayState?: string
  key?: KeyObject
  algorithm?: string
}

/** The query of the Redirect binding. */
export function redirectQuery(xml: string | Buffer, { relayState, key, algorithm }: Carrying = {}): string {
  const parts = [`SAMLRequest=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}`]
  if (relayState !== undefined) parts.push(`RelayState=${encodeURIComponent(relayState)}`)
  if (key === undefined) return parts.join('&')
  const name = algorithm ?? 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
  parts.push(`SigAlg=${encodeURIComponent(name)}`)
  const hash = name.endsWith('sha1') ? 'sha1' : 'sha256'
  const signature = sign(hash, Buffer.from(parts.join('&')), { key, dsaEncoding: 'ieee-p1363' })
  return [...parts, `Signature=${encodeURIComponent(signature.toString('base64'))}`].join('&')
}

/** Where an answer leads: a page of ours, or the form that goes back to the tool. */
export type Landed = { page: URL } | { acsUrl: string; xml: string; relayState: string | null; headers: Headers }

/** Opens an address as the person's browser does, and follows what stays here. */
export async function land(person: Person, address: string): Promise<Landed> {
  const response = await open(person, new URL(address, person.origin).href)
  const location = response.headers.get('location')
  if (location !== null) {
    const next = new URL(location, person.origin)
    return next.pathname.startsWith('/saml/') ? land(person, next.href) : { page: next }
  }
  const html = await response.text()
  const attribute = (pattern: RegExp): string | undefined => pattern.exec(html)?.[1]?.replaceAll('&amp;', '&')
  const xml = attribute(/name="SAMLResponse" value="([^"]*)"/)
  const to = attribute(/action="([^"]*)"/)
  if (xml === undefined || to === undefined) throw new Error(`no answer: ${response.status} ${html}`)
  return {
    acsUrl: to,
    xml: Buffer.from(xml, 'base64').toString(),
    relayState: attribute(/name="RelayState" value="([^"]*)"/) ?? null,
    headers: response.headers,
  }
}

/** Asks by the Redirect binding. */
export const askByRedirect = (person: Person, asked: Asked = {}, carrying: Carrying = {}): Promise<Landed> =>
  land(person, `/saml/sso?${redirectQuery(requestXml(person.origin, asked), carrying)}`)

/** The answer that a tool gets. @throws where its person is led elsewhere */
export function answerOf(landed: Landed): Exclude<Landed, { page: URL }> {
  if ('page' in landed) throw new Error(`led to ${landed.page.pathname}${landed.page.search}`)
  return landed
}

/** The word with which a request was refused on a page of ours. @throws where it was answered */
export function problemOf(landed: Landed): string {
  if ('page' in landed && landed.page.pathname === '/-/sign-on') return landed.page.searchParams.get('problem') ?? ''
  throw new Error('page' in landed ? landed.page.href : landed.xml)
}

/** The codes of an answer, the outer one first. */
export const statusOf = (xml: string): string[] =>
  [...xml.matchAll(/StatusCode Value="[^"]*:(\w+)"/g)].map(([, code = '']) => code)

export const passwordClass = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'
