import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { encodePkt, flushPkt } from '../protocols/git/pkt-line.ts'
import { zeroOid } from '../protocols/git/receive-commands.ts'
import { readReceiveRequest } from './read-receive-request.ts'

const head = Buffer.concat([encodePkt(`${zeroOid} ${'1'.repeat(40)} refs/heads/main\0`), flushPkt])

test('reads what a push asks for, and leaves the rest unread', async () => {
  const body = new PassThrough()
  body.write(head.subarray(0, 10))
  body.write(Buffer.concat([head.subarray(10), Buffer.from('PA')]))
  body.end('CK')
  const request = await readReceiveRequest(body)
  assert.equal(request.commands.length, 1)
  assert.equal(body.isPaused(), true)
  assert.deepEqual(
    Buffer.concat([request.consumed, ...(await body.toArray())]),
    Buffer.concat([head, Buffer.from('PACK')]),
  )
})

test('a body that ends, closes or is gone too early is refused; one that breaks says why', async () => {
  const ended = new PassThrough()
  ended.end('00')
  await assert.rejects(readReceiveRequest(ended), { code: 'receive-cut-off' })
  const closed = new PassThrough()
  const reading = readReceiveRequest(closed)
  closed.destroy()
  await assert.rejects(reading, { code: 'receive-cut-off' })
  await assert.rejects(readReceiveRequest(closed), { code: 'receive-cut-off' })
  const broken = new PassThrough()
  const breaking = readReceiveRequest(broken)
  broken.destroy(new Error('reset'))
  await assert.rejects(breaking, { message: 'reset' })
  const foreign = new PassThrough()
  foreign.end('nonsense')
  await assert.rejects(readReceiveRequest(foreign), { code: 'receive-malformed' })
})
