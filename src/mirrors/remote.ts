import { isIP } from 'node:net'
import { invalid, type ProblemError } from '../http/problem.ts'
import { hostOf, type Outbound, OutboundError } from '../outbound/outbound.ts'
import type { GitSetting } from '../repositories/git-environment.ts'
import { RemoteError } from './remote-error.ts'

/** A repository on another server, and how to come in there. */
export interface Remote {
  /** As `checkRemoteUrl` gave it. */
  url: string
  username: string
  password: string | undefined
}

/**
 * The address of a repository as it is kept: http or https, an address that may be reached, no credential, no query.
 * @throws ProblemError 422 for the field `url`
 */
export function checkRemoteUrl(outbound: Outbound, given: string, password: string | undefined): string {
  const text = given.trim()
  if (/^[^/:@\s]+@[^/:\s]+:(?!\/\/)/.test(text) || /^(ssh|git\+ssh|ssh\+git):/i.test(text))
    throw badUrl('SSH addresses cannot be used yet. Use the https address of the repository, with a token.')
  if (/^(git|file|ftps?):/i.test(text) || /^[/.~]/.test(text) || /^\w[\w+.-]*::/.test(text) || text.startsWith('-'))
    throw badUrl('Only addresses that begin with https:// or http:// can be used.')
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

/** After this long without a byte a connection is given up. */
const defaultStallSeconds = 120

/**
 * Git's settings for one connection to this remote: over this protocol alone, to the addresses that were looked up and
 * allowed just now, following no redirect. They hold the password, so they go by `config`, never by an argument.
 * @throws RemoteError
 */
export async function connectionSettings(
  outbound: Outbound,
  remote: Remote,
  stallSeconds = defaultStallSeconds,
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
