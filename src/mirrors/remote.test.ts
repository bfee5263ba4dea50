import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createOutbound } from '../outbound/outbound.ts'
import { checkRemoteUrl, connectionSettings } from './remote.ts'
import { RemoteError } from './remote-error.ts'

const answering = (...addresses: string[]) =>
  createOutbound({ allow: [], resolve: () => Promise.resolve(addresses.map((address) => ({ address }))) })
const remote = { url: 'https://git.example.com/a.git', username: '', password: 'a token' }

test('git connects to the addresses that were looked up and judged, and to no other', async () => {
  const settings = new Map(await connectionSettings(answering('93.184.215.14', '2606:2800::1'), remote, 120))
  assert.equal(settings.get('http.curloptResolve'), 'git.example.com:443:93.184.215.14,[2606:2800::1]')
  assert.equal(settings.get('protocol.https.allow'), 'always')
  assert.equal(settings.get('protocol.http.allow'), undefined)
  assert.equal(settings.get('http.followRedirects'), 'false')
  assert.equal(
    settings.get('http.extraHeader'),
    `Authorization: Basic ${Buffer.from('git:a token').toString('base64')}`,
  )
})

test('a name that answers a private address now is refused now, whatever it answered before', async () => {
  for (const address of ['127.0.0.1', '10.1.2.3', '169.254.169.254', '::1', '::ffff:10.0.0.1'])
    await assert.rejects(
      connectionSettings(answering('93.184.215.14', address), remote, 120),
      (error) => error instanceof RemoteError && error.code === 'private-address',
    )
})

test('an address is kept without what could make it another one', () => {
  const outbound = answering()
  assert.equal(checkRemoteUrl(outbound, '  https://Git.Example.com:443/a.git#x ', 'p'), 'https://git.example.com/a.git')
  for (const bad of ['https://u@example.com/a', 'https://example.com/a?x=1', 'http://example.com/a', '-c', '', 'a b'])
    assert.throws(() => checkRemoteUrl(outbound, bad, 'p'), bad)
})
