import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { encodePkt, flushPkt } from './pkt-line.ts'
import { isPusheeOf, parsePushCertificate, PushCertificateError } from './push-certificate.ts'
import { createReceiveParser, ReceiveRequestError, zeroOid } from './receive-commands.ts'

const one = '1'.repeat(40)
const two = '2'.repeat(40)
const head = [
  'certificate version 0.1',
  'pusher SHA256:abc 1790000000 +0000',
  'pushee https://postern.example/payments/api.git',
  'nonce 1790000000-0123456789abcdef',
]
const commands = [`${one} ${two} refs/heads/main`]
const signature = '-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n'
const write = (headers = head, lines = commands, armored = signature): string =>
  `${headers.join('\n')}\n\n${lines.join('\n')}\n${armored}`

describe('a push certificate', () => {
  test('says what goes where, for whom, and what was signed', () => {
    const text = write([...head, 'push-option ci.skip'])
    const read = parsePushCertificate(text)
    assert.deepEqual(read.commands, [{ ref: 'refs/heads/main', oldOid: one, newOid: two }])
    assert.equal(read.pushee, 'https://postern.example/payments/api.git')
    assert.deepEqual(read.options, ['ci.skip'])
    assert.equal(read.payload + read.armored, text)
    assert.equal(read.armored, signature)
  })

  test('names its repository by the end of the address, in whatever case, and by nothing else', () => {
    const path = 'payments/api'
    for (const pushee of [
      'https://x.example/payments/API.git//',
      'git@x.example:payments/api',
      '/srv/payments/api.GIT',
    ])
      assert.equal(isPusheeOf(pushee, path), true, pushee)
    for (const pushee of [
      'https://x.example/x-payments/api',
      'payments/api',
      'https://x.example/payments/api/.git',
      '',
    ])
      assert.equal(isPusheeOf(pushee, path), false, pushee)
    // As much as a certificate may be long: what looks at each slash once for every other does not come to an end.
    assert.equal(isPusheeOf(`${'/'.repeat(250_000)}x`, path), false)
  })

  const attacks: [name: string, text: string][] = [
    ['without a signature', write(head, commands, '')],
    ['with two signatures', write(head, commands, signature + signature)],
    ['with another signature among its updates', write(head, [...commands, '-----BEGIN PGP MESSAGE-----'])],
    ['without a nonce', write(head.slice(0, 3))],
    ['with two nonces', write([...head, 'nonce 1-2'])],
    ['of another version', write(['certificate version 0.2', ...head.slice(1)])],
    ['with a line that nobody knows', write([...head, 'x-more 1'])],
    ['with an empty head', `\n\n${commands[0]}\n${signature}`],
    ['without updates', `${head.join('\n')}\n\n${signature}`],
    ['with an empty line among its updates', write(head, [...commands, '', `${one} ${two} refs/heads/other`])],
    ['that deletes what is not there', write(head, [`${zeroOid} ${zeroOid} refs/heads/main`])],
    ['with carriage returns', write(head, [`${commands[0]}\r`])],
    ['with a NUL', write(head, [`${commands[0]}\0more`])],
    ['with a tab in its head', write([...head, 'push-option a\tb'])],
  ]
  for (const [name, text] of attacks)
    test(`is refused ${name}`, () => assert.throws(() => parsePushCertificate(text), PushCertificateError))

  test('fails in one way, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...head, ...commands, '', 'x', signature, '-----BEGIN ')), (lines) => {
        try {
          parsePushCertificate(lines.join('\n'))
        } catch (error) {
          assert.ok(error instanceof PushCertificateError)
        }
      }),
    )
  })
})

describe('a signed push on the wire', () => {
  const lines = (text: string): string[] => text.split(/(?<=\n)/)
  const request = (text: string, ...after: Buffer[]): Buffer =>
    Buffer.concat([
      encodePkt('push-cert\0report-status push-options\n'),
      ...lines(text).map((line) => encodePkt(line)),
      encodePkt('push-cert-end\n'),
      flushPkt,
      ...after,
    ])
  const codeOf = (bytes: Buffer): string => {
    try {
      return createReceiveParser()(bytes) === undefined ? 'unfinished' : 'accepted'
    } catch (error) {
      assert.ok(error instanceof ReceiveRequestError)
      return error.code
    }
  }

  test('has its updates and its options', () => {
    const bytes = request(write([...head, 'push-option a']), encodePkt('a'), flushPkt)
    // As it comes: byte by byte.
    const parse = createReceiveParser()
    const read = [...bytes].map((byte) => parse(Buffer.of(byte))).find((found) => found !== undefined)
    assert.deepEqual(read?.commands, [{ ref: 'refs/heads/main', oldOid: one, newOid: two }])
    assert.deepEqual(read.options, ['a'])
    assert.deepEqual(read.certificate?.options, ['a'])
    assert.equal(read.certificate.payload + read.certificate.armored, write([...head, 'push-option a']))
  })

  test('is refused where git and we could read two things', () => {
    const start = encodePkt('push-cert\0report-status\n')
    const end = encodePkt('push-cert-end\n')
    const body = lines(write()).map((line) => encodePkt(line))
    const command = encodePkt(`${zeroOid} ${one} refs/heads/other\n`)
    const attacks: [Buffer[], string][] = [
      [[start, ...body, end, command, flushPkt], 'receive-malformed'],
      [
        [
          encodePkt(`${zeroOid} ${one} refs/heads/other\0report-status\n`),
          encodePkt('push-cert\n'),
          ...body,
          end,
          flushPkt,
        ],
        'receive-malformed',
      ],
      [[start, ...body, flushPkt], 'receive-malformed'],
      [[start, flushPkt], 'receive-malformed'],
      [[start, ...body, end, ...body, flushPkt], 'receive-malformed'],
      [[start, ...body, end, start, ...body, end, flushPkt], 'receive-malformed'],
      [[start, encodePkt('certificate\0more\n'), ...body, end, flushPkt], 'push-certificate-malformed'],
      [[start, encodePkt(Buffer.of(0xff, 0x0a)), end, flushPkt], 'receive-malformed'],
      [
        [start, ...lines(write(head, [`${one} ${two} refs/../x`])).map((line) => encodePkt(line)), end, flushPkt],
        'ref-name-refused',
      ],
      [
        [start, ...lines(write(head, [...commands, ...commands])).map((line) => encodePkt(line)), end, flushPkt],
        'receive-malformed',
      ],
    ]
    for (const [parts, code] of attacks) {
      const bytes = Buffer.concat(parts)
      assert.equal(codeOf(bytes), code, bytes.toString('latin1'))
    }
  })

  test('has an end: ten megabytes of certificate are refused long before', () => {
    const parse = createReceiveParser()
    parse(encodePkt('push-cert\0report-status\n'))
    const line = encodePkt(`push-option ${'x'.repeat(60_000)}\n`)
    let sent = 0
    assert.throws(
      () => {
        for (; sent < 10 * 1024 ** 2; sent += line.length) parse(line)
      },
      { code: 'receive-too-large' },
    )
    assert.ok(sent < 512 * 1024)
  })
})
