import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseResource } from './resource.ts'

const origin = 'https://git.example.com'

test('a repository is named as a browser shows it, or as git takes it', () => {
  for (const text of ['/acme/shop', '/acme/shop.git', '/acme/shop/', '/acme/shop.GIT'])
    assert.deepEqual(parseResource(origin, `${origin}${text}`), { project: 'acme', repository: 'shop' })
})

test('an address that is not ours, or names no repository, names nothing', () => {
  const others = [
    'http://git.example.com/acme/shop',
    'https://git.example.com:444/acme/shop',
    'https://ana@git.example.com/acme/shop',
  ]
  for (const text of [
    ...others,
    'acme/shop',
    '',
    `${origin}/acme`,
    `${origin}/acme/shop/tree`,
    `${origin}/acme/shop?a`,
    `${origin}/acme/shop#a`,
  ])
    assert.equal(parseResource(origin, text), undefined, text)
})
