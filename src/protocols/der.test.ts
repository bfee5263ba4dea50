import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DerError, OCTET_STRING, SEQUENCE, bytesOf, contentsOf, numberOf, oidOf, parseDer, readItems } from './der.ts'
import { integer, octets, oid, sequence, tagged } from './der-encode.ts'

test('reads what was written', () => {
  const bytes = sequence(oid('1.3.6.1.4.1.45724.1.1.4'), octets(Buffer.alloc(300, 7)), tagged(702, integer(5)))
  const [id, text, wrapped] = contentsOf(parseDer(bytes), SEQUENCE)
  assert.equal(oidOf(id), '1.3.6.1.4.1.45724.1.1.4')
  assert.equal(bytesOf(text, OCTET_STRING).length, 300)
  assert.deepEqual([wrapped?.tagClass, wrapped?.tag], [2, 702])
  assert.equal(numberOf(readItems(wrapped?.contents ?? Buffer.of())[0]), 5)
  assert.equal(oidOf(parseDer(oid('2.5.29.19'))), '2.5.29.19')
})

test('refuses what is cut off, followed by bytes, or not in shortest form', () => {
  for (const hex of [
    '',
    '30',
    '3003020100ff',
    '30020201',
    '3080',
    '30810100',
    '3082000100',
    '04ffffffffff',
    'bfffffffffff',
  ])
    assert.throws(() => readItems(contents(hex)), DerError, hex)
  assert.throws(() => parseDer(Buffer.from('05000500', 'hex')), DerError)
  assert.throws(() => bytesOf(parseDer(Buffer.from('0500', 'hex')), OCTET_STRING), DerError)
})

const contents = (hex: string): Buffer => bytesOf(parseDer(Buffer.from(hex, 'hex')), SEQUENCE)

test('whatever comes, it reads or throws a DerError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (raw) => {
      try {
        for (const item of readItems(Buffer.from(raw))) assert.ok(item.contents.length <= raw.length)
      } catch (error) {
        assert.ok(error instanceof DerError)
      }
    }),
  )
})
