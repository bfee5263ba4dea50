import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { test } from 'node:test'
import { feedStream } from './feed-stream.ts'

test('everything arrives in order, then the end; what was sent is freed', async () => {
  const source = new PassThrough({ readableObjectMode: true, writableObjectMode: true })
  const received: Buffer[] = []
  const target = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      received.push(Buffer.from(chunk))
      setImmediate(done)
    },
  })
  const chunks = Array.from({ length: 50 }, (_, byte) => Buffer.from(new ArrayBuffer(1000)).fill(byte))
  const sent = Buffer.concat(chunks)
  const fed = feedStream(source, target)
  for (const chunk of chunks) source.write(chunk)
  source.end()
  await fed
  await once(target, 'finish')
  assert.deepEqual(Buffer.concat(received), sent)
  assert.ok(chunks.every((chunk) => chunk.length === 0))
})

test('a target that does not take more holds the source back', async () => {
  const source = new PassThrough()
  const target = new Writable({ write: () => {} })
  void feedStream(source, target)
  let sent = 0
  for (; sent < 100 && !source.isPaused(); sent++) {
    source.write(Buffer.alloc(64 * 1024))
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.ok(sent < 30)
  assert.ok(target.writableLength < 2 * 1024 ** 2)
})

test('a source that was paused is fed from where it stood', async () => {
  const source = new PassThrough()
  const target = new PassThrough()
  source.pause()
  source.end('rest')
  const fed = feedStream(source, target)
  assert.equal((await target.toArray()).join(''), 'rest')
  await fed
})

test('a target that is gone lets the source be read to its end; one that goes while it waits does too', async () => {
  for (const when of ['before', 'while it waits']) {
    const source = new PassThrough()
    const target = new Writable({ write: () => {} })
    if (when === 'before') target.destroy()
    const fed = feedStream(source, target)
    for (let count = 0; count < 100; count++) source.write(Buffer.alloc(64 * 1024))
    source.end()
    if (when !== 'before') setImmediate(() => target.destroy())
    await fed
    assert.equal(source.readableEnded, true)
  }
})

test('a source that breaks, or was gone already, destroys the target', async () => {
  for (const when of ['before', 'after'] as const) {
    const source = new PassThrough()
    const target = new PassThrough()
    source.on('error', () => {})
    if (when === 'before') source.destroy(new Error('reset'))
    const fed = feedStream(source, target)
    if (when === 'after') source.destroy(new Error('reset'))
    await assert.rejects(fed)
    assert.equal(target.destroyed, true)
  }
})
