import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quoteName } from './quote-name.ts'

test('a name cannot break a line, hide, or reorder what stands beside it', () => {
  assert.equal(quoteName('Ana\r\nBcc: eve@evil.example'), 'Ana Bcc: eve[@]evil[.]example')
  assert.equal(quoteName('key\u202e\u200b\0'), 'key\\u{202e}\\u{200b}\\u{0}')
  assert.equal(quoteName('a\ud800b'), 'a\ufffdb')
})

test('a name cannot become a link that somebody sends in our name', () => {
  assert.equal(quoteName('https://evil.example/x'), 'https[:]//evil[.]example/x')
  assert.equal(quoteName('www.evil.example'), 'www[.]evil[.]example')
  assert.equal(quoteName('help@evil.example'), 'help[@]evil[.]example')
})

test('names as people have them stay as they are, and long ones end', () => {
  for (const name of ['Ana Example', 'YubiKey 5.7', 'Zoë’s MacBook (work)', '山田 太郎', 'J. R. Smith'])
    assert.equal(quoteName(name), name)
  assert.equal(quoteName(`x${'😀'.repeat(500)}`).length, 200)
  assert.ok(quoteName('😀'.repeat(500)).isWellFormed())
})
