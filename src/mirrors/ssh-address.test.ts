import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createOutbound } from '../outbound/outbound.ts'
import { explainSsh } from './explain-ssh.ts'
import { checkHostKey, hostKeyFingerprint } from './host-key.ts'
import { checkPrivateKey } from './private-key.ts'
import { checkSshAddress, isSshAddress, readSshAddress } from './ssh-address.ts'

const outbound = createOutbound({ allow: [] })
const line = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'

test('both forms of an address are kept as one', () => {
  const kept = {
    'git@github.com:team/api.git': 'ssh://git@github.com/team/api.git',
    'ssh://git@GitHub.com:22/team/api.git': 'ssh://git@github.com/team/api.git',
    'ssh://example.com:7999/~ana/api.git': 'ssh://git@example.com:7999/~ana/api.git',
    'me@box.example.com:/srv/a+b.git': 'ssh://me@box.example.com/srv/a+b.git',
    'git@[2606:2800::1]:a.git': 'ssh://git@[2606:2800::1]/a.git',
  }
  for (const [given, url] of Object.entries(kept)) {
    assert.ok(isSshAddress(given))
    assert.equal(checkSshAddress(outbound, given), url)
    assert.equal(checkSshAddress(outbound, url), url)
  }
  assert.deepEqual(readSshAddress('ssh://git@[2606:2800::1]:2222/a.git'), {
    user: 'git',
    host: '2606:2800::1',
    port: 2222,
    path: '/a.git',
  })
})

test('nothing in an address becomes an option, a token of ssh, or a word of a shell', () => {
  const attacks = [
    'ssh://-oProxyCommand=touch@example.com/a',
    'ssh://-oProxyCommand=touch/a',
    'ssh://git@-oProxyCommand=x/a',
    '-oProxyCommand=x@example.com:a',
    'git@-oProxyCommand=x:a',
    'ssh://git@example.com/-u',
    'ssh://git@example.com/a/../../etc',
    'ssh://git@example.com/a/./b',
    'ssh://git@example.com/%2e%2e/a',
    'ssh://git@example.com/$(id)',
    "ssh://git@example.com/a';id;'",
    'ssh://git@example.com/a b',
    'ssh://git@example.com/a\nb',
    'git@example.com:a\nProxyCommand x',
    'git@example.com:`id`',
    'ssh://%r@example.com/a',
    'ssh://git@%h/a',
    'ssh://git@exa mple.com/a',
    'ssh://git"@example.com/a',
    'ssh://git:secret@example.com/a',
    'ssh://git@example.com:0/a',
    'ssh://git@example.com:99999/a',
    'ssh://git@example.com:25/a',
    'ssh://git@*/a',
    'ssh://git@example.com',
    'ssh://git@10.0.0.1/a',
    'ssh://git@2130706433/a',
    'ssh://git@[::ffff:169.254.169.254]/a',
    'git@[::1]:a',
  ]
  for (const attack of attacks)
    assert.throws(() => checkSshAddress(outbound, attack), { code: 'invalid-input' }, attack)
})

test('a private key is taken whole and without passphrase', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-key-'))
  try {
    const make = (name: string, ...options: string[]): string => {
      execFileSync('ssh-keygen', ['-q', '-C', name, '-f', join(folder, name), ...options])
      return readFileSync(join(folder, name), 'utf8')
    }
    for (const options of [
      ['-t', 'ed25519'],
      ['-t', 'ecdsa', '-m', 'PEM'],
      ['-t', 'ecdsa', '-m', 'PKCS8'],
    ]) {
      const plain = make(`plain-${options.join('')}`, '-N', '', ...options)
      assert.equal(checkPrivateKey(` ${plain.replaceAll('\n', '\r\n')}`), plain)
      assert.throws(() => checkPrivateKey(`${plain.slice(0, 60)}\n${plain.split('\n').at(-2)}`), /cut off|whole/)
      assert.throws(() => checkPrivateKey(make(`locked-${options.join('')}`, '-N', 'secret', ...options)), /passphrase/)
    }
    assert.throws(() => checkPrivateKey(readFileSync(join(folder, 'plain--ted25519.pub'), 'utf8')), /whole private key/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('what a server must show is a fingerprint or a key', () => {
  const fingerprint = 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU'
  assert.equal(checkHostKey(`# github.com:22 SSH-2.0\n|1|abc=|def= ${line} comment`), line)
  assert.equal(checkHostKey(`[git.example.com]:7999,10.0.0.1 ${line}`), line)
  assert.equal(checkHostKey(line), line)
  assert.equal(hostKeyFingerprint(line), fingerprint)
  assert.equal(checkHostKey(` ${fingerprint}\n`), fingerprint)
  assert.equal(checkHostKey(' \n'), null)
  for (const bad of [`@cert-authority * ${line}`, 'SHA256:short', 'MD5:00', line.slice(0, 40), 'yes'])
    assert.throws(() => checkHostKey(bad), { code: 'invalid-input' }, bad)
})

test('what ssh says becomes a coded sentence', () => {
  const codes = {
    'ssh -F none: 1: ssh: not found': 'ssh-missing',
    '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.': 'host-key-changed',
    'git@h: Permission denied (publickey).': 'key-refused',
    'Load key "/x/key": error in libcrypto\ngit@h: Permission denied (publickey).': 'key-refused',
    'ssh: connect to host h port 22: Connection timed out': 'timed-out',
    'Timeout, server h not responding.': 'stalled',
    'ssh: connect to host h port 22: Connection refused': 'unreachable',
    'ERROR: Repository not found.': 'not-found',
    "fatal: '/a.git' does not appear to be a git repository": 'not-found',
    'ERROR: The key you are authenticating with has been marked as read only.': 'forbidden',
    'Connection closed by remote host': 'broken-off',
    'something else': 'ssh-failed',
  }
  for (const [said, code] of Object.entries(codes))
    assert.equal(explainSsh(`${said}\nfatal: Could not read from remote repository.`, 'ssh://git@h/a').code, code, said)
})
