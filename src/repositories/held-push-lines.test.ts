import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { encode } from 'uqr'
import { drawCode, renderHeldLines, shortCodeOf } from './held-push-lines.ts'
import { say } from './pre-receive.ts'

const link = 'https://git.example.com/s/K7QM-2F9X-ABCD-EFGH'

test('the picture has every module of the code, dark on light in said colours', () => {
  const { data } = encode(link, { ecc: 'L', border: 2 })
  const read = drawCode(link).flatMap((line) => {
    // eslint-disable-next-line no-control-regex
    const halves = /^\u001b\[30;107m([ ▀▄█]+)\u001b\[0m$/.exec(line)?.[1] ?? assert.fail(line)
    return [
      Array.from(halves, (half) => half === '▀' || half === '█'),
      Array.from(halves, (half) => half === '▄' || half === '█'),
    ]
  })
  assert.deepEqual(read.slice(0, data.length), data)
  assert.ok(read.slice(data.length).every((row) => row.every((isDark) => !isDark)))
})

test('a code too wide for a terminal is left out', () => {
  assert.deepEqual(drawCode(`https://git.example.com/${'long/'.repeat(80)}`), [])
})

test('what is typed from a terminal is six characters', () => {
  assert.equal(shortCodeOf('K7QM-2F9X-ABCD-EFGH'), 'K7Q-M2F')
})

test('no control sequence reaches a terminal but the colours of the picture', async () => {
  const sink = new PassThrough({ highWaterMark: 1024 ** 2 })
  const lines = renderHeldLines({
    because: 'main takes\u001b[2J a tap',
    title: 'Push',
    link,
    shortCode: 'K7Q-M2F',
    waitSeconds: 120,
    origin: 'https://git.example.com',
    withPicture: true,
  })
  say(sink, [...lines, { picture: '\u001b]0;title\u0007' }])
  sink.end()
  const said = (await sink.toArray()).join('')
  // eslint-disable-next-line no-control-regex
  assert.equal(said.replaceAll(/\u001b\[(30;107|0)m/g, '').includes('\u001b'), false)
  assert.match(said, /say main takes \[2J a tap\n/)
  assert.match(said, /say \u001b\[30;107m/) // eslint-disable-line no-control-regex
})
