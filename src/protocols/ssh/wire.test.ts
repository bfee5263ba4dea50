import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { WireError, WireReader, mpint, string, u32 } from './wire.ts'

const bytes = (hex: string) => Buffer.from(hex, 'hex')

test('writes the examples of RFC 4251 §5', () => {
  assert.deepEqual(u32(0x29b7f4aa), bytes('29b7f4aa'))
  assert.deepEqual(string('testing'), bytes('0000000774657374696e67'))
  assert.deepEqual(mpint(bytes('00')), bytes('00000000'))
  assert.deepEqual(mpint(bytes('09a378f9b2e332a7')), bytes('0000000809a378f9b2e332a7'))
  assert.deepEqual(mpint(bytes('0080')), bytes('000000020080'))
})

test('reads back what was written', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 80 }),
      fc.nat(0xffffffff),
      fc.string({ unit: 'grapheme' }),
      (raw, n, text) => {
        const reader = new WireReader(Buffer.concat([string(raw), u32(n), string(text)]))
        assert.deepEqual(reader.string(), Buffer.from(raw))
        assert.equal(reader.u32(), n)
        assert.equal(reader.text(), text)
        reader.done()
      },
    ),
  )
})

test('an mpint keeps its value whatever zeros led it', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 256n }), fc.nat(4), (value, zeros) => {
      const hex = value.toString(16)
      const unsigned = Buffer.concat([Buffer.alloc(zeros), bytes(hex.length % 2 ? `0${hex}` : hex)])
      const reader = new WireReader(mpint(unsigned))
      assert.equal(BigInt(`0x${reader.mpint().toString('hex')}`), value)
      reader.done()
    }),
  )
})

describe('refuses', () => {
  const cases: [name: string, code: string, read: () => unknown][] = [
    ['a length beyond the end', 'truncated', () => new WireReader(bytes('00000002ff')).string()],
    ['a length of four gigabytes', 'truncated', () => new WireReader(bytes('ffffffff00')).string()],
    ['a cut-off number', 'truncated', () => new WireReader(bytes('0000')).u32()],
    ['bytes left over', 'trailing-bytes', () => new WireReader(bytes('00')).done()],
    ['a negative mpint', 'not-canonical', () => new WireReader(bytes('0000000180')).mpint()],
    ['an empty mpint', 'not-canonical', () => new WireReader(bytes('00000000')).mpint()],
    ['a padded mpint', 'not-canonical', () => new WireReader(bytes('000000020001')).mpint()],
    ['text that is not UTF-8', 'not-canonical', () => new WireReader(bytes('00000001ff')).text()],
  ]
  for (const [name, code, read] of cases) test(name, () => assert.throws(read, { name: 'WireError', code }))

  test('anything else only with a WireError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (raw) => {
        const reader = new WireReader(raw)
        try {
          reader.string()
          reader.mpint()
          reader.text()
          reader.u64()
          reader.done()
        } catch (error) {
          assert.ok(error instanceof WireError)
        }
      }),
    )
  })
})
