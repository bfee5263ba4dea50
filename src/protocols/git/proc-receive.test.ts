import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodePkt, flushPkt } from './pkt-line.ts'
import { createProcReceiveParser, procReceiveVersion, renderProcReceive } from './proc-receive.ts'
import { zeroOid } from './receive-commands.ts'

const oid = 'a'.repeat(40)

test('versions, then commands, in whatever pieces they come', () => {
  const bytes = Buffer.concat([
    encodePkt('version=1\0push-options atomic\n'),
    flushPkt,
    encodePkt(`${zeroOid} ${oid} refs/for/main\n`),
    flushPkt,
  ])
  const expected = [
    { kind: 'version' },
    { kind: 'commands', commands: [{ ref: 'refs/for/main', oldOid: zeroOid, newOid: oid }] },
  ]
  assert.deepEqual(createProcReceiveParser()(bytes), expected)
  const parse = createProcReceiveParser()
  assert.deepEqual(
    [...bytes].flatMap((byte) => parse(Buffer.of(byte))),
    expected,
  )
})

test('anything else is refused', () => {
  for (const bytes of [
    encodePkt('version=2\n'),
    Buffer.concat([encodePkt('version=1'), flushPkt, encodePkt('hello')]),
    Buffer.from('zzzz'),
  ])
    assert.throws(() => createProcReceiveParser()(bytes))
})

test('the answers are pkt-lines without newlines, so that a line of a hook can carry each', () => {
  assert.deepEqual(procReceiveVersion, ['000dversion=1', '0000'])
  const lines = renderProcReceive([
    { ref: 'refs/for/main', instead: { ref: 'refs/heads/ana/é', oldOid: zeroOid, newOid: oid } },
    { ref: 'refs/for/x', reason: 'not expected' },
  ])
  assert.equal(lines[1], '0024option refname refs/heads/ana/é')
  assert.equal(lines.at(-1), '0000')
  for (const line of lines.slice(0, -1)) assert.equal(Number.parseInt(line.slice(0, 4), 16), Buffer.byteLength(line))
})
