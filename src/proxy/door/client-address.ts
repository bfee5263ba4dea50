import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { isProxyTrusted } from '../../http/trusted-proxies.ts'

/** Who asks and how, by the word of trusted proxies and nobody else's. */
export interface Client {
  address: string
  protocol: 'https:' | 'http:'
}

export function readClient({ socket, headers }: IncomingMessage, trustedProxies: readonly string[]): Client {
  const peer = socket.remoteAddress ?? ''
  const protocol = 'encrypted' in socket ? 'https:' : 'http:'
  if (trustedProxies.length === 0 || !isProxyTrusted(peer, trustedProxies)) return { address: peer, protocol }
  const said = lastOf(headers['x-forwarded-proto'])
  return {
    address: readAddress(peer, listOf(headers['x-forwarded-for']), trustedProxies),
    protocol: said === 'https' ? 'https:' : said === 'http' ? 'http:' : protocol,
  }
}

/** From the nearest on: the first that no trusted proxy has, which nobody behind it could make up. */
function readAddress(peer: string, forwarded: readonly string[], trustedProxies: readonly string[]): string {
  let nearest = peer
  for (const address of forwarded.toReversed()) {
    if (!isProxyTrusted(nearest, trustedProxies) || isIP(address) === 0) break
    nearest = address
  }
  return nearest
}

const listOf = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : [value].flat().flatMap((line) => line.split(',').map((each) => each.trim()))

const lastOf = (value: string | string[] | undefined): string | undefined => listOf(value).at(-1)?.toLowerCase()
