import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server'
import { newTokenSecret } from '../src/access-keys/token-secret.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { newConnectorSecret } from '../src/proxy/connectors/connector-secret.ts'
import { whoUpstream } from '../src/proxy/routes/check-upstream.ts'
import { folderPath } from '../src/repositories/storage.ts'
import { Person } from '../src/walk/person.ts'
import { beginSignIn } from './support/ceremony.ts'
import { countStatements } from './support/count-statements.ts'
import { makeRoute } from './support/make-route.ts'
import { rawRequest } from './support/raw-request.ts'
import { RouteBrowser } from './support/route-browser.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'

/** As few as can be set, so that a flood is short. */
const perAddress = 60
const flags = ['--rate-limit', String(perAddress)]
const behindProxy = [...flags, '--trusted-proxies', '127.0.0.1']

const from = (address: string) => ({ 'x-forwarded-for': address })

/** Whole sign-ins through a proxy that says where this browser is. */
async function signInFrom(person: Person, address: string): Promise<void> {
  const headers = from(address)
  const { ceremonyId, publicKey } = await person.call<Awaited<ReturnType<typeof beginSignIn>>>(
    'POST',
    '/sign-in/begin',
    {},
    headers,
  )
  const response = person.authenticator.get(publicKey, person.origin)
  await person.call('POST', '/sign-in/finish', { ceremonyId, response }, headers)
}

describe('a flood from one address', () => {
  let postern: StartedPostern
  let ana: Person
  before(async () => {
    postern = await startPostern({ flags: behindProxy })
    ana = await postern.owner()
  })
  after(() => postern[Symbol.asyncDispose]())

  test('of wrong taps in ana’s name leaves ana able to sign in from another', async () => {
    const attacker = new Person(postern.origin, ana.authenticator)
    const statuses: number[] = []
    for (let sent = 0; sent < perAddress; sent++) {
      const begun = await attacker.fetch('POST', '/sign-in/begin', {}, from('203.0.113.1'))
      statuses.push(begun.status)
      if (!begun.ok) continue
      const { ceremonyId, publicKey } = (await begun.json()) as Awaited<ReturnType<typeof beginSignIn>>
      const response = ana.authenticator.get(publicKey, postern.origin, { flags: 0x01 })
      const answer = await attacker.fetch('POST', '/sign-in/finish', { ceremonyId, response }, from('203.0.113.1'))
      statuses.push(answer.status)
    }
    assert.deepEqual(
      [200, 400, 429].map((status) => statuses.filter((one) => one === status).length),
      [perAddress / 2, perAddress / 2, perAddress / 2],
    )
    await signInFrom(new Person(postern.origin, ana.authenticator), '198.51.100.1')
    await ana.call('GET', '/me', undefined, from('203.0.113.1'))
  })

  test('does not sign out, or hold up, who is signed in there', async () => {
    const bo = await postern.join(ana, 'bo')
    for (let sent = 0; sent <= perAddress; sent++)
      await postern.stranger().fetch('POST', '/sign-in/begin', {}, from('203.0.113.2'))
    assert.equal((await bo.fetch('POST', '/sign-in/begin', {}, from('203.0.113.2'))).status, 429)
    await bo.call('GET', '/me', undefined, from('203.0.113.2'))
    await bo.call('POST', '/projects', { name: 'bo', description: '' }, from('203.0.113.2'))
  })

  test('of pages that take git long holds up nobody who is known', async () => {
    await ana.call('POST', '/projects', { name: 'open', description: '' })
    const make = async (name: string): Promise<string> => {
      await ana.call('POST', '/projects/open/repositories', { name, description: '', visibility: 'public' })
      const { folder } = await postern.postern.ceremonies.database.read
        .selectFrom('repository')
        .select('folder')
        .where('name', '=', name)
        .executeTakeFirstOrThrow()
      return folderPath(join(postern.folder, 'data', 'repositories'), folder)
    }
    await make('quick')
    // git waits at this door until somebody opens it from the other side.
    const door = join(await make('slow'), 'packed-refs')
    await promisify(execFile)('mkfifo', [door])
    const ask = (sent: number) =>
      postern.stranger().fetch('GET', '/projects/open/repositories/slow/tags', undefined, from(`203.0.113.${sent % 8}`))
    const flood = Array.from({ length: 40 }, (_, sent) => ask(sent))
    await ana.call('GET', '/projects/open/repositories/quick/tags')
    const opened = await open(door, 'r+')
    await rm(door)
    await opened.close()
    for (const { status } of await Promise.all(flood)) assert.equal(status, 200)
  })

  test('of made-up cookies and tokens at tools is told to wait, and who is signed in there goes on', async () => {
    const tool = await makeRoute(ana, 'tool', { upstream: whoUpstream, programs: true })
    const browser = new RouteBrowser(ana)
    assert.equal((await browser.visit(`${tool}/`)).status, 200)
    const token = await ana.makeToken('tool', ['application:use'])
    const [name = ''] = browser.cookies(tool).keys()
    const { host } = new URL(tool)
    const own = { host: new URL(postern.origin).host }
    const asked = { 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/', 'x-forwarded-host': host }
    const madeUp = `${name}=${'A'.repeat(43)}`
    const send = (path: string, headers: Record<string, string>, address: string) =>
      rawRequest(postern.origin, { path, headers: { ...headers, ...from(address) } })
    const question = (cookie: string, address: string, answer = '') =>
      send(`/proxy/verify${answer}`, { ...own, ...asked, 'x-forwarded-proto': 'http', cookie }, address)
    const inVain: Record<string, (address: string) => ReturnType<typeof send>> = {
      'a cookie': (address) => send('/', { host, cookie: madeUp }, address),
      'a token': (address) => send('/', { host, authorization: `Bearer ${newTokenSecret()}` }, address),
      'a code': (address) => send('/.postern/enter?code=made-up', { host }, address),
      'a cookie, to ask who it is': (address) => send('/.postern/who', { host, cookie: madeUp }, address),
      'a cookie, to a proxy in front': (address) => question(madeUp, address),
      'the secret of a connector': (address) =>
        send(
          '/proxy/connector',
          { ...own, connection: 'upgrade', upgrade: 'postern-tunnel', authorization: `Bearer ${newConnectorSecret()}` },
          address,
        ),
    }
    const guess = inVain['a cookie'] ?? assert.fail()
    const statuses: number[] = []
    for (let shown = 0; shown <= perAddress / 5; shown++) statuses.push((await guess('203.0.113.7')).status)
    assert.deepEqual([statuses.indexOf(429), new Set(statuses)], [perAddress / 5, new Set([401, 429])])
    for (const [what, show] of Object.entries(inVain)) {
      const refused = await show('203.0.113.7')
      assert.equal(refused.status, 429, what)
      assert.match(refused.headers['retry-after'] ?? '', /^[1-9]\d?$/, what)
      // Somebody else behind the same proxies.
      assert.match(String((await show('198.51.100.7')).status), /^40[13]$/, what)
    }
    // nginx understands yes and no alone, and shows its client the page.
    assert.equal((await question(madeUp, '203.0.113.7', '/status')).status, 403)
    assert.equal((await question(madeUp, '203.0.113.7', '/page')).status, 429)

    // Whose cookie is of yesterday comes in, and leaves, whatever others at their address show.
    const navigating = { host, cookie: madeUp, accept: 'text/html' }
    const led = await send('/', navigating, '203.0.113.7')
    assert.deepEqual([led.status, new URL(led.headers.location ?? '').pathname], [303, '/proxy/sign-in'])
    const left = await send('/.postern/sign-out', navigating, '203.0.113.7')
    assert.deepEqual([left.status, left.headers['set-cookie']?.[0]?.startsWith(`${name}=;`)], [200, true])

    const attacked = from('203.0.113.7')
    assert.equal((await browser.ask(`${tool}/`, { headers: attacked })).status, 200)
    const cookie = [...browser.cookies(tool)].map((pair) => pair.join('=')).join('; ')
    assert.equal((await question(cookie, '203.0.113.7')).status, 200)
    assert.equal((await send('/', { host, authorization: `Bearer ${token}` }, '203.0.113.7')).status, 200)

    // From everywhere at once: what all together may show in vain is bounded too.
    const last: string[] = []
    for (let each = 1; each <= perAddress / 2; each++) last.push((await guess(`192.0.2.${each}`)).body)
    assert.match(last.at(-1) ?? '', /Too many people are asking at this moment/)
    assert.equal((await browser.ask(`${tool}/`, { headers: from('192.0.2.1') })).status, 200)
  })
})

test('a stranger’s X-Forwarded-For chooses no bucket', async () => {
  await using postern = await startPostern({ flags })
  const statuses: number[] = []
  for (let sent = 0; sent <= perAddress; sent++) {
    const answer = await postern.stranger().fetch('POST', '/sign-in/begin', {}, from(`203.0.113.${sent}`))
    statuses.push(answer.status)
  }
  assert.deepEqual([statuses.indexOf(429), statuses.at(-1)], [perAddress, 429])
})

test('every route that a stranger reaches is counted, except what is the same for everybody', async () => {
  await using postern = await startPostern({ flags })
  const { host } = new URL(postern.origin)
  const send = (method: string, path: string, headers = {}) =>
    rawRequest(postern.origin, { method, path, headers: { host, ...headers } })
  for (let sent = 0; sent <= perAddress; sent++) await postern.stranger().fetch('POST', '/sign-in/begin', {})
  for (let sent = 0; sent <= perAddress * 2; sent++) await send('GET', '/api/v1/me')
  for (let sent = 0; sent <= perAddress / 5; sent++) await send('GET', '/api/v1/me', { authorization: 'Bearer wrong' })

  const free: string[] = []
  for (const { method, url, access } of postern.postern.routes) {
    // Whoever is not the operator sees nothing there; no client sends TRACE and QUERY, and HEAD goes with GET.
    if (access === 'metrics' || ['HEAD', 'TRACE', 'QUERY'].includes(method)) continue
    const path = url.replaceAll(/:\w+/g, 'x').replace('*', 'x')
    for (const headers of [{}, { authorization: 'Bearer wrong' }]) {
      const answer = await send(method, path, headers)
      if (answer.status !== 429) free.push(`${answer.status} ${method} ${url}`)
      else {
        assert.match(answer.body, /Too many requests come from your address at this moment\./, `${method} ${url}`)
        assert.match(answer.headers['retry-after'] ?? '', /^[1-9]\d?$/, `${method} ${url}`)
      }
    }
  }
  assert.deepEqual(free.sort(), [
    '200 GET /',
    '200 GET /*',
    '200 GET /-/postern-verify.mjs',
    '200 GET /-/postern.mjs',
    '200 GET /-/push-worker.js',
    '200 GET /.gitconfig',
    '200 GET /api/v1/ssh',
    '200 GET /healthz',
    '200 GET /readyz',
    '200 GET /saml/answer.js',
    '200 GET /scim/v2/ServiceProviderConfig',
    '404 GET /assets/*',
  ])
})

test('git with wrong tokens is told to wait; with a right one it goes on', async () => {
  await using postern = await startPostern({ flags })
  const ana = await postern.owner()
  await ana.call('POST', '/projects', { name: 'payments', description: '' })
  await ana.call('POST', '/projects/payments/repositories', { name: 'api', description: '', visibility: 'private' })
  const token = await ana.makeToken('git')
  const path = '/payments/api.git/info/refs?service=git-upload-pack'
  const { host } = new URL(postern.origin)
  const fetchRefs = (secret: string) =>
    rawRequest(postern.origin, {
      path,
      headers: { host, authorization: `Basic ${Buffer.from(`git:${secret}`).toString('base64')}` },
    })
  const wrong = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`
  for (let sent = 0; sent < perAddress / 5; sent++) assert.equal((await fetchRefs(wrong)).status, 401)
  const refused = await fetchRefs(wrong)
  assert.equal(refused.status, 429)
  assert.match(refused.headers['retry-after'] ?? '', /^\d+$/)
  assert.match(refused.body, /^Too many requests come from your address at this moment\. Try again in \d+ seconds\.\n$/)
  assert.equal((await fetchRefs(token)).status, 200)
})

test('one account’s changes are counted together, and nobody else’s with them', async () => {
  await using postern = await startPostern({ flags: behindProxy })
  const ana = await postern.owner()
  const bo = await postern.join(ana, 'bo')
  const statuses: number[] = []
  for (let sent = 0; sent < 30; sent++)
    statuses.push((await bo.fetch('POST', '/seal-requests/srq_x/refuse', {}, from(`203.0.113.${sent}`))).status)
  assert.deepEqual([new Set(statuses), statuses.indexOf(429)], [new Set([404, 429]), (perAddress * 2) / 5])
  await bo.call('GET', '/me')
  await ana.call('POST', '/projects', { name: 'still', description: '' })
  await signInFrom(new Person(postern.origin, bo.authenticator), '203.0.113.1')
})

describe('known and unknown people are answered alike', () => {
  let postern: StartedPostern
  let ana: Person
  before(async () => {
    postern = await startPostern()
    ana = await postern.owner()
  })
  after(() => postern[Symbol.asyncDispose]())

  /** Status, names and values of headers, and body, without what is random or a date. */
  async function shapeOf(response: Response) {
    const headers = Object.fromEntries(response.headers)
    delete headers['date']
    if (headers['set-cookie'] !== undefined) headers['set-cookie'] = headers['set-cookie'].replace(/=[\w-]+/, '=…')
    const body = (await response.text())
      .replace(/"ceremonyId":"[^"]+"/, '"ceremonyId":"…"')
      .replace(/"expiresAt":\d+/, '"expiresAt":0')
      .replace(/"challenge":"[\w-]+"/, '"challenge":"…"')
    return { status: response.status, headers, body }
  }

  test('to begin a sign-in, whoever they say they are', async () => {
    const begin = async (body: object) => shapeOf(await postern.stranger().fetch('POST', '/sign-in/begin', body))
    assert.equal((await begin({})).status, 200)
    // Nobody is asked who they are, and who says it unasked learns nothing.
    const [known, ...others] = await Promise.all(
      [{ username: 'ana' }, { username: 'nobody' }].map((body) => begin(body)),
    )
    for (const other of others) assert.deepEqual(other, known)
    const [mine, theirs] = await Promise.all(
      [ana.authenticator.credentialIds[0], 'none'].map((credentialId) => begin({ credentialId })),
    )
    assert.deepEqual([mine?.status, mine], [422, theirs])
    assert.match(mine?.body ?? '', /"This is not valid: credentialId: is not known here\."/)
  })

  test('to finish one, with a passkey that ended or one that never was', async () => {
    const ended = new SoftwareAuthenticator()
    const { id } = await ana.addPasskey(ended, 'second')
    await ana.act('DELETE', `/me/credentials/${id}`)
    const unknown = new SoftwareAuthenticator()
    const begun = await ana.call<{ publicKey: PublicKeyCredentialCreationOptionsJSON }>(
      'POST',
      '/me/credentials/begin',
      {},
    )
    unknown.create(begun.publicKey, postern.origin)
    const finish = async (authenticator: SoftwareAuthenticator) => {
      const person = new Person(postern.origin, authenticator)
      const { ceremonyId, publicKey } = await beginSignIn(person)
      const response = authenticator.get(publicKey, postern.origin)
      return shapeOf(await person.fetch('POST', '/sign-in/finish', { ceremonyId, response }))
    }
    const answer = await finish(ended)
    assert.equal(answer.status, 401)
    assert.deepEqual(await finish(unknown), answer)

    // As for time: both ask the store the same questions, verify nothing and write nothing. What the server does by
    // itself meanwhile only adds to a count.
    const leastWork = async (authenticator: SoftwareAuthenticator) => {
      const counted = []
      for (let round = 0; round < 5; round++) counted.push(await countStatements(() => finish(authenticator)))
      return [Math.min(...counted.map((one) => one.statements)), Math.min(...counted.map((one) => one.rows))]
    }
    assert.deepEqual(await leastWork(ended), await leastWork(unknown))
  })
})
