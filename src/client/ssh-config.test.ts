import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSshPublicKey } from '../protocols/ssh/public-key.ts'
import { TestSshKey } from '../protocols/ssh/test-ssh-key.ts'
import { renderSshConfig } from './ssh-config.ts'

const { line } = new TestSshKey('ssh-ed25519')
const key = (file: string) => ({ file, line, publicKey: parseSshPublicKey(line) })
const door = { host: 'git.example.com', port: 7422, knownHosts: '' }

test('it is about git’s user on that host, and about nobody else', () => {
  assert.equal(
    renderSshConfig(door, key('/home/ana/k'), '/home/ana/known'),
    `# Written by postern login, and again by the next one.
Match host git.example.com user git
  Port 7422
  IdentityFile /home/ana/k
  CertificateFile /home/ana/k-cert.pub
  IdentitiesOnly yes
  UserKnownHostsFile /home/ana/known ~/.ssh/known_hosts
`,
  )
})

test('a folder with a space in its name stays one word', () => {
  const config = renderSshConfig(door, key('/Users/Ana Example/k'), '/Users/Ana Example/known')
  assert.match(config, /IdentityFile "\/Users\/Ana Example\/k"\n/)
  assert.match(config, /CertificateFile "\/Users\/Ana Example\/k-cert\.pub"\n/)
})
