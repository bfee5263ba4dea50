import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RouteSettings } from '../route-settings.ts'
import { checkRoute } from './check-route.ts'

const site = { origin: 'https://postern.example.com', rpId: 'postern.example.com', port: 7400 }
const local = { origin: 'http://localhost:7400', rpId: 'localhost', port: 7400 }
const groups = new Set(['operations'])
const settings = { upstream: 'https://wiki.internal' }
const check = (host: string, more: Partial<RouteSettings> = {}, at = site) =>
  checkRoute({ host, settings: { ...settings, ...more } }, { site: at, groups, connectors: new Set(['cellar']) })
const messages = (host: string, more: Partial<RouteSettings> = {}, at = site): string =>
  check(host, more, at)
    .problems.map(({ path, message }) => `${path.join('.')}: ${message}`)
    .join('\n')

test('a host is kept as browsers send it', () => {
  for (const [written, kept] of [
    ['wiki.example.com', 'wiki.example.com'],
    ['Wiki.EXAMPLE.com', 'wiki.example.com'],
    ['bücher.example.com', 'xn--bcher-kva.example.com'],
    ['WIKI。example.com', 'wiki.example.com'],
  ] as const)
    assert.deepEqual([check(written).host, messages(written)], [kept, ''], written)
})

test('what is no plain host name is refused', () => {
  const odd = [
    '',
    '.',
    'wiki.',
    '.wiki',
    'wiki..x',
    '-a.example.com',
    'a-.example.com',
    'wiki.example.com.',
    '*.example.com',
  ]
  const addresses = ['127.0.0.1', '10.1', '0x7f.1', '2130706433', '[::1]', '::1', '1.2.3.4.5', '１２７.0.0.1']
  const more = ['wiki.example.com:443', 'https://wiki.example.com', 'wiki.example.com/x', 'a@b.example.com', 'a%2eb.c']
  for (const host of [...odd, ...addresses, ...more, 'a b.c', 'a\u0000b.c', 'a\\b', `${'a'.repeat(64)}.c`, 'a,b.c'])
    assert.match(messages(host), /^host: .*not a host name/, JSON.stringify(host))
})

test('no host where a page could ask for a signature that counts here, or set our cookies', () => {
  for (const [host, why] of [
    ['postern.example.com', /itself answers/],
    ['POSTERN.example.com', /itself answers/],
    ['wiki.postern.example.com', /signatures.* such as wiki\.example\.com/],
    ['a.b.postern.example.com', /signatures/],
    ['example.com', /set cookies for it/],
    ['com', /set cookies for it/],
    ['wiki.localhost', /own machine/],
  ] as const)
    assert.match(messages(host), why, host)
  for (const host of ['wiki.example.com', 'postern.example.org', 'notpostern.example.com', 'wiki'])
    assert.equal(messages(host), '', host)
})

test('an instance on localhost has its tools below it, and nowhere else', () => {
  assert.equal(messages('wiki.localhost', {}, local), '')
  assert.match(messages('localhost', {}, local), /itself answers/)
  for (const host of ['wiki.example.com', 'wiki', 'localhost.example.com'])
    assert.match(messages(host, {}, local), /only names below localhost work/, host)
})

test('an upstream is a whole site, spoken to by http, and somebody else', () => {
  for (const [upstream, why] of [
    ['ftp://wiki.internal', /not an address/],
    ['wiki.internal:8080', /not an address/],
    ['javascript:alert(1)', /not an address/],
    ['http://', /not an address/],
    ['http://wiki.internal/x', /Host and port are all/],
    ['http://wiki.internal/?x', /Host and port are all/],
    ['http://ana:secret@wiki.internal', /Host and port are all/],
    ['https://postern.example.com', /circle/],
    ['https://POSTERN.example.com:443', /circle/],
    ['http://127.0.0.1:7400', /circle/],
    ['http://127.1:7400', /circle/],
    ['http://[::1]:7400', /circle/],
    ['http://localhost:7400', /circle/],
    ['http://localhost.:7400', /circle/],
    ['http://0.0.0.0:7400', /circle/],
    ['http://0:7400', /circle/],
    ['http://[::]:7400', /circle/],
    ['http://[::ffff:127.0.0.1]:7400', /circle/],
    ['http://[::ffff:0.0.0.0]:7400', /circle/],
    ['https://postern.example.com.', /circle/],
    ['https://wiki.example.com', /circle/],
    ['http://169.254.169.254', /their own secrets/],
    ['http://[fe80::1]', /their own secrets/],
  ] as const)
    assert.match(messages('wiki.example.com', { upstream }), why, upstream)
  for (const upstream of ['http://127.0.0.1:8080', 'https://wiki.internal', 'http://[::1]:8080', 'postern:who'])
    assert.equal(messages('wiki.example.com', { upstream }), '', upstream)
})

test('what crosses a network in the clear is said, and what never leaves the machine is not', () => {
  const warned = (upstream: string): number => check('wiki.example.com', { upstream }).warnings.length
  assert.equal(warned('http://10.0.0.5:8080'), 1)
  assert.equal(warned('http://127.0.0.1:8080'), 0)
  assert.equal(warned('https://10.0.0.5'), 0)
})

test('a certificate authority is a certificate, and an upstream without TLS has none', () => {
  assert.match(messages('wiki.example.com', { tls: { ca: 'no' } }), /tls\.ca: .*not a certificate/)
  assert.match(messages('wiki.example.com', { tls: { ca: '-----BEGIN PRIVATE KEY-----' } }), /private key/)
  assert.match(messages('wiki.example.com', { upstream: 'http://127.0.0.1', tls: {} }), /no certificate to look at/)
})

test('headers that frame a message, or that the proxy says itself, cannot be set', () => {
  const names = ['Host', 'Cookie', 'Connection', 'Transfer-Encoding', 'Content-Length', 'TE', 'Upgrade', 'Expect']
  for (const name of [...names, 'X-Forwarded-For', 'Forwarded', 'X-Postern-Jwt-Assertion', 'Authorization'])
    assert.match(messages('wiki.example.com', { identityHeaders: { [name]: 'username' } }), /cannot be set here/, name)
  for (const name of [...names, 'X-Real-IP'])
    assert.match(messages('wiki.example.com', { requestHeaders: { [name]: 'x' } }), /cannot be set here/, name)
  assert.match(messages('wiki.example.com', { responseHeaders: { 'Set-Cookie': 'a=b' } }), /cannot be set here/)
  assert.equal(messages('wiki.example.com', { requestHeaders: { Authorization: 'Basic eA==' } }), '')
})

test('a header is set once, by whatever case, and holds nothing that would end it', () => {
  const twice = { identityHeaders: { 'Remote-User': 'username' }, requestHeaders: { 'remote-user': 'root' } } as const
  assert.match(messages('wiki.example.com', twice), /remote-user is set twice/)
  for (const value of ['a\r\nB: c', 'a\nb', 'a\u0000', 'ü'])
    assert.match(messages('wiki.example.com', { requestHeaders: { 'X-Team': value } }), /characters/, value)
})

test('a rule of a route asks for something that can be met, of groups there are, on paths that can match', () => {
  const rule = (more: object) => ({ rules: [{ title: 'Admin pages', paths: ['/admin*'], ...more }] })
  for (const [more, why] of [
    [{}, /asks for nothing/],
    [{ requires: {} }, /asks for nothing/],
    [{ groups: ['nobody'] }, /rules\.0\.groups: There is no group nobody/],
    [{ requires: { freshnessSeconds: 0 } }, /60 seconds at least/],
    [{ requires: { freshnessSeconds: 59 } }, /60 seconds at least/],
    [{ requires: { people: 2 } }, /“people” cannot be asked/],
    [{ requires: { tokenLifetimeDays: 3 } }, /cannot be asked/],
    [{ requires: { models: { deny: ['synced', 'platform', 'hardware-key'] } } }, /No kind of key is left/],
    [{ networks: ['10.0.0.0/64'], groups: ['operations'] }, /not an address or range/],
    [{ requires: { networks: ['300.1.1.1'] } }, /not an address or range/],
    [{ paths: ['/a//b'], groups: ['operations'] }, /can never match/],
    [{ paths: ['/%61dmin'], groups: ['operations'] }, /can never match/],
    [{ paths: ['/a/../b'], groups: ['operations'] }, /can never match/],
    [{ paths: ['/a;b'], groups: ['operations'] }, /can never match/],
  ] as const)
    assert.match(messages('wiki.example.com', rule(more)), why, JSON.stringify(more))
  assert.equal(messages('wiki.example.com', rule({ groups: ['operations'] })), '')
  assert.equal(messages('wiki.example.com', rule({ requires: { strength: 'attested' } })), '')
})

test('a pattern that leaves out what it is named after is pointed out', () => {
  const rules = [{ title: 'Admin', paths: ['/admin/*'], groups: ['operations'] }]
  assert.match(check('wiki.example.com', { rules }).warnings[0]?.message ?? '', /does not stand for \/admin itself/)
  const both = [{ title: 'Admin', paths: ['/admin', '/admin/*'], groups: ['operations'] }]
  assert.equal(check('wiki.example.com', { rules: both }).warnings.length, 0)
})

test('a connector is one there is', () => {
  assert.equal(messages('wiki.example.com', { connector: 'cellar' }), '')
  assert.match(messages('wiki.example.com', { connector: 'attic' }), /^connector: There is no connector attic/)
})
