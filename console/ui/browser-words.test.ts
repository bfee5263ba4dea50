import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browserWords } from './browser-words.ts'

test('user agents are read as browser and system', () => {
  const chromeLinux =
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
  assert.equal(browserWords(chromeLinux), 'Chrome on Linux')
  assert.equal(
    browserWords(`${chromeLinux} Edg/156.0.0.0`.replace('X11; Linux x86_64', 'Windows NT 10.0')),
    'Edge on Windows',
  )
  assert.equal(
    browserWords(
      'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605 Version/26.0 Mobile Safari/604.1',
    ),
    'Safari on iPhone',
  )
})

test('what is neither is shown as it is, shortened', () => {
  assert.equal(browserWords('curl/8.9'), 'curl/8.9')
  assert.equal(browserWords(''), 'An unnamed client')
  assert.equal(browserWords('x'.repeat(500)).length, 60)
})
