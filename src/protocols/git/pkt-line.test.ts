import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  delimPkt,
  encodePkt,
  flushPkt,
  maxPktPayloadBytes,
  parsePkt,
  PktLineError,
  responseEndPkt,
} from './pkt-line.ts'

describe('pkt-line', () => {
  it('encodes the examples of gitprotocol-common', () => {
    assert.equal(encodePkt('a\n').toString(), '0006a\n')
    assert.equal(encodePkt('a').toString(), '0005a')
    assert.equal(encodePkt('foobar\n').toString(), '000bfoobar\n')
    assert.equal(encodePkt('').toString(), '0004')
  })

  it('parses what it encodes, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(310), (payload, cut) => {
        const bytes = Buffer.concat([Buffer.from('xx'), encodePkt(payload), flushPkt])
        const parsed = parsePkt(bytes, 2)
        assert.deepEqual(parsed?.line, { kind: 'data', payload: Buffer.from(payload) })
        assert.deepEqual(parsePkt(bytes, parsed?.next), { line: { kind: 'flush' }, next: bytes.length })
        const cutAt = Math.min(cut, payload.length + 3)
        assert.equal(parsePkt(bytes.subarray(0, 2 + cutAt), 2), undefined)
      }),
    )
  })

  it('knows the three special lines', () => {
    const kinds = [flushPkt, delimPkt, responseEndPkt].map((bytes) => parsePkt(bytes)?.line.kind)
    assert.deepEqual(kinds, ['flush', 'delim', 'response-end'])
  })

  it('refuses impossible lengths at once', () => {
    for (const text of ['0003', 'fff1', 'ffff', 'zz', '-001', '0x1f', ' 123', 'GET ', '\u0000']) {
      assert.throws(() => parsePkt(Buffer.from(text)), PktLineError, text)
    }
  })

  it('takes the largest line and none above', () => {
    const largest = encodePkt(Buffer.alloc(maxPktPayloadBytes))
    assert.equal(largest.toString('latin1', 0, 4), 'fff0')
    assert.equal(parsePkt(largest)?.next, 65520)
    assert.throws(() => encodePkt(Buffer.alloc(maxPktPayloadBytes + 1)), RangeError)
  })
})
