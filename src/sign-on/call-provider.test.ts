import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Provider } from 'oidc-provider'
import { loadConfig } from '../config.ts'
import { openDatabase } from '../database/open.ts'
import { callProvider } from './call-provider.ts'
import { createClientCache } from './openid/client-cache.ts'
import { createProvider } from './provider.ts'
import { createSignOnKeys } from './signing-keys.ts'

const origin = 'https://git.example.com'
const asked = { address: '192.0.2.1', userAgent: '', browserHash: 'mark', endsAs: 'reused' } as const
const auth = new URLSearchParams({
  response_type: 'code',
  client_id: 'git-credential-oauth',
  redirect_uri: 'http://127.0.0.1:1234',
  scope: 'repository:read',
  code_challenge: 'a'.repeat(43),
  code_challenge_method: 'S256',
})

let folder: string
let provider: Provider
let close: () => Promise<void>
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-provider-'))
  const database = await openDatabase(loadConfig(['--data', folder], {}).databaseUrl)
  const bus = { publish: () => Promise.resolve(1) }
  const secrets = {
    getOrCreate: async (_name: string, create: () => string | Promise<string>) => create(),
    end: async () => {},
  }
  const clients = createClientCache({ db: database.read, now: Date.now })
  const keys = await createSignOnKeys({ secrets, wantsRsa: clients.wantsRsa, now: Date.now }).current()
  const policy = { current: (): never => assert.fail('no rule is asked') }
  const onError = (error: unknown) => assert.fail(String(error))
  provider = await createProvider({ database, bus, secrets, clients, policy, keys, origin, now: Date.now, onError })
  close = () => database.close()
})
after(async () => {
  await close()
  await rm(folder, { recursive: true })
})

const get = (url: string) => callProvider(provider, origin, { method: 'GET', url, headers: {}, body: '', asked })

test('behind https every address is https, under where it is mounted', async () => {
  const { status, body } = await get('/.well-known/openid-configuration')
  assert.equal(status, 200)
  const said = JSON.parse(body) as Record<string, string>
  assert.equal(said['issuer'], `${origin}/oidc`)
  assert.equal(said['authorization_endpoint'], `${origin}/oidc/auth`)
  assert.equal(said['token_endpoint'], `${origin}/oidc/token`)
  assert.equal(said['device_authorization_endpoint'], `${origin}/oidc/device/auth`)
})

test('what binds a question to its browser is for https alone, and for the one address that goes on with it', async () => {
  const { status, headers } = await get(`/auth?${auth.toString()}`)
  assert.equal(status, 303)
  const [, uid] = /^\/-\/authorise\/([\w-]+)$/.exec(String(headers.location)) ?? []
  assert.ok(uid)
  const resume = [headers['set-cookie'] ?? []].flat().find((line) => line.startsWith(`postern-resume=${uid};`)) ?? ''
  for (const part of [`path=/oidc/auth/${uid}`, 'secure', 'httponly', 'samesite=lax'])
    assert.match(resume, new RegExp(`; ${part}(;|$)`), part)
})
