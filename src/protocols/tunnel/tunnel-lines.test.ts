import assert from 'node:assert/strict'
import { Duplex, PassThrough } from 'node:stream'
import { test } from 'node:test'
import { parseLine, readLines, renderLine, TunnelError } from './tunnel-lines.ts'

test('lines come whole however they were cut, and what follows the last one is left for whoever reads on', async () => {
  for (const cut of [1, 2, 7, 100]) {
    const stream = new PassThrough()
    const lines: string[] = []
    const done = new Promise<void>((resolve) =>
      readLines(stream, (line) => {
        lines.push(line)
        if (line !== '') resolve()
        return line !== ''
      }),
    )
    const bytes = Buffer.from(`\n\n${renderLine({ to: 'http://127.0.0.1:3000' })}GET / HTTP/1.1\r\n`)
    for (let at = 0; at < bytes.length; at += cut) stream.write(bytes.subarray(at, at + cut))
    await done
    stream.end()
    let rest = ''
    for await (const chunk of stream) rest += String(chunk)
    assert.deepEqual(lines, ['', '', '{"to":"http://127.0.0.1:3000"}'])
    assert.equal(rest, 'GET / HTTP/1.1\r\n')
  }
})

test('a line without an end is not waited for', async () => {
  const stream: Duplex = new PassThrough()
  const failed = new Promise<Error>((resolve) => stream.once('error', resolve))
  readLines(stream, () => false)
  stream.write('x'.repeat(10_000))
  assert.ok((await failed) instanceof TunnelError)
})

test('only an object is a line', () => {
  for (const text of ['', 'null', '[]', '"x"', '{', '1']) assert.throws(() => parseLine(text), TunnelError)
  assert.deepEqual(parseLine('{"ok":true}'), { ok: true })
})
