import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePlace } from './place.ts'

test('an address means an origin, whatever else was typed with it', () => {
  assert.deepEqual(parsePlace('git.example.com'), { origin: 'https://git.example.com', name: 'git.example.com' })
  assert.deepEqual(parsePlace('https://Git.Example.com:8443/acme/widgets.git?x#y'), {
    origin: 'https://git.example.com:8443',
    name: 'git.example.com_8443',
  })
  assert.equal(parsePlace('http://localhost:7400').origin, 'http://localhost:7400')
  assert.equal(parsePlace('http://[::1]:7400').name, 'http__5b___1_5d__7400')
})

test('no name of a folder leads anywhere else', () => {
  for (const address of ['https://..', 'https://../', 'https://.'])
    assert.throws(() => parsePlace(address), /is no address of a server/, address)
})

test('no two instances share a folder', () => {
  const addresses = [
    'https://git.example.com:8443',
    'https://git.example.com_8443',
    'https://git.example.com',
    'https://localhost:7400',
    'http://localhost:7400',
    'https://http_localhost:7400',
    'https://http:7400',
  ]
  assert.equal(new Set(addresses.map((address) => parsePlace(address).name)).size, addresses.length)
})

test('nothing secret goes in the clear, nor stands in an address', () => {
  for (const address of ['http://git.example.com', 'http://localhost.example.com', 'ftp://git.example.com', 'ssh://x'])
    assert.throws(() => parsePlace(address), /does not use https/, address)
  assert.throws(() => parsePlace('https://ana@git.example.com'), /no name and no password/)
  assert.throws(() => parsePlace('https://a b'), /is no address of a server/)
})
