import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codePointName, hasHidden, revealHidden, splitHidden } from './code-hidden.ts'

test('a comment that reorders what is read is written out', () => {
  assert.equal(
    revealHidden('/*\u202e } \u2066if (isAdmin)\u2069 \u2066 begin admins only */'),
    '/*⟦U+202E⟧ } ⟦U+2066⟧if (isAdmin)⟦U+2069⟧ ⟦U+2066⟧ begin admins only */',
  )
})

test('zero-width, filler, tag and control characters are shown', () => {
  for (const character of [
    '\u200b',
    '\u3164',
    '\u{e0041}',
    '\ufe01',
    '\u{e0101}',
    '\u0000',
    '\u001b',
    '\ufeff',
    '\u00ad',
  ])
    assert.equal(hasHidden(`a${character}b`), true, codePointName(character))
})

test('ordinary text, tabs, line ends and emoji are left alone', () => {
  for (const text of ['a\tb\r\n', 'ends with CR\r', 'żółć 日本語', '👩‍💻 ❤️ 1️⃣ 👍🏽', '🏳️‍🌈'])
    assert.equal(hasHidden(text), false, text)
})

test('a joiner or selector between letters or digits is not an emoji', () => {
  assert.equal(revealHidden('1\ufe0f1\u200d'), '1⟦U+FE0F⟧1⟦U+200D⟧')
  assert.equal(revealHidden('user\u200dname'), 'user⟦U+200D⟧name')
})

test('the parts are the text', () => {
  const text = 'x\u202ey\u200bz'
  assert.equal(
    splitHidden(text)
      .map((part) => part.text)
      .join(''),
    text,
  )
})
