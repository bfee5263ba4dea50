import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { encodePkt, flushPkt } from './pkt-line.ts'
import { createReceiveParser, ReceiveRequestError, zeroOid } from './receive-commands.ts'

const one = '1'.repeat(40)
const two = '2'.repeat(40)

function request(lines: (string | Buffer)[], ...after: (string | Buffer)[]): Buffer {
  return Buffer.concat([
    ...lines.map((line) => encodePkt(line)),
    flushPkt,
    ...after.map((part) => Buffer.from(part as Buffer)),
  ])
}

function refusal(bytes: Uint8Array, limits = {}): string {
  try {
    createReceiveParser(limits)(bytes)
  } catch (error) {
    assert.ok(error instanceof ReceiveRequestError, String(error))
    return error.code
  }
  return 'accepted'
}

describe('createReceiveParser', () => {
  const lines = [
    `shallow ${two}\n`,
    `${zeroOid} ${one} refs/heads/main\0 report-status side-band-64k push-options object-format=sha1 agent=git/2.39.5\n`,
    `${one} ${zeroOid} refs/tags/v1\n`,
  ]
  const options = [encodePkt('ci.skip'), encodePkt('title=Füße\n'), flushPkt]

  it('reads commands, capabilities, shallow roots and options, and keeps every byte', () => {
    const bytes = request(lines, ...options, 'PACK…')
    const parsed = createReceiveParser()(bytes)
    assert.deepEqual(parsed?.commands, [
      { ref: 'refs/heads/main', oldOid: zeroOid, newOid: one },
      { ref: 'refs/tags/v1', oldOid: one, newOid: zeroOid },
    ])
    assert.ok(parsed.capabilities.includes('side-band-64k'))
    assert.deepEqual(parsed.shallow, [two])
    assert.deepEqual(parsed.options, ['ci.skip', 'title=Füße'])
    assert.deepEqual(parsed.consumed, bytes)
  })

  it('reads the same however the bytes are cut', () => {
    const bytes = request(lines, ...options)
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length - 1), { maxLength: 8 }), (cuts) => {
        const parse = createReceiveParser()
        const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length]
        const answers = edges.slice(1).map((edge, index) => parse(bytes.subarray(edges[index], edge)))
        assert.equal(answers.at(-1)?.commands.length, 2)
        assert.deepEqual(answers.at(-1)?.consumed, bytes)
      }),
    )
  })

  it('takes the empty request with which git asks whether it may talk', () => {
    assert.deepEqual(createReceiveParser()(flushPkt)?.commands, [])
  })

  it('refuses what breaks the protocol or its bounds', () => {
    const command = (ref: string): string => `${zeroOid} ${one} ${ref}`
    const attacks: [Buffer, string][] = [
      [Buffer.from('GET / HTTP/1.1'), 'receive-malformed'],
      [Buffer.from('0001'), 'receive-malformed'],
      [request(['nonsense']), 'receive-malformed'],
      [request([`${one.slice(1)} ${one} refs/heads/main\0`]), 'receive-malformed'],
      [request([command('refs/heads/a\0'), command('refs/heads/b\0atomic')]), 'receive-malformed'],
      [request([command('refs/heads/a\0'), command('refs/heads/a')]), 'receive-malformed'],
      [request([command('refs/heads/a\0'), `shallow ${two}`]), 'receive-malformed'],
      [request([Buffer.from([...Buffer.from(command('refs/heads/')), 0xff, 0])]), 'receive-malformed'],
      [request([command('refs/heads/main\0push-options')], encodePkt('a\nb')), 'receive-malformed'],
      [request([command(`refs/heads/a\n${zeroOid} ${two} refs/heads/main\0`)]), 'ref-name-refused'],
      [request([command('refs/heads/../../config\0')]), 'ref-name-refused'],
      [request([command('HEAD\0')]), 'ref-name-refused'],
      [request(['push-cert\0report-status\n']), 'receive-malformed'],
      [request([command('refs/heads/main\0object-format=sha256')]), 'object-format-unsupported'],
    ]
    for (const [bytes, code] of attacks) assert.equal(refusal(bytes), code, bytes.toString('latin1'))
  })

  it('bounds the number of commands and the bytes of the list, not the pack behind it', () => {
    const many = Array.from(
      { length: 4 },
      (_, index) => `${zeroOid} ${one} refs/heads/b${index}${index === 0 ? '\0' : ''}`,
    )
    assert.equal(refusal(request(many), { maxCommands: 3 }), 'receive-too-many-commands')
    assert.equal(refusal(request(many), { maxCommands: 4 }), 'accepted')
    assert.equal(refusal(request(many), { maxBytes: 300 }), 'receive-too-large')
    assert.equal(refusal(request(many, Buffer.alloc(100_000)), { maxBytes: 1000 }), 'accepted')
    const parse = createReceiveParser({ maxBytes: 1000 })
    assert.equal(parse(Buffer.from('ffe0')), undefined)
    assert.throws(() => parse(Buffer.alloc(2000, 'x')), { code: 'receive-too-large' })
  })
})
