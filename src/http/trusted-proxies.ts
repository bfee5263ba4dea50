import { BlockList, isIP } from 'node:net'

interface Remembered {
  list: BlockList
  /** What was found out of addresses that come again and again: to ask the list costs more than all else of a request. */
  answers: Map<string, boolean>
}

const lists = new WeakMap<readonly string[], Remembered>()
const mostAnswers = 5000

/** Whether a peer's word about the client is taken: its address is in one of the configured addresses or ranges. */
export function isProxyTrusted(address: string, ranges: readonly string[]): boolean {
  if (ranges.length === 0 || isIP(address) === 0) return false
  let known = lists.get(ranges)
  if (known === undefined) lists.set(ranges, (known = { list: parseRanges(ranges), answers: new Map() }))
  const { list, answers } = known
  let isTrusted = answers.get(address)
  if (isTrusted !== undefined) return isTrusted
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  isTrusted = list.check(mapped ?? address, (mapped ?? address).includes(':') ? 'ipv6' : 'ipv4')
  if (answers.size >= mostAnswers) answers.clear()
  answers.set(address, isTrusted)
  return isTrusted
}

/** @throws RangeError naming the entry that is neither an address nor a range */
export function parseRanges(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', prefix, ...rest] = range.split('/')
    const version = isIP(address)
    const bits = prefix === undefined ? (version === 6 ? 128 : 32) : Number(prefix)
    if (version === 0 || rest.length > 0 || !Number.isInteger(bits) || bits < 0 || bits > (version === 6 ? 128 : 32))
      throw new RangeError(`${range} is neither an address nor a range such as 10.0.0.0/8`)
    list.addSubnet(address, bits, version === 6 ? 'ipv6' : 'ipv4')
  }
  return list
}
