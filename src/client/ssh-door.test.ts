import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { TestSshKey } from '../protocols/ssh/test-ssh-key.ts'
import { ClientError } from './client-error.ts'
import { parsePlace } from './place.ts'
import { findSshDoor } from './ssh-door.ts'

const { line: publicKey } = new TestSshKey('ssh-ed25519')
let host = ''
const server = createServer((_request, response) =>
  response.end(JSON.stringify({ ssh: { host, port: 22, publicKey } })),
)
before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
after(() => void server.close())

const find = (said: string, named?: string) => {
  host = said
  return findSshDoor(parsePlace(`http://localhost:${(server.address() as AddressInfo).port}`), named)
}

test('an instance is reached at its own host, or at one below it', async () => {
  for (const own of ['localhost', 'ssh.localhost', 'SSH.Localhost']) assert.equal((await find(own))?.host, own)
})

test('an attack: an instance that says it is another host is not written into anything, unless its person says so', async () => {
  const isRefused = (error: unknown): boolean => error instanceof ClientError && error.help.includes('--ssh-host')
  for (const foreign of ['github.com', 'notlocalhost', 'localhost.example.com', 'localhost.'])
    await assert.rejects(find(foreign), isRefused, foreign)
  assert.equal((await find('ssh.example.com', 'ssh.example.com'))?.host, 'ssh.example.com')
  await assert.rejects(find('github.com', 'ssh.example.com'), isRefused)
  await assert.rejects(find('localhost', 'ssh.example.com'), isRefused)
})
