import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseExecCommand } from './exec-command.ts'

test('git’s own commands are read, however a client writes the path', () => {
  for (const path of ["'payments/api.git'", "'/payments/api.git'", "'/payments/api'", "'~/payments/api.git'"])
    for (const command of [`git-upload-pack ${path}`, `git upload-pack ${path}`])
      assert.deepEqual(parseExecCommand(command), {
        kind: 'git',
        service: 'git-upload-pack',
        path: { project: 'payments', repository: 'api' },
      })
  for (const path of ['"/payments/api.git"', 'payments/api.git', "'/~/payments/api.git/'"])
    assert.deepEqual(parseExecCommand(`git-receive-pack ${path}`), {
      kind: 'git',
      service: 'git-receive-pack',
      path: { project: 'payments', repository: 'api' },
    })
})

test('nothing else runs, and each is told in one line', () => {
  const attacks = [
    '',
    'ls',
    'git-shell',
    "git-upload-pack 'a/b.git' --upload-pack=/bin/sh",
    "git-upload-pack --upload-pack='/bin/sh' 'payments/api.git'",
    "git-upload-pack -- 'payments/api.git'",
    "git-upload-pack '--strict/api.git'",
    "git-upload-pack 'payments/api.git'; id",
    "git-upload-pack 'payments/api.git'\nid",
    "git-upload-pack 'payments/api.git\n'",
    "git-upload-pack 'payments/api.git\0'",
    "git-upload-pack 'payments/'\\''api.git'",
    'git-upload-pack $(id)/api.git',
    "git-upload-pack '../../etc'",
    "git-upload-pack '/payments/../api.git'",
    "git-upload-pack '/etc/passwd/x'",
    "git-upload-pack 'payments//api.git'",
    "git-upload-pack  'payments/api.git'",
    "GIT-UPLOAD-PACK 'payments/api.git'",
    "git-upload-archive 'payments/api.git'",
    'git-lfs-transfer payments/api.git upload',
    'git-lfs-authenticate payments/api.git',
    'git-lfs-authenticate payments/api.git delete',
    'git-lfs-authenticate ../../etc/passwd upload',
    'git-lfs-authenticate payments/api.git upload; id',
    'git-lfs-authenticate payments/api.git upload ../../x',
    `git-upload-pack '${'a'.repeat(10_000)}'`,
    "git -c core.sshCommand=id upload-pack 'payments/api.git'",
  ]
  for (const command of attacks) {
    const parsed = parseExecCommand(command)
    assert.equal(parsed.kind, 'refused', command)
    assert.match(parsed.kind === 'refused' ? parsed.sentence : '', /^[^\n]{20,100}\.$/)
  }
})
