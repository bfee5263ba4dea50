import { invalid } from '../http/problem.ts'
import { hostOf, type Outbound, OutboundError } from '../outbound/outbound.ts'

/** Where a repository is over SSH. `host`: IPv6 without brackets. */
export interface SshAddress {
  user: string
  host: string
  port: number
  path: string
}

const short = /^([^/:@\s]+)@(\[[^\]]*\]|[^/:@\s]+):(?!\/\/)([\s\S]*)$/
const long = /^(?:ssh|git\+ssh|ssh\+git):\/\/(?:([^/@]*)@)?(\[[^\]/]*\]|[^/:@]+)(?::(\d{1,5}))?(\/[\s\S]*)$/i
// Each is a list of what may stand there: nothing of it means anything to ssh, to git or to a shell.
const userName = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/
const hostName = /^(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)$/
const plainPath = /^(\/[A-Za-z0-9._~+@-]+)+\/?$/

/** Whether this is meant for SSH, in its long or its short form, well-formed or not. */
export const isSshAddress = (text: string): boolean => /^(ssh|git\+ssh|ssh\+git):/i.test(text) || short.test(text)

/**
 * `ssh://user@host[:port]/path` for both forms; the short one's path is read from the root, as forges do.
 * @throws ProblemError 422 for the field `url`
 */
export function checkSshAddress(outbound: Outbound, text: string): string {
  const [, shortUser, shortHost, shortPath = ''] = short.exec(text) ?? []
  const [, longUser = 'git', longHost, longPort = '22', longPath = ''] = long.exec(text) ?? []
  const [user, givenHost, path] =
    shortHost === undefined
      ? [longUser, longHost, longPath]
      : [shortUser ?? '', shortHost, `/${shortPath.replace(/^\//, '')}`]
  const port = shortHost === undefined ? Number(longPort) : 22
  if (user.includes(':')) throw bad('Put no password into the address: SSH comes in with a key, in its own field.')
  if (givenHost === undefined) throw bad('An SSH address looks like ssh://git@example.com/team/api.git.')
  if (!userName.test(user)) throw bad('The user name in the address may have letters, digits, “.”, “_” and “-”.')
  if (!hostName.test(givenHost)) throw bad('The server’s name in the address is none that can be looked up.')
  if (text.length > 2_000 || !plainPath.test(path) || /\/(\.\.?(\/|$)|-)/.test(path))
    throw bad(
      'The path in the address may have letters, digits and “._~+@-”, no “..”, and no name that begins with “-”.',
    )
  const { hostname } = checkReach(outbound, givenHost, port)
  return `ssh://${user}@${hostname}${port === 22 ? '' : `:${port}`}${path}`
}

/** By the rules of every other address: odd spellings, private addresses, ports of other protocols. */
function checkReach(outbound: Outbound, host: string, port: number): URL {
  if (port < 1 || port > 65_535) throw bad('Ports go from 1 to 65535.')
  try {
    return outbound.checkUrl(`http://${host}${port === 22 ? '' : `:${port}`}/`)
  } catch (error) {
    throw error instanceof OutboundError ? bad(error.message) : error
  }
}

/** The parts of an address that `checkSshAddress` gave. */
export function readSshAddress(url: string): SshAddress {
  const { username, port, pathname } = new URL(url)
  return { user: username, host: hostOf(new URL(url)), port: Number(port || 22), path: pathname }
}

const bad = (sentence: string) => invalid('url', sentence)
