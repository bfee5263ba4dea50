import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AskedView } from '../../../src/sign-on/shapes.ts'
import { askedFacts, askedWarning } from './asked-words.ts'
import { mayWords } from './scope-words.ts'

const asked: AskedView = {
  program: 'git-credential-oauth',
  scopes: ['repository:read', 'repository:write'],
  learns: [],
  via: 'browser',
  askedFrom: '192.0.2.1',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  isFromHere: true,
  askedAt: 0,
  expiresAt: 0,
  goesBackTo: '127.0.0.1:1234',
  lifetimeDays: 1,
}
const me = { displayName: 'Ana Example', username: 'ana' }

test('what a program may do reads as a sentence', () => {
  assert.equal(mayWords(['repository:read']), 'clone and fetch')
  assert.equal(mayWords(['repository:read', 'repository:write']), 'clone, fetch and push')
})

test('of an application it is said what it learns, and not that it acts', () => {
  const facts = askedFacts({ ...asked, scopes: [], learns: ['openid', 'groups'], via: 'device', goesBackTo: null }, me)
  assert.deepEqual(facts.rows.map(({ label, value }) => `${label}: ${value}`).slice(0, 4), [
    'You are: Ana Example (ana)',
    'It learns: your user name and your groups',
    'For: as long as you stay signed in here',
    'Asks from: 192.0.2.1, as this page',
  ])
})

test('the facts say as whom, for how long, from where', () => {
  const values = askedFacts(asked, me).rows.map(({ value }) => value)
  assert.deepEqual(values.slice(0, 2), ['Ana Example (ana)', 'clone, fetch and push'])
  assert.match(values[2] ?? '', /asks again after a day$/)
  assert.equal(values[3], '192.0.2.1, as this page')
  assert.equal(values[4], 'this computer, at 127.0.0.1:1234')
  assert.equal(values[5], 'Firefox on Linux')
  const device = { ...asked, via: 'device', goesBackTo: null, userAgent: 'git-credential-oauth/0.15' } as const
  assert.deepEqual(askedFacts(device, me).rows.at(-1), {
    label: 'Calls itself',
    value: 'git-credential-oauth/0.15',
    kind: 'text',
  })
})

test('a device warns always, a browser only of another address', () => {
  assert.equal(askedWarning(asked), null)
  assert.match(askedWarning({ ...asked, isFromHere: false }) ?? '', /another address than yours, 192\.0\.2\.1/)
  const device = { ...asked, via: 'device', goesBackTo: null } as const
  assert.match(askedWarning(device) ?? '', /Whoever sent you a code/)
  assert.match(askedWarning({ ...device, isFromHere: false }) ?? '', /192\.0\.2\.1/)
})
