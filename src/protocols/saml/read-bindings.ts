import { inflateRawSync } from 'node:zlib'
import { requestLimits } from './parse-authn-request.ts'
import { SamlError } from './saml-error.ts'

/** A message as a binding brought it. */
export interface Carried {
  xml: string
  relayState: string | null
  /** The signature beside it, and the bytes that it is over; null where there is none. */
  signed: { algorithm: string; signature: Buffer; bytes: Buffer } | null
}

/** Bindings §3.4.3 says 80 bytes; what is in use needs more. */
const maxRelayState = 1024
const known = new Set(['SAMLRequest', 'SAMLResponse', 'RelayState', 'SigAlg', 'Signature', 'SAMLEncoding'])
const deflate = 'urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE'

/** Bindings §3.4.4.1. @param query what follows the question mark, as it came: the signature is over its bytes @throws SamlError */
export function readRedirect(query: string): Carried {
  const raw = splitQuery(query)
  const given = new Map([...raw].map(([name, value]) => [name, decodeForm(value)]))
  const message = given.get('SAMLRequest')
  if (message === undefined) throw new SamlError('unsupported', 'there is no SAMLRequest')
  if ((given.get('SAMLEncoding') ?? deflate) !== deflate) throw new SamlError('unsupported', 'an encoding of its own')
  const algorithm = given.get('SigAlg')
  const signature = given.get('Signature')
  if ((algorithm === undefined) !== (signature === undefined)) throw new SamlError('bad-signature', 'half a signature')
  const relayState = readRelayState(given.get('RelayState'))
  const xml = inflate(readBase64(message))
  if (algorithm === undefined || signature === undefined) return { xml, relayState, signed: null }
  const bytes = ['SAMLRequest', 'RelayState', 'SigAlg']
    .flatMap((name) => (raw.has(name) ? [`${name}=${raw.get(name) ?? ''}`] : []))
    .join('&')
  return { xml, relayState, signed: { algorithm, signature: readBase64(signature), bytes: Buffer.from(bytes) } }
}

/** Bindings §3.5.4: a form. A signature inside its XML is never looked at. @throws SamlError */
export function readPost(form: string): Carried {
  const given = new Map([...splitQuery(form)].map(([name, value]) => [name, decodeForm(value)]))
  const message = given.get('SAMLRequest')
  if (message === undefined) throw new SamlError('unsupported', 'there is no SAMLRequest')
  const xml = asText(readBase64(message))
  return { xml, relayState: readRelayState(given.get('RelayState')), signed: null }
}

/** The parameters that mean something, each at most once: what is read must be what was signed. */
function splitQuery(query: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const part of query.split('&')) {
    const at = part.indexOf('=')
    const name = decode(at === -1 ? part : part.slice(0, at))
    if (!known.has(name)) continue
    if (found.has(name)) throw new SamlError('duplicate', name)
    found.set(name, at === -1 ? '' : part.slice(at + 1))
  }
  if (found.has('SAMLResponse')) throw new SamlError('unsupported', 'an answer')
  return found
}

/** As most tools write it: a plus is a space. */
const decodeForm = (value: string): string => decode(value.replaceAll('+', ' '))

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw new SamlError('malformed', 'a parameter that cannot be read', { cause })
  }
}

/** Some write a plus into an address as it is, and it arrives as a space; some break lines. */
function readBase64(text: string): Buffer {
  const plain = text.replaceAll(/[\r\n]/g, '').replaceAll(' ', '+')
  if (plain.length > requestLimits.maxLength * 2) throw new SamlError('too-large', `${plain.length} characters`)
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(plain)) throw new SamlError('malformed', 'not base64')
  return Buffer.from(plain, 'base64')
}

function inflate(bytes: Buffer): string {
  try {
    return asText(inflateRawSync(bytes, { maxOutputLength: requestLimits.maxLength }))
  } catch (cause) {
    if (cause instanceof SamlError) throw cause
    const isBomb = cause instanceof RangeError
    throw new SamlError(isBomb ? 'too-large' : 'malformed', 'it does not inflate', { cause })
  }
}

function asText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new SamlError('malformed', 'not UTF-8', { cause })
  }
}

function readRelayState(text: string | undefined): string | null {
  if (text === undefined || text === '') return null
  if (text.includes('\0')) throw new SamlError('malformed', 'RelayState')
  if (Buffer.byteLength(text) > maxRelayState) throw new SamlError('too-large', 'RelayState')
  return text
}
