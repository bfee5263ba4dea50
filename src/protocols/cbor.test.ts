import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { CborError, type CborValue, parseCbor, readCbor } from './cbor.ts'
import { encodeCbor } from './cbor-encode.ts'

const parse = (hex: string) => parseCbor(Buffer.from(hex, 'hex'))

test('reads the examples of RFC 8949 appendix A that CTAP2 allows', () => {
  const examples: [hex: string, value: CborValue][] = [
    ['00', 0],
    ['17', 23],
    ['1818', 24],
    ['1903e8', 1000],
    ['1a000f4240', 1000000],
    ['1b000000e8d4a51000', 1000000000000],
    ['20', -1],
    ['3903e7', -1000],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['4401020304', Buffer.of(1, 2, 3, 4)],
    ['6449455446', 'IETF'],
    ['8301820203820405', [1, [2, 3], [4, 5]]],
    [
      'a201020304',
      new Map([
        [1, 2],
        [3, 4],
      ]),
    ],
  ]
  for (const [hex, value] of examples) assert.deepEqual(parse(hex), value, hex)
})

describe('refuses', () => {
  const cases: [name: string, hex: string][] = [
    ['nothing at all', ''],
    ['bytes after the item', '0000'],
    ['a length beyond the end', '5affffffff00'],
    ['an array longer than its bytes', '9affffffff00'],
    ['a map longer than its bytes', 'baffffffff0000'],
    ['an indefinite byte string', '5f4100ff'],
    ['an indefinite map', 'bf0001ff'],
    ['a tag', 'c000'],
    ['a float', 'fb3ff199999999999a'],
    ['undefined', 'f7'],
    ['a number in a longer form', '1817'],
    ['a length in a longer form', '580100'],
    ['a number beyond 2^53', '1bffffffffffffffff'],
    ['a key twice', 'a201000101'],
    ['a byte string as a key', 'a1410000'],
    ['text that is not UTF-8', '61ff'],
    ['nesting without end', '81'.repeat(5000) + '00'],
  ]
  for (const [name, hex] of cases) test(name, () => assert.throws(() => parse(hex), { name: 'CborError' }))
})

const leaf = fc.oneof(
  fc.integer(),
  fc.maxSafeNat(),
  fc.string({ unit: 'grapheme' }),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
)
const { value } = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'cbor' },
    leaf,
    fc.array(tie('value'), { maxLength: 4, depthIdentifier: 'cbor' }),
    fc
      .uniqueArray(fc.tuple(fc.oneof(fc.integer(), fc.string()), tie('value')), {
        maxLength: 4,
        selector: ([key]) => key,
        depthIdentifier: 'cbor',
      })
      .map((entries) => new Map(entries)),
  ),
}))

test('reads back what the encoder wrote', () => {
  fc.assert(fc.property(value, (item) => assert.deepEqual(parseCbor(encodeCbor(item)), item)))
})

test('any bytes are read in one way or refused with a CborError, never beyond their end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (raw) => {
      const bytes = Buffer.from(raw)
      try {
        const { value: item, end } = readCbor(bytes, 0)
        assert.deepEqual(encodeCbor(item), bytes.subarray(0, end))
      } catch (error) {
        if (!(error instanceof CborError)) throw error
      }
    }),
    { numRuns: 2000 },
  )
})
