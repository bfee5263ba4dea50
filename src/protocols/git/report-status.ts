import { encodePkt, flushPkt, parsePkt, PktLineError } from './pkt-line.ts'
import type { ReceiveRequest } from './receive-commands.ts'

const remoteBand = 2
const dataBand = 1
// side-band-64k: 65520 with length and band byte; the older side-band: 1000.
const largeBand = 65515
const smallBand = 995

/**
 * The whole receive-pack answer that refuses every command: stock git prints each sentence as a `remote:` line and
 * `! [remote rejected] main -> main (reason)`. gitprotocol-pack, "Report Status"; v2 has the same lines for a refusal.
 */
export function refusePush(
  { commands, capabilities }: Pick<ReceiveRequest, 'commands' | 'capabilities'>,
  { reason, sentences }: { reason: string; sentences: readonly string[] },
): Buffer {
  const asks = (capability: string): boolean => capabilities.includes(capability)
  const bandBytes = bandBytesOf(capabilities)
  const report =
    asks('report-status') || asks('report-status-v2')
      ? Buffer.concat([
          encodePkt('unpack ok\n'),
          ...commands.map(({ ref }) => encodePkt(`ng ${ref} ${oneLine(reason)}\n`)),
          flushPkt,
        ])
      : Buffer.alloc(0)
  if (bandBytes === undefined) return report
  return Buffer.concat([...inWords(sentences, bandBytes), ...inBand(dataBand, report, bandBytes), flushPkt])
}

/** What git has written to its end, with further `remote:` lines before the flush that ends it. */
export function addSentences(
  answer: Buffer,
  { capabilities }: Pick<ReceiveRequest, 'capabilities'>,
  sentences: readonly string[],
): Buffer {
  const bandBytes = bandBytesOf(capabilities)
  if (bandBytes === undefined || !answer.subarray(-flushPkt.length).equals(flushPkt)) return answer
  return Buffer.concat([answer.subarray(0, -flushPkt.length), ...inWords(sentences, bandBytes), flushPkt])
}

/**
 * Whether git made each update, by full name, as its answer ends in saying; undefined where it was not asked to say so, or
 * did not come to it.
 */
export function readReport(
  answer: Buffer,
  { capabilities }: Pick<ReceiveRequest, 'capabilities'>,
): Map<string, boolean> | undefined {
  try {
    const hasBands = isBanded({ capabilities })
    const banded = hasBands ? payloadsOf(answer).filter((payload) => payload[0] === dataBand) : []
    const report = hasBands ? Buffer.concat(banded.map((payload) => payload.subarray(1))) : answer
    const [unpacked, ...said] = payloadsOf(report).map((payload) => payload.toString().trimEnd())
    if (unpacked?.startsWith('unpack ') !== true) return undefined
    const updates = said.map((line) => /^(ok|ng) (\S+)/.exec(line)).filter((found) => found !== null)
    return new Map(updates.map(([, word, ref = '']) => [ref, word === 'ok']))
  } catch (error) {
    if (error instanceof PktLineError) return undefined
    throw error
  }
}

const bandBytesOf = (capabilities: ReceiveRequest['capabilities']): number | undefined =>
  capabilities.includes('side-band-64k') ? largeBand : capabilities.includes('side-band') ? smallBand : undefined

/** Whether words and report come in packets of their own. */
export const isBanded = ({ capabilities }: Pick<ReceiveRequest, 'capabilities'>): boolean =>
  bandBytesOf(capabilities) !== undefined

/** Of the lines that are whole. @throws PktLineError */
function payloadsOf(bytes: Buffer): Buffer[] {
  const found: Buffer[] = []
  for (let parsed = parsePkt(bytes); parsed !== undefined; parsed = parsePkt(bytes, parsed.next))
    if (parsed.line.kind === 'data') found.push(parsed.line.payload)
  return found
}

const inWords = (sentences: readonly string[], bandBytes: number): Buffer[] =>
  inBand(remoteBand, Buffer.from(sentences.map((sentence) => `${oneLine(sentence)}\n`).join('')), bandBytes)

function inBand(band: number, bytes: Buffer, maxBytes: number): Buffer[] {
  const lines: Buffer[] = []
  for (let at = 0; at < bytes.length; at += maxBytes) {
    lines.push(encodePkt(Buffer.concat([Buffer.from([band]), bytes.subarray(at, at + maxBytes)])))
  }
  return lines
}

/** Terminals obey control characters, so none leave from here. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}
