import { isIP } from 'node:net'
import { compileNetworks, type NetworkMatch } from '../policy/networks.ts'

/** IANA's special-purpose registry for IPv4: what no host of the public internet has. */
const specialIpv4 = compileNetworks([
  '0.0.0.0/8', // this network, unspecified
  '10.0.0.0/8', // private
  '100.64.0.0/10', // shared by carrier-grade NAT
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local; clouds tell secrets at 169.254.169.254
  '172.16.0.0/12', // private
  '192.0.0.0/24', // IETF protocol assignments
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // former 6to4 relays
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
])

/** Of IPv6 all that is public lies in here (RFC 4291 §2.4 as allotted by IANA), but for these. */
const globalIpv6 = compileNetworks(['2000::/3'])
const specialIpv6 = compileNetworks([
  '2001::/23', // IETF protocol assignments, Teredo among them
  '2001:db8::/32', // documentation
  '3fff::/20', // documentation
])

/**
 * Whether a connection to this address may be made: it is public, or in a range the operator allows. An IPv6 form of an
 * IPv4 address (mapped, NAT64, 6to4) counts as that IPv4 address, since that is where it leads.
 */
export function mayReach(address: string, isAllowed: NetworkMatch): boolean {
  if (isIP(address) === 0) return false
  // A zone names an interface of this machine: only link-local addresses have one.
  if (address.includes('%')) return false
  const inside = address.includes(':') ? findIpv4Inside(address) : address
  if (isAllowed(inside ?? address) || isAllowed(address)) return true
  if (inside !== undefined) return !specialIpv4(inside)
  return globalIpv6(address) && !specialIpv6(address)
}

/** The IPv4 address that an IPv6 address stands for, where it stands for one. */
function findIpv4Inside(address: string): string | undefined {
  const groups = parseIpv6(address)
  const starts = (...first: number[]): boolean => first.every((group, at) => groups[at] === group)
  const ipv4At = (at: number): string =>
    [groups[at] ?? 0, groups[at + 1] ?? 0].flatMap((group) => [group >> 8, group & 255]).join('.')
  if (starts(0, 0, 0, 0, 0, 0xffff)) return ipv4At(6) // RFC 4291 §2.5.5.2, mapped
  if (starts(0x64, 0xff9b, 0, 0, 0, 0)) return ipv4At(6) // RFC 6052 §2.1, NAT64
  if (starts(0x2002)) return ipv4At(1) // RFC 3056 §2, 6to4
  return undefined
}

/** Eight groups of 16 bits of an IPv6 address in any spelling. */
function parseIpv6(address: string): number[] {
  // The URL parser writes every spelling in one way: hexadecimal groups, at most one `::`.
  const written = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [head = '', tail] = written.split('::')
  const read = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const first = read(head)
  const last = read(tail ?? '')
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last]
}
