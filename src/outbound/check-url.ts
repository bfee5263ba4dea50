import { isIP } from 'node:net'
import type { NetworkMatch } from '../policy/networks.ts'
import { OutboundError } from './outbound-error.ts'
import { mayReach } from './public-address.ts'

/** Fetch §2.9, "bad port": other protocols live there, and some take a request for words of their own. */
const badPorts = new Set(
  `0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 135
  137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 995 1719
  1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080`.split(/\s+/),
)

const maxUrlLength = 2_000

/**
 * The URL as it will be used: http or https, without user name and password, on a port that is no other protocol's, and
 * not an address that may not be reached. Odd spellings of addresses (`2130706433`, `0x7f.1`) are read as a browser
 * reads them. A name is judged when it is looked up. @throws OutboundError with a sentence
 */
export function checkUrl(given: string | URL, isAllowed: NetworkMatch): URL {
  const text = String(given)
  if (text.length > maxUrlLength) throw bad(`An address may have at most ${maxUrlLength} characters.`)
  const url = URL.parse(text)
  if (url === null) throw bad('This is not an address such as https://example.com/path.')
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw bad('The address must begin with https:// or http://.')
  if (url.username !== '' || url.password !== '')
    throw bad('The address must not hold a user name or password: it is shown, and written to logs on the way.')
  if (badPorts.has(url.port)) throw bad(`Port ${url.port} belongs to another protocol.`)
  const host = hostOf(url)
  if (isIP(host) !== 0 && !mayReach(host, isAllowed)) throw privateAddress(host)
  url.hash = ''
  return url
}

/** The host as sockets take it: IPv6 without brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')

const bad = (sentence: string): OutboundError => new OutboundError('bad-url', sentence)

export const privateAddress = (host: string, cause?: unknown): OutboundError =>
  new OutboundError(
    'private-address',
    `${host} leads to a private address. The operator of this server can allow its range with POSTERN_OUTBOUND_ALLOW.`,
    { cause },
  )
