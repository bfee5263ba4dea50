import { isIP } from 'node:net'
import { invalid, type ProblemError } from '../http/problem.ts'
import { hostOf, type Outbound, OutboundError } from '../outbound/outbound.ts'
import type { GitSetting } from '../repositories/git-environment.ts'
import { RemoteError } from './remote-error.ts'
import { checkSshAddress, isSshAddress } from './ssh-address.ts'

/** A repository on another server, and how to come in there. */
export interface Remote {
  /** As `checkRemoteUrl` gave it. */
  url: string
  username: string
  /** Over SSH a private key. */
  password: string | undefined
  /** Over SSH, as `checkHostKey` gave it: what the server must show. */
  hostKey?: string | null
  /** Gets the key that was seen where only its fingerprint, or nothing, was known. */
  keepHostKey?: (line: string) => Promise<void>
}

/**
 * The address of a repository as it is kept: http, https or ssh, an address that may be reached, no credential, no query.
 * @throws ProblemError 422 for the field `url`
 */
export function checkRemoteUrl(outbound: Outbound, given: string, password: string | undefined): string {
  const text = given.trim()
  if (isSshAddress(text)) return checkSshAddress(outbound, text)
  if (/^git:/i.test(text))
    throw badUrl('Over git:// nobody can tell who answers. Use the https:// or ssh:// address of the repository.')
  if (/^(file|ftps?):/i.test(text) || /^[/.~]/.test(text) || /^\w[\w+.-]*::/.test(text) || text.startsWith('-'))
    throw badUrl('Only addresses that begin with https://, http:// or ssh:// can be used.')
  let url: URL
  try {
    url = outbound.checkUrl(text)
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    throw badUrl(error.message, text)
  }
  if (url.search !== '') throw badUrl('The address of a repository has no “?”.')
  if (password && url.protocol === 'http:' && !isThisMachine(url))
    throw badUrl('A password is sent over https only. Use the https address.')
  return url.href
}

const badUrl = (sentence: string, given = ''): ProblemError =>
  invalid(
    'url',
    /\/\/[^/]*@/.test(given) ? 'Put user name and password into their own fields, not into the address.' : sentence,
  )

const isThisMachine = (url: URL): boolean => url.hostname === 'localhost' || /^127\.|^\[::1\]$/.test(url.hostname)

export const basicHeader = ({ username, password }: Remote): string | undefined =>
  username === '' && !password
    ? undefined
    : // Forges that take a token as password want some user name.
      `Basic ${Buffer.from(`${username || 'git'}:${password ?? ''}`).toString('base64')}`

/**
 * Git's settings for one connection over http to this remote: over this protocol alone, to the addresses that were looked up and
 * allowed just now, following no redirect. They hold the password, so they go by `config`, never by an argument.
 * @throws RemoteError
 */
export async function connectionSettings(
  outbound: Outbound,
  remote: Remote,
  stallSeconds: number,
): Promise<GitSetting[]> {
  try {
    const url = outbound.checkUrl(remote.url)
    const protocol = url.protocol.slice(0, -1)
    const host = hostOf(url)
    const authorization = basicHeader(remote)
    const addresses = (await outbound.resolve(host)).map(({ address, family }) =>
      family === 6 ? `[${address}]` : address,
    )
    const port = url.port || (protocol === 'https' ? '443' : '80')
    return [
      [`protocol.${protocol}.allow`, 'always'],
      // With it, git also takes no `http-alternates` from the other side.
      ['http.followRedirects', 'false'],
      ['http.lowSpeedLimit', '1'],
      ['http.lowSpeedTime', String(stallSeconds)],
      ...(isIP(host) === 0 ? [['http.curloptResolve', `${host}:${port}:${addresses.join(',')}`] as const] : []),
      ...(authorization === undefined ? [] : [['http.extraHeader', `Authorization: ${authorization}`] as const]),
    ]
  } catch (error) {
    throw fromOutbound(error)
  }
}

/** @returns the error as it is, where it is none of a connection outwards */
export function fromOutbound(error: unknown): unknown {
  return error instanceof OutboundError ? new RemoteError(error.problem, error.message, error) : error
}
