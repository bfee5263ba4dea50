import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { git, withToken } from '../src/walk/git.ts'
import { Person } from '../src/walk/person.ts'
import { applicant } from './support/ceremony.ts'
import { letIn, Program } from './support/oauth.ts'
import { freePort } from './support/start-postern.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

test('a secret counts in no address, and however much is logged, none is', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'postern-log-'))
  context.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  const port = String(await freePort())
  const { PATH = '', HOME = '' } = process.env
  const args = ['serve', '--port', port, '--data', folder, '--ssh-port', 'off', '--log-level', 'trace']
  const server = spawn(process.execPath, [main, ...args], { env: { PATH, HOME }, stdio: ['ignore', 'pipe', 'pipe'] })
  const link = Promise.withResolvers<string>()
  let said = ''
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (part: Buffer) => {
      said += part.toString()
      const [found] = /http:\S+\/-\/setup#[\w-]{43}/.exec(said) ?? []
      if (found !== undefined) link.resolve(found)
    })
  const over = new Promise((resolve) => server.once('close', resolve))
  void over.then(() => link.reject(new Error(said)))
  const origin = `http://localhost:${port}`
  const secrets: string[] = []
  try {
    const ana = new Person(origin, new SoftwareAuthenticator())
    await ana.register(await link.promise, applicant('ana'))
    await ana.call('POST', '/projects', { name: 'work', description: '' })
    await ana.call('POST', '/projects/work/repositories', { name: 'one', description: '', visibility: 'private' })
    const token = await ana.makeToken('laptop', ['repository:write', 'account:read'])
    const mistyped = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`
    const program = new Program(origin)
    const { access_token, refresh_token } = await letIn(ana, program)
    secrets.push(token, mistyped, access_token, refresh_token, program.verifier)
    const bearer = (secret: string) => ({ headers: { authorization: `Bearer ${secret}` } })
    assert.equal((await fetch(`${origin}/api/v1/groups`, bearer(token))).status, 200)
    for (const secret of [token, access_token]) {
      for (const name of ['access_token', 'token', 'private_token', 'authorization', 'secret'])
        assert.equal((await fetch(`${origin}/api/v1/groups?${name}=${secret}`)).status, 401, name)
      const listing = `work/one.git/info/refs?service=git-upload-pack&access_token=${secret}`
      assert.equal((await fetch(`${origin}/${listing}`)).status, 401)
      assert.equal((await fetch(`${origin}/oidc/userinfo?access_token=${secret}`)).status, 401)
    }
    const json = { method: 'POST', headers: { 'content-type': 'application/json' } }
    for (const secret of secrets) {
      await fetch(`${origin}/api/v1/groups`, bearer(secret))
      await fetch(`${origin}/${secret}/${secret}.git/info/refs?service=git-upload-pack`, bearer(secret))
      await fetch(`${origin}/api/v1/tokens/revoke`, { ...json, body: `{"token": "${secret}"` })
      await fetch(`${origin}/oidc/token`, { method: 'POST', body: new URLSearchParams({ refresh_token: secret }) })
      await program.refresh(secret)
      await git(folder, [...withToken(secret), 'ls-remote', `${origin}/work/one.git`])
    }
  } finally {
    server.kill()
    await over
  }
  assert.match(said, /"level":/, 'something was logged')
  const told = secrets.filter((secret) => said.includes(secret))
  assert.deepEqual(told, [], said)
})
