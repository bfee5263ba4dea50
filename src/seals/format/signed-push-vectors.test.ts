import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parsePushRecord, pushDigest, pushPath, readPushCertificate, renderPushRecord } from './push-record.ts'
import { SealError } from './seal-error.ts'
import { parseSignerEntry } from './signer-entry.ts'
import { createSignedPushVector, type SignedPushVector } from './signed-push-vectors-testing.ts'
import {
  parseSshKeyEnd,
  parseSshKeyEntry,
  renderSshKeyEnd,
  renderSshKeyEntry,
  sshKeyEndPath,
  sshKeyPath,
} from './ssh-key-entry.ts'
import { renderCanonical } from './strict-json.ts'
import type { VectorKeys } from './vectors-testing.ts'
import { verifySignedPush } from './verify-signed-push.ts'

const folder = new URL('../../../docs/formats/vectors/', import.meta.url)
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
const written = read('signed-push.json') as SignedPushVector

const bytesOf = (value: unknown): Buffer => renderCanonical(value as object)

function verify(vector: SignedPushVector, over: Partial<SignedPushVector> = {}) {
  const { record, sshKey, ended, entries, place } = { ...vector, ...over }
  const key = { ...parseSshKeyEntry(bytesOf(sshKey)), standing: new Set(parseSshKeyEnd(bytesOf(ended)).standing) }
  const signers = entries.map((entry) => parseSignerEntry(bytesOf(entry)))
  return verifySignedPush({
    record: parsePushRecord(bytesOf(record)),
    ref: place.ref,
    tip: place.tip,
    keys: new Map([[key.id, key]]),
    signers: new Map(signers.map((entry) => [entry.credentialId, entry])),
  })
}

test('signed-push.json: every layer is as written, and verifies', () => {
  const record = parsePushRecord(bytesOf(written.record))
  assert.equal(record.certificate.toString(), written.certificate)
  assert.deepEqual(renderPushRecord(record), bytesOf(written.record))
  const digest = pushDigest(readPushCertificate(record))
  assert.deepEqual([digest, pushPath(digest)], [written.digest, written.path])
  const key = parseSshKeyEntry(bytesOf(written.sshKey))
  assert.deepEqual(renderSshKeyEntry(key), bytesOf(written.sshKey))
  const end = parseSshKeyEnd(bytesOf(written.ended))
  assert.deepEqual(renderSshKeyEnd(end), bytesOf(written.ended))
  assert.deepEqual([sshKeyPath(key.id), sshKeyEndPath(end.id)], [written.sshKeyPath, written.endedPath])
  const { key: by, enrolledBy, base, pushee, issuedAt } = verify(written)
  assert.deepEqual(
    [by.username, enrolledBy?.username, base, pushee, issuedAt],
    ['ada', 'ada', written.place.base, 'https://git.example.com/acme/payments.git', 1772445600],
  )
})

for (const { what, code, ...over } of written.refused)
  test(`signed-push.json: ${what}`, () => {
    assert.throws(
      () => verify(written, over),
      (error) => error instanceof SealError && error.code === code,
    )
  })

const skip = spawnSync('ssh-keygen', ['--version']).error !== undefined && 'not installed: ssh-keygen'

test('signed-push.json: stock ssh-keygen verifies it, as the document says', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-signed-push-'))
  try {
    const { username, publicKey } = written.sshKey as { username: string; publicKey: string }
    const at = written.certificate.indexOf('-----BEGIN SSH SIGNATURE-----')
    writeFileSync(join(folder, 'allowed'), `${username} sk-ssh-ed25519@openssh.com ${publicKey}\n`)
    writeFileSync(join(folder, 'file.sig'), written.certificate.slice(at))
    const args = ['-Y', 'verify', '-f', 'allowed', '-I', username, '-n', 'git', '-s', 'file.sig']
    const run = (input: string) => spawnSync('ssh-keygen', args, { cwd: folder, input }).status
    assert.equal(run(written.certificate.slice(0, at)), 0)
    assert.notEqual(run(written.certificate.slice(0, at).replace('refs/heads/main', 'refs/heads/next')), 0)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('it can be made again, equally good', () => {
  verify(createSignedPushVector(read('keys.json') as VectorKeys))
})
