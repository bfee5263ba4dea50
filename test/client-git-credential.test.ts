import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gitCredential } from '../src/client/git-credential.ts'
import { login } from '../src/client/login.ts'
import { commitAs } from '../src/walk/git.ts'
import type { Person } from '../src/walk/person.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { openTerminal, tapsWhenAsked, type Terminal } from './support/terminal.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
let postern: StartedPostern
let ana: Person
let terminal: Terminal
before(async () => {
  postern = await startPostern()
  ana = await postern.owner()
  await ana.call('POST', '/projects', { name: 'work', description: '' })
  await ana.call('POST', '/projects/work/repositories', { name: 'one', description: '', visibility: 'private' })
})
after(() => postern[Symbol.asyncDispose]())
beforeEach(async (context) => {
  terminal = await openTerminal()
  if ('after' in context) context.after(() => terminal[Symbol.asyncDispose]())
})

const url = () => new URL(postern.origin)
/** The helper as git calls it, in this process. */
const ask = (action: string, attributes: Record<string, string> = {}, watch?: (said: string) => void) => {
  const asked = { protocol: 'http', host: url().host, ...attributes }
  const text = `${Object.entries(asked)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')}\n`
  return terminal.run((parts) => gitCredential([action], { ...parts, input: Readable.from([text]) }), watch)
}
const get = async (watch = tapsWhenAsked(ana)): Promise<string> => {
  const { out, err } = await ask('get', {}, watch)
  return /^password=(.+)$/m.exec(out)?.[1] ?? assert.fail(err)
}
const never = (said: string): void => {
  if (said.includes('/oidc/auth?')) assert.fail('it asked for a tap')
}
const programs = async (): Promise<unknown[]> => (await ana.call<{ items: unknown[] }>('GET', '/me/programs')).items

/** Stock git on this person's machine, with the helper as its page says to set it up. */
async function git(...args: string[]): Promise<{ code: number | null; said: string }> {
  const helper = `credential.${postern.origin}.helper=!${process.execPath} ${main} git-credential`
  const { NODE_COMPILE_CACHE } = process.env
  const child = spawn('git', ['-c', helper, '-c', 'core.askPass=', ...args], {
    cwd: terminal.home,
    env: {
      ...terminal.env,
      NODE_COMPILE_CACHE,
      GIT_TERMINAL_PROMPT: '1',
      ...commitAs('Ana', 'ana@example.com', Date.now()),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const taps = tapsWhenAsked(ana)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      taps(said)
    })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, said }
}

test('stock git clones with one tap, and pushes without another', async () => {
  const cloned = await git('clone', `${postern.origin}/work/one.git`, 'one')
  assert.equal(cloned.code, 0, cloned.said)
  assert.match(cloned.said, /tap your key/)
  await writeFile(join(terminal.home, 'one', 'a.txt'), 'a')
  for (const args of [
    ['add', '.'],
    ['commit', '-m', 'first'],
    ['push', 'origin', 'HEAD:refs/heads/topic'],
  ]) {
    const { code, said } = await git('-C', 'one', ...args)
    assert.equal(code, 0, said)
    assert.doesNotMatch(said, /tap your key/)
  }
  const { database } = postern.postern.ceremonies
  const row = await database.read
    .selectFrom('refUpdate')
    .select('method')
    .where('ref', '=', 'refs/heads/topic')
    .executeTakeFirst()
  assert.match(row?.method ?? '', /^grant /)
})

test('a token that is still good is handed out again, and one that is not is renewed without a tap', async () => {
  const first = await get()
  assert.equal(await get(never), first)
  terminal.laterMs = 59.5 * 60_000
  const second = await get(never)
  assert.notEqual(second, first)
  assert.equal(await get(never), second)
  const { items } = await ana.call<{ items: { program: string }[] }>('GET', '/me/programs')
  assert.ok(items.length > 0)
})

test('two gits that need a new one at once take turns, and neither ends the other’s', async () => {
  await get()
  terminal.laterMs = 61 * 60_000
  const all = await Promise.all([1, 2, 3, 4].map(() => get(never)))
  assert.equal(new Set(all).size, 1)
  assert.equal((await fetchRefs(all[0] ?? '')).status, 200)
})

test('a token that git found refused is not handed out again', async () => {
  const first = await get()
  await ask('erase', { username: 'oauth2', password: 'another one' })
  assert.equal(await get(never), first, 'another’s refusal is not about it')
  await ask('erase', { username: 'oauth2', password: first })
  assert.notEqual(await get(never), first)
})

test('a program that was stopped asks for a tap again, and is forgotten as a whole when that is wanted', async () => {
  await get()
  const count = (await programs()).length
  const { items } = await ana.call<{ items: { id: string }[] }>('GET', '/me/programs')
  await ana.act('DELETE', `/me/programs/${items[0]?.id}`)
  terminal.laterMs = 61 * 60_000
  let isAsked = false
  const taps = tapsWhenAsked(ana)
  const again = await get((said) => {
    isAsked ||= said.includes('/oidc/auth?')
    taps(said)
  })
  assert.ok(isAsked)
  assert.equal((await programs()).length, count)
  terminal.laterMs = 0
  assert.deepEqual(await ask('erase'), { code: 0, out: '', err: '' })
  assert.equal((await programs()).length, count - 1, 'it has ended at the server')
  assert.equal((await fetchRefs(again)).status, 401)
})

test('what is not ours is left to other helpers, and nothing secret goes where it could be read', async () => {
  const silent = { code: 0, out: '', err: '' }
  assert.deepEqual(await ask('store', { username: 'a', password: 'b' }), silent)
  assert.deepEqual(await ask('get', { protocol: 'ssh' }), silent)
  assert.deepEqual(await ask('get', { host: '' }), silent)
  const plain = await ask('get', { host: 'git.example.com' })
  assert.deepEqual([plain.code, plain.out], [1, ''])
  assert.match(plain.err, /does not use https/)
  const other = createServer((_, response) => response.writeHead(404).end('<html>'))
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const address = other.address()
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  assert.deepEqual(await ask('get', { host }), silent)
  other.close()
  assert.equal((await terminal.run((parts) => gitCredential(['nonsense'], parts))).code, 2)
})

test('without SSH on the server, login says what works instead', async () => {
  const { code, err } = await terminal.run((parts) => login([postern.origin], parts))
  assert.equal(code, 1)
  assert.match(err, /is not reached over SSH\.\ngit works over HTTPS/)
})

test('where git may not ask, it says what to do instead of waiting', async () => {
  terminal.env['GIT_TERMINAL_PROMPT'] = '0'
  const { code, out, err } = await ask('get')
  assert.deepEqual([code, out], [1, 'quit=1\n'])
  assert.match(err, /You are not signed in, and git may not ask here\.\nRun: postern login http/)
})

test('a server that sends its secrets’ addresses elsewhere is not believed', async () => {
  const evil = createServer((request, response) => {
    const origin = `http://${request.headers.host}`
    const document = {
      issuer: `${origin}/oidc`,
      authorization_endpoint: `${origin}/oidc/auth`,
      token_endpoint: 'https://evil.example/token',
      device_authorization_endpoint: `${origin}/oidc/device/auth`,
      revocation_endpoint: `${origin}/oidc/token/revocation`,
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document))
  })
  await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve))
  const address = evil.address()
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const { code, err } = await ask('get', { host })
  assert.equal(code, 1)
  assert.match(err, /names no token endpoint of its own/)
  evil.close()
})

const fetchRefs = (token: string): Promise<Response> =>
  fetch(`${postern.origin}/work/one.git/info/refs?service=git-upload-pack`, {
    headers: { authorization: `Basic ${Buffer.from(`oauth2:${token}`).toString('base64')}` },
  })
