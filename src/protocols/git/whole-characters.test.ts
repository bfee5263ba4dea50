import assert from 'node:assert/strict'
import { it } from 'node:test'
import { encodePkt, flushPkt } from './pkt-line.ts'
import { createWholeCharacters } from './whole-characters.ts'

const words = (bytes: Uint8Array): Buffer => encodePkt(Buffer.concat([Buffer.of(2), bytes]))
const report = encodePkt('\u0001000eunpack ok\n0000')

/** What goes on, packet by packet, where git's answer comes in pieces of this size. */
function passed(answer: Buffer, size: number): string[] {
  const { take, rest } = createWholeCharacters()
  const out: Buffer[] = []
  for (let at = 0; at < answer.length; at += size) out.push(take(answer.subarray(at, at + size)))
  const bytes = Buffer.concat([...out, rest()]).toString('latin1')
  const found: string[] = []
  for (let at = 0; at < bytes.length;) {
    const length = Math.max(4, Number.parseInt(bytes.slice(at, at + 4), 16) || bytes.length)
    found.push(Buffer.from(bytes.slice(at + 4, at + length), 'latin1').toString())
    at += length
  }
  return found
}

it('a character that git cuts in two goes on whole, wherever it is cut', () => {
  const text = Buffer.from('a“é█𝄞z\n')
  for (let cut = 0; cut <= text.length; cut++)
    for (let size = 1; size < 12; size++) {
      const answer = Buffer.concat([
        words(text.subarray(0, cut)),
        words(Buffer.alloc(0)),
        words(text.subarray(cut)),
        report,
        flushPkt,
      ])
      const packets = passed(answer, size)
      const said = packets.filter((packet) => packet.startsWith('\u0002')).map((packet) => packet.slice(1))
      assert.equal(said.join(''), text.toString(), `cut at ${cut}`)
      // The one without words keeps a connection alive.
      assert.equal(said.length, 3)
      assert.deepEqual(packets.slice(3), [report.toString().slice(4), ''])
    }
})

it('what is no UTF-8, what never ends and what is no packet goes on as it came', () => {
  for (const bytes of [Buffer.of(0x80, 0x81, 0xff), Buffer.of(0xc3, 0x28), Buffer.alloc(65515, 'é')]) {
    const { take, rest } = createWholeCharacters()
    const answer = Buffer.concat([words(bytes), flushPkt])
    assert.deepEqual(Buffer.concat([take(answer), rest()]).filter(isText), answer.filter(isText))
  }
  const begun = words(Buffer.from('“').subarray(0, 2))
  const { take, rest } = createWholeCharacters()
  assert.deepEqual(take(begun), words(Buffer.alloc(0)))
  assert.deepEqual(
    Buffer.concat([take(Buffer.from('0010cut')), rest()]),
    Buffer.concat([begun, Buffer.from('0010cut')]),
  )
  const strange = createWholeCharacters()
  assert.deepEqual(
    Buffer.concat([strange.take(begun), strange.take(Buffer.from('fatal: no')), strange.take(Buffer.from('thing'))]),
    Buffer.concat([words(Buffer.alloc(0)), begun, Buffer.from('fatal: nothing')]),
  )
})

/** Lengths differ where a packet becomes two. */
const isText = (byte: number): boolean => byte >= 0x80
