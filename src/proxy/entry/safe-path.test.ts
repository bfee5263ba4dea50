import assert from 'node:assert/strict'
import { test } from 'node:test'
import { safePath } from './safe-path.ts'

const kept = [
  '/',
  '/pages/start?do=edit&id=a%20b',
  '/a//b',
  '/%2f%2fevil.example/',
  '/x?to=https://evil.example/',
  '/a;b',
]
const refused: [string | undefined, string][] = [
  [undefined, 'nothing'],
  ['', 'nothing'],
  ['//evil.example/', 'another host'],
  ['///evil.example/', 'another host'],
  ['/\\evil.example/', 'another host, as browsers read it'],
  ['/a\\b', 'a backslash'],
  ['\\\\evil.example/', 'another host, as browsers read it'],
  ['https://evil.example/', 'another origin'],
  ['javascript:alert(1)', 'a scheme'],
  [' //evil.example/', 'a blank before'],
  ['/\t/evil.example/', 'a tab that browsers take away'],
  ['/\n/evil.example/', 'a line break that browsers take away'],
  ['/a\r\nset-cookie: x=y', 'a second header'],
  ['/./\u002f/evil.example/', 'dots that leave two slashes'],
  ['/.//evil.example/', 'dots that leave two slashes'],
  ['/x/..//evil.example/', 'dots that leave two slashes'],
  ['/ü', 'bytes that no header carries'],
  [`/${'a'.repeat(5000)}`, 'too long'],
  [`/?q=${"'".repeat(2000)}`, 'too long once it is written as browsers do'],
  ['/.postern/sign-out', 'signs out'],
  ['/.postern', 'reserved'],
  ['/a/../.postern/enter?code=x', 'enters with a code'],
]

test('a path of this host is kept as it came', () => {
  for (const path of kept) assert.equal(safePath(path), path)
})

test('whatever could lead anywhere else becomes the start', () => {
  for (const [path, why] of refused) assert.equal(safePath(path), '/', `${JSON.stringify(path)}: ${why}`)
})
