import assert from 'node:assert/strict'
import { test } from 'node:test'
import { domainOfAddress, parseDomainName, spellings } from './domain-name.ts'

test('one domain has one spelling, however it is typed', () => {
  for (const given of ['Example.COM', ' example.com ', 'example.com.', 'ｅｘａｍｐｌｅ.com', 'example。com'])
    assert.equal(parseDomainName(given), 'example.com', given)
  for (const given of ['bücher.example', 'BÜCHER.example', 'xn--bcher-kva.example', 'bu\u0308cher.example'])
    assert.equal(parseDomainName(given), 'xn--bcher-kva.example', given)
})

test('a name that only looks like another is another', () => {
  const cyrillic = parseDomainName('аpple.com')
  assert.equal(cyrillic, 'xn--pple-43d.com')
  assert.notEqual(cyrillic, parseDomainName('apple.com'))
})

test('what is no domain, or nobody’s in particular, is refused with a sentence', () => {
  for (const given of `com localhost 127.0.0.1 0x7f.1 [::1] 1.2.3.4 2130706433 example..com .example.com -a.com a-.com
    exa_mple.com exam%70le.com example.com/path example.com:80 ana@example.com https://example.com *.example.com
    example.123 ${'a'.repeat(64)}.com ${'abcdefgh.'.repeat(30)}com`.split(/\s+/))
    assert.throws(() => parseDomainName(given), { code: 'invalid-input' }, given)
  for (const given of ['', ' ', 'a b.com', 'exa\0mple.com', 'exa\u202emple.com', 'zero\u200bwidth.com'])
    assert.throws(() => parseDomainName(given), { code: 'invalid-input' }, JSON.stringify(given))
  for (const given of ['gmail.com', 'Outlook.com', 'GMX.de'])
    assert.throws(() => parseDomainName(given), /Anybody can get an address at/, given)
  for (const given of ['co.uk', 'github.io', 'com.au'])
    assert.throws(() => parseDomainName(given), /Many register names under/, given)
})

test('the domain of an address is what stands after its last @', () => {
  assert.equal(domainOfAddress('Ana@Example.COM'), 'example.com')
  assert.equal(domainOfAddress('ana@example.com@evil.example'), 'evil.example')
  assert.equal(domainOfAddress('ana@bücher.example'), 'xn--bcher-kva.example')
  assert.equal(domainOfAddress('ana@sub.example.com'), 'sub.example.com')
  for (const email of ['', '@example.com', 'ana', 'ana@', 'ana@exam%70le.com'])
    assert.equal(domainOfAddress(email), undefined, email)
})

test('an address may be typed in both forms of a name', () => {
  assert.deepEqual(spellings('xn--bcher-kva.example'), ['xn--bcher-kva.example', 'bücher.example'])
  assert.deepEqual(spellings('example.com'), ['example.com'])
})
