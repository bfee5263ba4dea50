import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firstStop, resolvesNoLocalhost } from './resolves-no-localhost.ts'

const safari =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15'
const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)'

test('Safari is told from the browsers that say its name', () => {
  assert.ok(resolvesNoLocalhost(safari))
  for (const other of [
    `${mac} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36`,
    `${mac} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0`,
    'Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0',
  ])
    assert.ok(!resolvesNoLocalhost(other), other)
})

test('a link leads to the tool, unless Safari would not find it', () => {
  const wiki = 'http://wiki.localhost:7400/'
  assert.equal(firstStop(wiki, 'Firefox/141.0'), wiki)
  assert.equal(firstStop(wiki, safari), '/-/route?route=wiki.localhost')
  assert.equal(firstStop('https://wiki.example.com/', safari), 'https://wiki.example.com/')
})
