import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { test } from 'node:test'
import { createOutbound } from '../outbound/outbound.ts'
import { openGit } from '../repositories/git-testing.ts'
import { RemoteError } from './remote-error.ts'
import { openSsh } from './ssh-connection.ts'

const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'
const remote = { url: 'ssh://git@git.example.com/a.git', username: '', password: 'a key\n', hostKey }
const answering = (...addresses: string[]) =>
  createOutbound({ allow: [], resolve: () => Promise.resolve(addresses.map((address) => ({ address }))) })
const patience = { stallSeconds: 120, signal: new AbortController().signal }

test('ssh goes to the address that was judged, with one key and one known server, and leaves nothing behind', async () => {
  await using ours = await openGit()
  const outbound = answering('2606:2800::1', '93.184.215.14')
  const { git } = ours
  const connection = await openSsh({ git, outbound }, remote, patience)
  const settings = new Map(connection.settings)
  assert.equal(settings.get('protocol.ssh.allow'), 'always')
  const command = settings.get('core.sshCommand') ?? ''
  assert.match(command, /^ssh -F none /)
  for (const option of [
    'HostName=93.184.215.14',
    'HostKeyAlias=git.example.com',
    'StrictHostKeyChecking=yes',
    'BatchMode=yes',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'ProxyCommand=none',
    'PermitLocalCommand=no',
    'ControlPath=none',
  ])
    assert.ok(command.includes(` -o '${option}'`), option)
  const [, known = ''] = /UserKnownHostsFile="([^"]+)"/.exec(command) ?? []
  const [, key = ''] = /IdentityFile="([^"]+)"/.exec(command) ?? []
  assert.equal(readFileSync(known, 'utf8'), `git.example.com ${hostKey}\n`)
  for (const file of [known, key]) assert.equal(statSync(file).mode & 0o777, 0o600)
  await connection[Symbol.asyncDispose]()
  assert.ok(!existsSync(known) && !existsSync(key))
})

test('a name that answers a private address now is refused before ssh begins', async () => {
  await using ours = await openGit()
  const outbound = answering('93.184.215.14', '10.1.2.3')
  await assert.rejects(
    openSsh({ git: ours.git, outbound }, remote, patience),
    (error) => error instanceof RemoteError && error.code === 'private-address',
  )
})
