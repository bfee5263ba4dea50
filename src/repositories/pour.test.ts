import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { test } from 'node:test'
import { pour } from './pour.ts'

test('everything arrives in order at the pace of the target, which is left open', async () => {
  const source = new PassThrough()
  const received: Buffer[] = []
  const target = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      received.push(Buffer.from(chunk))
      setImmediate(done)
    },
  })
  const poured = pour(source, target)
  for (let byte = 0; byte < 50; byte++) source.write(Buffer.alloc(1000, byte))
  source.end()
  await poured
  assert.equal(target.writableEnded, false)
  target.end()
  await once(target, 'finish')
  assert.deepEqual(
    Buffer.concat(received),
    Buffer.concat(Array.from({ length: 50 }, (_, byte) => Buffer.alloc(1000, byte))),
  )
})

test('memory is freed once written; a slice of something larger is left alone', async () => {
  const whole = Buffer.from(new ArrayBuffer(70_000))
  const slice = Buffer.from(new ArrayBuffer(100), 0, 50)
  const source = new PassThrough({ writableObjectMode: true, readableObjectMode: true })
  const target = new Writable({ write: (_chunk, _encoding, done) => setImmediate(done) })
  const poured = pour(source, target)
  source.write(whole)
  source.end(slice)
  await poured
  target.end()
  await once(target, 'finish')
  assert.deepEqual([whole.length, slice.length], [0, 50])
})

test('a target that is gone ends the source; a source that breaks leaves the target to the caller', async () => {
  const source = new PassThrough()
  const gone = new PassThrough()
  const poured = pour(source, gone)
  gone.destroy()
  await assert.rejects(poured)
  assert.equal(source.destroyed, true)
  const broken = new PassThrough()
  const target = new PassThrough()
  const pouring = pour(broken, target)
  broken.destroy(new Error('reset'))
  await assert.rejects(pouring, { message: 'reset' })
  assert.equal(target.destroyed, false)
})
