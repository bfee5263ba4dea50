import { parsePkt } from '../protocols/git/pkt-line.ts'
import { zeroOid } from '../protocols/git/receive-commands.ts'

export interface Advertisement {
  refs: Map<string, string>
  capabilities: Set<string>
}

/**
 * What a server says of its refs before a push: gitprotocol-http(5) "Smart Server Response", gitprotocol-pack(5)
 * "Reference Discovery". @throws Error where it is not that
 */
export function parseAdvertisement(bytes: Buffer): Advertisement {
  const refs = new Map<string, string>()
  const capabilities = new Set<string>()
  let at = 0
  let flushes = 0
  let isFirst = true
  while (at < bytes.length && flushes < 2) {
    const parsed = parsePkt(bytes, at)
    if (parsed === undefined) throw new Error('the list of refs is cut off')
    at = parsed.next
    if (parsed.line.kind !== 'data') {
      flushes++
      continue
    }
    const text = parsed.line.payload.toString().replace(/\n$/, '')
    if (text.startsWith('# service=') || text === 'version 1') continue
    const [ref = '', words = ''] = text.split('\0')
    if (isFirst) for (const word of words.split(' ').filter(Boolean)) capabilities.add(word)
    isFirst = false
    const [, oid, name] = /^([0-9a-f]{40}) (.+)$/.exec(ref) ?? []
    if (oid === undefined || name === undefined) throw new Error('this is no list of refs')
    if (oid !== zeroOid && name !== 'capabilities^{}') refs.set(name, oid)
  }
  if (isFirst) throw new Error('this is no list of refs')
  return { refs, capabilities }
}
