// What stock git and ssh-keygen make of a tap: the proof has to verify where none of this code runs.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { tapOver, testSigner } from './test-signer.ts'
import { commitOid, insertGpgsig, parseCommit, splitGpgsig } from './commit-signature.ts'
import { armorSshsig, parseSshsig } from './sshsig.ts'
import { verifyWebauthnSshsig } from './webauthn-signature.ts'

const message = Buffer.from('the exact statement\n')
const signer = testSigner()

const missing = ['ssh-keygen', 'git'].filter((tool) => spawnSync(tool, ['--version']).error)
const skip = missing.length > 0 && `not installed: ${missing.join(', ')}`

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-sshsig-'))
  writeFileSync(join(folder, 'allowed'), `ada@localhost ${signer.publicKeyLine}\n`)
})
after(() => rmSync(folder, { recursive: true, force: true }))

function sshKeygenAccepts(armored: string, namespace = 'approval@postern', content: Buffer = message): boolean {
  writeFileSync(join(folder, 'signature'), armored)
  const args = ['-Y', 'verify', '-f', join(folder, 'allowed'), '-I', 'ada@localhost']
  const run = spawnSync('ssh-keygen', [...args, '-n', namespace, '-s', join(folder, 'signature')], { input: content })
  return run.status === 0
}

describe('ssh-keygen -Y verify', { skip }, () => {
  const cases = [
    { name: 'present and verified', flags: 0x05, both: true },
    { name: 'present only', flags: 0x01, both: true },
    { name: 'synced', flags: 0x1d, both: true },
    { name: 'backed up without being eligible', flags: 0x15, both: false },
  ]
  for (const { name, flags, both } of cases) {
    test(`accepts a tap: ${name}`, () => {
      const armored = tapOver(signer, 'approval@postern', message, { flags })
      assert.equal(sshKeygenAccepts(armored), true)
      if (both) assert.equal(verifyWebauthnSshsig(armored, 'approval@postern', message).flags, flags)
      else assert.throws(() => verifyWebauthnSshsig(armored, 'approval@postern', message), { code: 'flags-invalid' })
    })
  }

  test('accepts flags 0: that nobody was present is for our verifier to say', () => {
    const armored = tapOver(signer, 'approval@postern', message, { flags: 0 })
    assert.equal(sshKeygenAccepts(armored), true)
    const verified = verifyWebauthnSshsig(armored, 'approval@postern', message)
    assert.equal(verified.userPresent, false)
    assert.equal(verified.userVerified, false)
  })

  test('accepts any origin and extensions; ours names the origin', () => {
    const extensions = Buffer.from('a16b6372656450726f7465637402', 'hex')
    const armored = tapOver(signer, 'approval@postern', message, { origin: 'http://localhost:9999', extensions })
    assert.equal(sshKeygenAccepts(armored), true)
    assert.equal(verifyWebauthnSshsig(armored, 'approval@postern', message).origin, 'http://localhost:9999')
  })

  test('accepts a framed tap, ours does not', () => {
    const armored = tapOver(signer, 'approval@postern', message, { crossOrigin: true })
    assert.equal(sshKeygenAccepts(armored), true)
    assert.throws(() => verifyWebauthnSshsig(armored, 'approval@postern', message), { code: 'cross-origin' })
  })

  test('refuses another message and another namespace, as ours does', () => {
    const armored = tapOver(signer, 'approval@postern', message)
    assert.equal(sshKeygenAccepts(armored, 'approval@postern', Buffer.from('another')), false)
    assert.equal(sshKeygenAccepts(armored, 'git'), false)
  })

  test('names the key by the same fingerprint', () => {
    writeFileSync(join(folder, 'key.pub'), `${signer.publicKeyLine}\n`)
    const printed = execFileSync('ssh-keygen', ['-lf', join(folder, 'key.pub')], { encoding: 'utf8' })
    assert.equal(printed.split(' ')[1], signer.fingerprint)
  })

  test('signs what parseSshsig reads, and armorSshsig writes the same file', () => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'plain')])
    writeFileSync(join(folder, 'message'), message)
    execFileSync(
      'ssh-keygen',
      ['-q', '-Y', 'sign', '-f', join(folder, 'plain'), '-n', 'file', join(folder, 'message')],
      {
        stdio: 'pipe',
      },
    )
    const armored = execFileSync('cat', [join(folder, 'message.sig')], { encoding: 'utf8' })
    const parsed = parseSshsig(armored)
    assert.equal(parsed.namespace, 'file')
    assert.equal(armorSshsig(parsed), armored)
    assert.throws(() => verifyWebauthnSshsig(armored, 'file', message), { code: 'key-unsupported' })
  })
})

describe('git verify-commit', { skip }, () => {
  let repository: string
  let unsigned: Buffer

  const git = (args: string[], input?: Buffer) =>
    spawnSync('git', ['-c', `gpg.ssh.allowedSignersFile=${join(folder, 'allowed')}`, ...args], {
      cwd: repository,
      input,
      env: { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
    })
  const write = (commit: Buffer) => {
    const run = git(['hash-object', '-w', '-t', 'commit', '--literally', '--stdin'], commit)
    assert.equal(run.status, 0, run.stderr.toString())
    return run.stdout.toString().trim()
  }

  before(() => {
    repository = join(folder, 'repository')
    execFileSync('git', ['init', '-q', repository])
    const tree = git(['write-tree']).stdout.toString().trim()
    const who = 'Ada Lovelace <ada@localhost> 1790000000 +0000'
    unsigned = Buffer.from(`tree ${tree}\nauthor ${who}\ncommitter ${who}\n\nMerge\n\nPostern-Ref: refs/heads/main\n`)
  })

  test('says Good for a commit that was tapped, and our split gives back what was signed', () => {
    const armored = tapOver(signer, 'git', unsigned)
    const commit = insertGpgsig(unsigned, armored)
    const oid = write(commit)
    assert.equal(oid, commitOid(commit))
    const run = git(['verify-commit', oid])
    assert.equal(run.status, 0, run.stderr.toString())
    assert.match(run.stderr.toString(), /^Good "git" signature for ada@localhost with ECDSA-SK key SHA256:/)
    assert.deepEqual(splitGpgsig(commit), { payload: unsigned, armored })
    const verified = verifyWebauthnSshsig(armored, 'git', unsigned)
    assert.equal(verified.userVerified, true)
  })

  test('says Good with flags 0 too: only our verifier shows that nobody was present', () => {
    const commit = insertGpgsig(unsigned, tapOver(signer, 'git', unsigned, { flags: 0 }))
    assert.equal(git(['verify-commit', write(commit)]).status, 0)
    const { armored, payload } = splitGpgsig(commit) ?? assert.fail()
    assert.equal(verifyWebauthnSshsig(armored, 'git', payload).userPresent, false)
  })

  test('says Bad for a commit changed after the tap, as ours does', () => {
    const armored = tapOver(signer, 'git', unsigned)
    const changed = Buffer.from(unsigned.toString().replace('Merge', 'Purge'))
    assert.notEqual(git(['verify-commit', write(insertGpgsig(changed, armored))]).status, 0)
    assert.throws(() => verifyWebauthnSshsig(armored, 'git', changed), { code: 'client-data-mismatch' })
  })

  test('says Good with unsigned bytes in a gpgsig-sha256 header: ours refuses such a commit', () => {
    const commit = insertGpgsig(unsigned, tapOver(signer, 'git', unsigned)).toString()
    const smuggled = Buffer.from(commit.replace('\ngpgsig ', '\ngpgsig-sha256 not signed by anybody\ngpgsig '))
    assert.equal(git(['verify-commit', write(smuggled)]).status, 0)
    assert.throws(() => splitGpgsig(smuggled), { code: 'foreign-signature' })
  })

  test('says Good when the signature moved up: ours accepts one place, so one tap has one commit id', () => {
    const armored = tapOver(signer, 'git', unsigned)
    const header = `gpgsig ${armored.trimEnd().replaceAll('\n', '\n ')}\n`
    const moved = Buffer.from(unsigned.toString().replace('author ', `${header}author `))
    assert.equal(git(['verify-commit', write(moved)]).status, 0)
    assert.throws(() => splitGpgsig(moved), { code: 'not-canonical' })
  })

  test('reads the headers as git does', () => {
    const commit = insertGpgsig(unsigned, tapOver(signer, 'git', unsigned))
    const oid = write(commit)
    const shown = git(['log', '-1', '--format=%T%n%an <%ae>%n%cn <%ce>%n%ct%n%B', oid]).stdout.toString()
    const { tree, author, committer, committerTimestamp, message: text } = parseCommit(commit)
    assert.equal(shown, `${tree}\n${author}\n${committer}\n${committerTimestamp}\n${text}\n`)
  })
})
