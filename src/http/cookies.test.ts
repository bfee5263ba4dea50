import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cookieNames, readCookie, renderCookie } from './cookies.ts'

test('over https the names keep other hosts from planting them; on localhost each port has its own', () => {
  assert.deepEqual(cookieNames(new URL('https://git.example.com')), {
    session: '__Host-postern-session',
    browser: '__Host-postern-browser',
    secure: true,
  })
  assert.equal(cookieNames(new URL('http://localhost:7400')).session, 'postern-7400-session')
  assert.equal(cookieNames(new URL('http://localhost')).session, 'postern-80-session')
})

test('a cookie is found by its whole name, and not at all where it stands twice', () => {
  assert.equal(readCookie('a=1; b=2', 'b'), '2')
  assert.equal(readCookie('a=1;b=2', 'b'), '2')
  assert.equal(readCookie('ab=1', 'b'), undefined)
  assert.equal(readCookie('b', 'b'), undefined)
  assert.equal(readCookie(undefined, 'b'), undefined)
  assert.equal(readCookie('b=1; b=2', 'b'), undefined)
  assert.equal(readCookie('b=1; b=1', 'b'), undefined)
  assert.equal(readCookie('b=x=y', 'b'), 'x=y')
})

test('a cookie is out of reach of scripts and of other sites’ posts', () => {
  assert.equal(
    renderCookie('a', 'b', { secure: true, maxAgeSeconds: 60 }),
    'a=b; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure',
  )
  assert.equal(
    renderCookie('a', '', { secure: false, maxAgeSeconds: 0 }),
    'a=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0',
  )
})
