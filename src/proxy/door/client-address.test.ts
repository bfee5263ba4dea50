import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { readClient } from './client-address.ts'

const trusted = ['10.0.0.0/8', '::1']

test('where somebody comes from is what trusted proxies say, and nobody else', () => {
  const cases: [peer: string, headers: Record<string, string>, address: string, protocol: string][] = [
    ['192.0.2.1', { 'x-forwarded-for': '203.0.113.5', 'x-forwarded-proto': 'https' }, '192.0.2.1', 'http:'],
    ['10.0.0.1', { 'x-forwarded-for': '203.0.113.5', 'x-forwarded-proto': 'https' }, '203.0.113.5', 'https:'],
    // What stands before the address that the trusted one saw is the client's own.
    ['10.0.0.1', { 'x-forwarded-for': '127.0.0.1, 203.0.113.5' }, '203.0.113.5', 'http:'],
    ['10.0.0.1', { 'x-forwarded-for': '203.0.113.5, 10.0.0.2' }, '203.0.113.5', 'http:'],
    ['::ffff:10.0.0.1', { 'x-forwarded-for': '2001:db8::1' }, '2001:db8::1', 'http:'],
    ['10.0.0.1', { 'x-forwarded-for': 'nonsense' }, '10.0.0.1', 'http:'],
    ['10.0.0.1', { 'x-forwarded-for': '203.0.113.5, nonsense' }, '10.0.0.1', 'http:'],
    ['10.0.0.1', {}, '10.0.0.1', 'http:'],
    ['10.0.0.1', { 'x-forwarded-proto': 'https, http' }, '10.0.0.1', 'http:'],
    ['::1', { 'x-forwarded-for': '10.1.1.1', 'x-forwarded-proto': 'HTTPS' }, '10.1.1.1', 'https:'],
  ]
  for (const [remoteAddress, headers, address, protocol] of cases) {
    const incoming = { socket: { remoteAddress }, headers } as unknown as IncomingMessage
    assert.deepEqual(readClient(incoming, trusted), { address, protocol }, JSON.stringify([remoteAddress, headers]))
  }
  const own = { socket: { remoteAddress: '192.0.2.1', encrypted: true }, headers: {} } as unknown as IncomingMessage
  assert.equal(readClient(own, []).protocol, 'https:')
})
