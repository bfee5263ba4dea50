import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { chunksOf } from './chunks-of.ts'

test('chunks come one by one, however many have gathered', async () => {
  const stream = new PassThrough()
  stream.write('one')
  stream.write('two')
  stream.end('three')
  const chunks = []
  for await (const chunk of chunksOf(stream)) chunks.push(chunk.toString())
  assert.deepEqual(chunks, ['one', 'two', 'three'])
})

test('a stream that breaks, closes early or is gone already is an error, never an end', async () => {
  const broken = new PassThrough()
  broken.write('half')
  const reading = Array.fromAsync(chunksOf(broken))
  broken.destroy(new Error('reset'))
  await assert.rejects(reading, { message: 'reset' })
  const closed = new PassThrough()
  const waiting = Array.fromAsync(chunksOf(closed))
  closed.destroy()
  await assert.rejects(waiting, { message: 'the stream closed before its end' })
  await assert.rejects(Array.fromAsync(chunksOf(closed)), { message: 'the stream closed before its end' })
})

test('a slow reader holds the source back, and one that stops leaves it alive', async () => {
  const stream = new PassThrough()
  const body = chunksOf(stream)
  const first = body.next()
  let accepted = 0
  while (stream.write(Buffer.alloc(16 * 1024)) && accepted < 1000) accepted++
  assert.ok(accepted < 1000)
  assert.equal((await first).value?.length, 16 * 1024)
  await body.return(undefined)
  assert.deepEqual([stream.destroyed, stream.isPaused()], [false, true])
})
