import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { string, u32 } from '../ssh/wire.ts'
import { SshsigError, armorSshsig, parseSshsig, sshsigBlob } from './sshsig.ts'

const parts = { publicKey: Buffer.from('key'), namespace: 'git', signature: Buffer.from('signature') }
const armored = armorSshsig(parts)

test('the signed bytes are those of PROTOCOL.sshsig', () => {
  const digest =
    'ee26b0dd4af7e749aa1a8ee3c10ae9923f618980772e473f8819a5d4940e0db27ac185f8a0e1d5f84f88bc887fd67b143732c304cc5fa9ad8e6f57f50028a8ff'
  const hex = `${Buffer.from('SSHSIG').toString('hex')}00000003676974000000000000000673686135313200000040${digest}`
  assert.equal(sshsigBlob('git', Buffer.from('test')).toString('hex'), hex)
})

test('reads back what it wrote, in 70 columns', () => {
  fc.assert(
    fc.property(
      fc.uint8Array(),
      fc.string({ minLength: 1 }),
      fc.uint8Array({ maxLength: 400 }),
      (key, namespace, sig) => {
        const text = armorSshsig({ publicKey: key, namespace, signature: sig })
        assert.ok(text.split('\n').every((line) => line.length <= 70))
        const parsed = parseSshsig(text)
        assert.deepEqual(parsed, {
          publicKey: Buffer.from(key),
          namespace,
          hash: 'sha512',
          signature: Buffer.from(sig),
        })
      },
    ),
  )
})

describe('refuses', () => {
  const armor = (blob: Buffer) =>
    `-----BEGIN SSH SIGNATURE-----\n${blob.toString('base64')}\n-----END SSH SIGNATURE-----\n`
  const blob = (fields: { magic?: string; version?: number; namespace?: string; reserved?: string; hash?: string }) =>
    Buffer.concat([
      Buffer.from(fields.magic ?? 'SSHSIG'),
      u32(fields.version ?? 1),
      string('k'),
      string(fields.namespace ?? 'git'),
      string(fields.reserved ?? ''),
      string(fields.hash ?? 'sha512'),
      string('s'),
    ])
  const cases: [name: string, code: string, text: string][] = [
    ['nothing', 'malformed', ''],
    ['text before the armor', 'malformed', `x\n${armored}`],
    ['text after the armor', 'malformed', `${armored}x`],
    ['a second signature', 'malformed', armored + armored],
    ['spaces inside', 'malformed', armored.replace('U', ' U')],
    ['carriage returns', 'malformed', armored.replaceAll('\n', '\r\n')],
    ['base64 with stray bits', 'malformed', armor(Buffer.alloc(64)).replace('A==', 'B==')],
    ['padding in the middle', 'malformed', armor(Buffer.alloc(64)).replace('AAAA', 'AA==')],
    ['a PGP signature', 'malformed', armored.replaceAll('SSH', 'PGP')],
    ['another preamble', 'malformed', armor(blob({ magic: 'SSHSIX' }))],
    ['another version', 'malformed', armor(blob({ version: 2 }))],
    ['an empty namespace', 'malformed', armor(blob({ namespace: '' }))],
    ['a filled reserved field', 'malformed', armor(blob({ reserved: 'x' }))],
    ['SHA-1', 'hash-unsupported', armor(blob({ hash: 'sha1' }))],
    ['bytes after the signature', 'malformed', armor(Buffer.concat([blob({}), Buffer.of(0)]))],
    ['a cut-off blob', 'malformed', armor(blob({}).subarray(0, -1))],
    ['a megabyte', 'malformed', armor(Buffer.alloc(1 << 20))],
  ]
  for (const [name, code, text] of cases) {
    test(name, () => assert.throws(() => parseSshsig(text), { name: 'SshsigError', code }))
  }

  test('anything else only with an SshsigError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 57 }), (raw) => {
        const content = Buffer.concat([Buffer.from('SSHSIG'), u32(1), raw]).toString('base64')
        const lines = (content.match(/.{1,70}/g) ?? []).join('\n')
        try {
          parseSshsig(`-----BEGIN SSH SIGNATURE-----\n${lines}\n-----END SSH SIGNATURE-----\n`)
        } catch (error) {
          assert.ok(error instanceof SshsigError)
        }
      }),
    )
  })
})
