import { BlockList, isIP } from 'node:net'

/** Whether an address lies in one of the ranges of a rule. */
export type NetworkMatch = (address: string | null) => boolean

/** Compiles addresses and CIDR ranges. An unknown address lies nowhere. @throws RangeError naming the range that is none */
export function compileNetworks(ranges: readonly string[]): NetworkMatch {
  const list = new BlockList()
  for (const range of ranges) addRange(list, range)
  // A request asks every rule about the same address.
  let asked: string | null = null
  let answer = false
  return (address) => {
    if (address === null) return false
    if (address !== asked) {
      answer = contains(list, address)
      asked = address
    }
    return answer
  }
}

function addRange(list: BlockList, range: string): void {
  const [address = '', bits, ...rest] = range.split('/')
  const family = isIP(address)
  const most = family === 4 ? 32 : 128
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
  if (family === 0 || rest.length > 0 || !(prefix >= 0 && prefix <= most))
    throw new RangeError(`${range} is not an address or range such as 192.0.2.0/24.`)
  list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6')
}

function contains(list: BlockList, address: string): boolean {
  // What a dual-stack socket calls an IPv4 caller.
  const plain = address.toLowerCase().startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address
  const family = isIP(plain)
  return family !== 0 && list.check(plain, family === 4 ? 'ipv4' : 'ipv6')
}
