import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { EDDSA } from '../../protocols/webauthn/cose.ts'
import { allowedSignersLine, renderAllowedSigners } from './allowed-signers.ts'
import { draftAct } from './draft.ts'
import { preAuthEncoding } from './dsse.ts'
import { renderSignersTree, signerPath } from './projection.ts'
import { SealError } from './seal-error.ts'
import { type SignerEntry, parseSignerEntry, renderSignerEntry } from './signer-entry.ts'
import { SoftwareSigner } from './software-signer-testing.ts'

const addedAt = '2026-03-01T09:00:00Z'
const ada = SoftwareSigner.create({ username: 'ada', addedAt, enrolledVia: 'setup' })

/** Stock ssh-keygen's verdict on a detached seal, given this allowed_signers file. */
function stockVerify(signer: SoftwareSigner, allowedSigners: string, principal = 'ada@localhost'): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'signers-'))
  try {
    const body = { method: 'POST', route: '/x', parameters: {}, bodyDigest: `sha256:${'1'.repeat(64)}`, title: 'x' }
    const record = signer.seal(
      draftAct(
        {
          signer: { userId: `usr_${signer.entry.username}`, username: signer.entry.username },
          requestedBy: 'usr_ada',
          policyDigest: `sha256:${'0'.repeat(64)}`,
          issuedAt: Date.parse(addedAt),
          notAfter: Date.parse(addedAt),
        },
        { action: 'token.create', act: body },
      ),
    )
    writeFileSync(join(folder, 'allowed'), allowedSigners)
    writeFileSync(join(folder, 'seal.sig'), record.armored ?? '')
    const verify = ['-Y', 'verify', '-f', 'allowed', '-I', principal, '-n', 'approval@postern', '-s', 'seal.sig']
    execFileSync('ssh-keygen', verify, { cwd: folder, input: preAuthEncoding(record.statement), stdio: 'pipe' })
    return true
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('an entry reads back as it was written', () => {
  assert.deepEqual(parseSignerEntry(renderSignerEntry(ada.entry)), ada.entry)
  assert.match(ada.entry.fingerprint, /^SHA256:[A-Za-z0-9+/]{43}$/)
  assert.equal(ada.entry.principal, 'ada@localhost')
})

test('the fingerprint is what ssh-keygen prints', () => {
  const line = allowedSignersLine(ada.entry)?.replace(/^\S+ \S+ /, '') ?? ''
  const printed = execFileSync('ssh-keygen', ['-l', '-f', '-'], { input: `${line}\n` }).toString()
  assert.ok(printed.includes(ada.entry.fingerprint), printed)
})

test('nothing in an entry may contradict its key or name', () => {
  const bob = SoftwareSigner.create({ username: 'bob', addedAt })
  const refuses = (code: string, over: Partial<SignerEntry>) =>
    assert.throws(
      () => parseSignerEntry(renderSignerEntry({ ...ada.entry, ...over })),
      (error) => error instanceof SealError && error.code === code,
    )
  refuses('principal-invalid', { principal: 'bob@localhost' })
  refuses('principal-invalid', { principal: '*' })
  refuses('entry-malformed', { username: 'ada,bob', principal: 'ada,bob@localhost' })
  refuses('entry-malformed', { rpId: 'localhost,*', principal: 'ada@localhost,*' })
  refuses('entry-malformed', { fingerprint: bob.entry.fingerprint })
  refuses('entry-malformed', { publicKey: bob.entry.publicKey })
  refuses('entry-malformed', { algorithm: EDDSA })
  refuses('public-key-invalid', { publicKey: Buffer.alloc(70) })
  refuses('entry-malformed', { displayName: 'Ada\nadmin' })
  refuses('entry-malformed', { origins: { signIn: [], sealing: ['http://localhost:7400/path'] } })
  refuses('entry-malformed', { addedAt: '2026-13-01T09:00:00Z' })
})

test('stock ssh-keygen accepts the rendered line, and only for its person', () => {
  const file = renderAllowedSigners([ada.entry])
  assert.equal(stockVerify(ada, file), true)
  assert.equal(stockVerify(ada, file, 'bob@localhost'), false)
})

test('stock ssh-keygen is fooled by patterns, so no principal may hold one', () => {
  const line = allowedSignersLine(ada.entry) ?? ''
  for (const pattern of ['*', 'ada@localhost,bob@localhost', '?*@localhost']) {
    assert.equal(stockVerify(ada, `${line.replace('ada@localhost', pattern)}\n`, 'bob@localhost'), true, pattern)
  }
  for (const username of ['*', 'ada,bob', 'a"b', 'a b', 'a\nb', '!ada', 'a?']) {
    assert.throws(
      () => allowedSignersLine({ ...ada.entry, username }),
      (error) => error instanceof SealError && error.code === 'principal-invalid',
      username,
    )
  }
})

test('an ended key stays, valid before its end', () => {
  const ended = { ...ada.entry, ended: { at: '2026-04-01T08:09:10Z', seal: null } }
  assert.match(allowedSignersLine(ended) ?? '', /,valid-before="20260401080910Z" sk-ecdsa/)
  const later = { ...ada.entry, ended: { at: '2999-04-01T08:09:10Z', seal: null } }
  assert.equal(stockVerify(ada, renderAllowedSigners([ended])), false)
  assert.equal(stockVerify(ada, renderAllowedSigners([later])), true)
})

test('only ES256 keys stand in allowed_signers, all keys in the tree', () => {
  const eve = SoftwareSigner.create({ username: 'eve', addedAt, algorithm: EDDSA })
  const files = renderSignersTree([eve.entry, ada.entry])
  assert.deepEqual(
    [...files.keys()].toSorted(),
    [
      'allowed_signers',
      'revoked_keys',
      signerPath(ada.entry.credentialId),
      signerPath(eve.entry.credentialId),
    ].toSorted(),
  )
  assert.equal(files.get('allowed_signers')?.toString().split('\n').length, 2)
  assert.match(signerPath('AAAA'), /^signers\/([0-9a-f]{2})\/\1[0-9a-f]{62}\.json$/)
})
