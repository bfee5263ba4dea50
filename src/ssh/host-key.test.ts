import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { cloneUrl, loadHostKey } from './host-key.ts'

const kept = new Map<string, string>()
const secrets = {
  getOrCreate(key: string, create: () => string) {
    kept.set(key, kept.get(key) ?? create())
    return Promise.resolve(kept.get(key) ?? '')
  },
}

test('the host keys are made once, and ssh-keygen reads them as we say', async () => {
  const key = await loadHostKey(secrets)
  const again = await loadHostKey(secrets)
  const records = key.sshfp({ host: 'git.example.com', port: 22 }).split('\n')
  const known = key.knownHosts({ host: 'git.example.com', port: 22 }).split('\n')
  assert.deepEqual([records.length, known.length, key.privateKeys.length], [2, 2, 2])
  const folder = await mkdtemp(join(tmpdir(), 'host-key-'))
  try {
    for (const [index, { publicKey, fingerprint }] of [key, key.ecdsa].entries()) {
      assert.equal([again, again.ecdsa][index]?.publicKey, publicKey)
      const file = join(folder, `key-${index}`)
      await writeFile(file, key.privateKeys[index] ?? '', { mode: 0o600 })
      const keygen = (...args: string[]): string => execFileSync('ssh-keygen', args, { encoding: 'utf8' })
      assert.equal(keygen('-y', '-f', file).trim(), publicKey)
      assert.equal(known[index], `git.example.com ${publicKey}`)
      await writeFile(`${file}.pub`, `${publicKey}\n`)
      assert.match(keygen('-l', '-f', `${file}.pub`), new RegExp(`^256 ${RegExp.escape(fingerprint)} `))
      const theirs = keygen('-r', 'git.example.com', '-f', `${file}.pub`)
      const [name, record = ''] = records[index]?.split('. IN SSHFP ') ?? []
      assert.equal(name, 'git.example.com')
      assert.ok(theirs.includes(`IN SSHFP ${record}`), theirs)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('an address leaves out the port that is SSH’s own', async () => {
  const key = await loadHostKey(secrets)
  assert.equal(cloneUrl({ host: 'git.example.com', port: 22 }, 'a/b'), 'ssh://git@git.example.com/a/b.git')
  assert.equal(cloneUrl({ host: 'git.example.com', port: 7422 }, 'a/b'), 'ssh://git@git.example.com:7422/a/b.git')
  assert.match(key.knownHosts({ host: 'git.example.com', port: 22 }), /^git\.example\.com ssh-ed25519 AAAA/)
  assert.match(key.knownHosts({ host: 'git.example.com', port: 7422 }), /^\[git\.example\.com\]:7422 ssh-ed25519 AAAA/)
})
