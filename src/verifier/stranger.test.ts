// Seals looked at by a stranger: with docs/formats/seal.md, stock git, ssh-keygen and openssl, and none of this code.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { SealedRepository } from './sealed-repository-testing.ts'
import { approve } from './sealed-review-testing.ts'

const missing = ['ssh-keygen', 'git', 'awk', 'sha256sum', 'openssl'].filter(
  (tool) => spawnSync(tool, ['--version']).error,
)
const skip = missing.length > 0 && `not installed: ${missing.join(', ')}`

interface Record {
  statement: string
  armored: string
  response: { authenticatorData: string; clientDataJSON: string; signature: string }
}
interface Statement {
  subject: { name?: string; digest: { gitCommit?: string; sha256?: string } }[]
  predicate: { fromID: string; targetID: string; signer: { username: string }; repository: { id: string } }
}

/** The lines of the document; the digest that the patch has. */
const PATCH = String.raw`
git diff-tree -r -z --raw --no-renames --no-abbrev --ignore-submodules=none --end-of-options "$1" "$2" | tr '\0' '\n' |
  awk 'NR % 2 { split(substr($0, 2), of, " "); next } { print of[1], of[2], of[3], of[4], $0 }' |
  tr '\n' '\0' | sha256sum | cut -c 1-64`

test('an approval verifies with the document and stock tools', { skip }, () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  const tree = repository.treeOf({ 'src/pay.ts': 'half to even\n', 'ü b': 'x\n', 'src-b': 'y\n' })
  const head = repository.commit([repository.tip], 'Propose', tree)
  approve(repository, bob, { head })
  repository.merge(repository.ada, { head })
  repository.publish()
  const clone = repository.clone()
  const git = (...args: string[]) => execFileSync('git', ['-C', clone, ...args])
  const text = (...args: string[]) =>
    git(...args)
      .toString()
      .trim()
  git('fetch', '--quiet', 'origin', '+refs/postern/*:refs/postern/*')
  const file = (name: string, content: string | Buffer) => {
    writeFileSync(join(repository.folder, name), content)
    return join(repository.folder, name)
  }

  // Section 7: records are where their statement's digest says, and begin with their action.
  const paths = text('ls-tree', '-r', '--name-only', 'refs/postern/seals').split('\n')
  const path = paths.find((one) => text('show', `refs/postern/seals:${one}`).startsWith('{"action":"approve",'))
  assert.ok(path)
  const record = JSON.parse(text('show', `refs/postern/seals:${path}`)) as Record
  const bytes = Buffer.from(record.statement, 'base64')
  const hex = createHash('sha256').update(bytes).digest('hex')
  assert.equal(path, `${hex.slice(0, 2)}/${hex}.json`)

  // Section 3: the DSSE pre-authentication encoding of the statement, as stock ssh-keygen verifies it.
  const signature = file('seal.sig', record.armored)
  const signers = file('allowed_signers', git('show', 'refs/postern/signers:allowed_signers'))
  const { subject, predicate } = JSON.parse(bytes.toString()) as Statement
  const accepts = (content: Buffer, namespace = 'approval@postern') => {
    const head = Buffer.from(`DSSEv1 28 application/vnd.in-toto+json ${content.length} `)
    const principal = `${predicate.signer.username}@localhost`
    const args = ['-Y', 'verify', '-f', signers, '-I', principal, '-n', namespace, '-s', signature]
    return spawnSync('ssh-keygen', args, { input: Buffer.concat([head, content]) }).status === 0
  }
  assert.ok(accepts(bytes))
  assert.ok(!accepts(Buffer.from(bytes.toString().replace('"approve"', '"Approve"'))))
  assert.ok(!accepts(bytes, 'git'))

  // Section 8: what ssh-keygen does not look at, the person and the page.
  const flags = Buffer.from(record.response.authenticatorData, 'base64url').readUInt8(32)
  assert.equal(flags & 0x05, 0x05)
  const page = JSON.parse(Buffer.from(record.response.clientDataJSON, 'base64url').toString()) as { origin: string }
  assert.equal(page.origin, 'http://localhost:7400')

  // Sections 2 and 9: it is about what was merged.
  const merged = text('rev-parse', 'HEAD^2')
  assert.equal(subject[0]?.digest.gitCommit, merged)
  assert.equal(predicate.targetID, text('rev-parse', 'HEAD^2^{tree}'))
  assert.equal(predicate.fromID, text('merge-base', 'HEAD^1', 'HEAD^2'))
  const patch = execFileSync('sh', ['-c', PATCH, 'sh', predicate.fromID, merged], { cwd: clone }).toString().trim()
  assert.deepEqual(subject[1], { digest: { sha256: patch }, name: 'patch' })
})

test('the seal of a merge verifies with the document and stock tools', { skip }, () => {
  using repository = new SealedRepository()
  const head = repository.commit([repository.tip], 'Propose')
  repository.merge(repository.ada, { head })
  repository.publish()
  const clone = repository.clone('--config', 'remote.origin.fetch=+refs/postern/*:refs/postern/*')
  const git = (...args: string[]) => execFileSync('git', ['-C', clone, ...args])
  const text = (...args: string[]) =>
    git(...args)
      .toString()
      .trim()
  const file = (name: string, content: string | Buffer) => {
    writeFileSync(join(repository.folder, name), content)
    return join(repository.folder, name)
  }

  // Sections 4 and 7: the last block of the message names the statement, and the statement its record.
  const digest = text('log', '-1', '--format=%(trailers:key=Postern-Statement,valueonly)').replace('sha256:', '')
  const record = JSON.parse(text('show', `refs/postern/seals:${digest.slice(0, 2)}/${digest}.json`)) as Record
  const statement = Buffer.from(record.statement, 'base64')
  assert.equal(createHash('sha256').update(statement).digest('hex'), digest)
  const { subject, predicate } = JSON.parse(statement.toString()) as Statement
  assert.deepEqual(
    [predicate.fromID, subject[0]?.digest.gitCommit, predicate.targetID],
    text('rev-parse', 'HEAD^1', 'HEAD^2', 'HEAD^{tree}').split('\n'),
  )

  // Section 3: the challenge is the whole SSHSIG blob over the commit without its last header.
  const commit = git('cat-file', 'commit', 'HEAD').toString()
  const message = commit.replace(/\ngpgsig [^\n]*(\n [^\n]*)*(?=\n\n)/, '')
  assert.notEqual(message, commit)
  const string = (content: string | Buffer) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(content.length)
    return Buffer.concat([length, Buffer.from(content)])
  }
  const hashed = createHash('sha512').update(message).digest()
  const blob = Buffer.concat([Buffer.from('SSHSIG'), ...['git', '', 'sha512', hashed].map(string)])
  const clientData = Buffer.from(record.response.clientDataJSON, 'base64url')
  const { challenge, type } = JSON.parse(clientData.toString()) as { challenge: string; type: string }
  assert.deepEqual([type, challenge], ['webauthn.get', blob.toString('base64url')])

  // Section 8: the raw response, by the key of the signers' list; then stock git on the same bytes.
  const signers = text('show', 'refs/postern/signers:allowed_signers')
  const key = Buffer.from(signers.split(' ').at(-1) ?? '', 'base64')
  const point = key.subarray(key.indexOf(Buffer.from('0000004104', 'hex')) + 4).subarray(0, 65)
  const spki = Buffer.concat([Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex'), point])
  execFileSync('openssl', ['pkey', '-pubin', '-inform', 'DER', '-out', file('key.pem', '')], { input: spki })
  const authenticatorData = Buffer.from(record.response.authenticatorData, 'base64url')
  const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientData).digest()])
  const signature = file('raw.sig', Buffer.from(record.response.signature, 'base64url'))
  const check = ['dgst', '-sha256', '-verify', join(repository.folder, 'key.pem'), '-signature', signature]
  assert.equal(spawnSync('openssl', check, { input: signed }).status, 0)
  assert.equal(authenticatorData.readUInt8(32) & 0x05, 0x05)
  assert.deepEqual(authenticatorData.subarray(0, 32), createHash('sha256').update('localhost').digest())
  const allowed = `gpg.ssh.allowedSignersFile=${file('allowed', `${signers}\n`)}`
  assert.equal(spawnSync('git', ['-C', clone, '-c', allowed, 'verify-commit', 'HEAD']).status, 0)
})
