import assert from 'node:assert/strict'
import { test } from 'node:test'
import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { StrictJson, isCanonical } from './strict-json.ts'

/** What RFC 8785 itself says, without a short cut. */
function slowly(text: string): boolean {
  try {
    return canonicalize(JSON.parse(text)) === text
  } catch {
    return false
  }
}

function quickly(text: string): boolean {
  try {
    return isCanonical(text, JSON.parse(text))
  } catch {
    return false
  }
}

test('the short cut accepts what RFC 8785 accepts, and nothing else', () => {
  const texts = [
    '{}',
    '{"a":1,"b":{"c":[],"d":null}}',
    '{"b":1,"a":1}',
    '{"a":1,"a":1}',
    '{"a":{"c":1,"b":1}}',
    '[{"b":1,"a":1}]',
    '{"10":1,"9":1}',
    '{"9":1,"10":1}',
    '{"__proto__":1}',
    '{"toJSON":1}',
    '{"a": 1}',
    '{"a":1}\n',
    '{"a":1.0}',
    '{"a":1e400}',
    '{"a":-0}',
    '{"a":"\\u0041"}',
    '{"a":"\\/"}',
    '{"a":"\\ud800"}',
    '{"\\ud800":1}',
    '{"a":"\\\\ud800"}',
    '{"a":"\\u2028"}',
    '{"a":"\u2028"}',
    '{"\u{1f600}":1,"\ufb01":1}',
    '{"\ufb01":1,"\u{1f600}":1}',
  ]
  for (const text of texts) assert.equal(quickly(text), slowly(text), text)
})

test('the same of whatever JSON, canonical or only written by the engine', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const text of [JSON.stringify(value), canonicalize(value) ?? '']) assert.equal(quickly(text), slowly(text))
    }),
  )
})

test('a byte order mark, other white space and nesting without end are refused with the one code', () => {
  const json = new StrictJson('record-malformed')
  for (const text of ['\ufeff{}', ' {}', '[]', `${'['.repeat(200_000)}${']'.repeat(200_000)}`]) {
    assert.throws(() => json.parse(Buffer.from(text)), { code: 'record-malformed' })
  }
})
