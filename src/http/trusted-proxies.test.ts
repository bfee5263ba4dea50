import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isProxyTrusted, parseRanges } from './trusted-proxies.ts'

test('nobody is trusted where nobody is named', () => {
  assert.equal(isProxyTrusted('127.0.0.1', []), false)
})

test('an address, a range, and IPv4 in IPv6 clothes', () => {
  const named = ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32']
  for (const address of ['10.255.0.1', '192.0.2.7', '::ffff:192.0.2.7', '2001:db8:1::1'])
    assert.equal(isProxyTrusted(address, named), true, address)
  for (const address of ['11.0.0.1', '192.0.2.8', '::ffff:192.0.2.8', '2001:db9::1', 'localhost', '', 'unix:'])
    assert.equal(isProxyTrusted(address, named), false, address)
})

test('what is no address or range is named in the refusal', () => {
  for (const bad of ['caddy', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/8/8', '::1/129', '10.0.0', '/8'])
    assert.throws(
      () => parseRanges(['10.0.0.1', bad]),
      (error: RangeError) => error.message.startsWith(`${bad} is neither`),
    )
})
