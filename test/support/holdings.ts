import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { createPersonKeySource } from '../../src/access-keys/ssh-keys/ssh-key-source.ts'
import { tokenIntrospection } from 'openid-client'
import { accessKinds } from '../../src/composition/access-kinds.ts'
import type { CertificateIssued } from '../../src/access-keys/certificates/shapes.ts'
import type { Id } from '../../src/database/id.ts'
import { createRegistrationLink } from '../../src/identity/registration-links.ts'
import { findUserByUsername } from '../../src/identity/users.ts'
import type { DeployKeyList } from '../../src/machines/deploy-keys/shapes.ts'
import type { PipelineList } from '../../src/machines/workloads/shapes.ts'
import type { ConnectorList } from '../../src/proxy/connectors/shapes.ts'
import { u64 } from '../../src/protocols/ssh/wire.ts'
import { TestSshKey } from '../../src/protocols/ssh/test-ssh-key.ts'
import { git, withToken } from '../../src/walk/git.ts'
import { ApiError, Person } from '../../src/walk/person.ts'
import { applicant } from './ceremony.ts'
import { insertHoldings } from './holding-rows.ts'
import { requestOf, type RunningPush, startPush } from './held-push.ts'
import { addSshKey } from './ssh-keys.ts'
import { makeRoute } from './make-route.ts'
import { makeHeld, type Repository } from './held-repository.ts'
import { startHold } from './hold.ts'
import { ask, authorise, gitScopes, letIn, Program } from './oauth.ts'
import { addTool, type RelyingParty, signOnTo } from './relying-party.ts'
import { RouteBrowser } from './route-browser.ts'
import { newSshKey } from './ssh-key-line.ts'
import type { StartedPostern } from './start-postern.ts'

const agentToken = { name: 'robot', scopes: ['repository:write'], repositoryIds: null, expiresInDays: 3 }
const bigBytes = 16 * 1024 ** 2

/** An organisation in which somebody can have everything there is to have. */
export interface World {
  postern: StartedPostern
  /** The first owner. */
  ana: Person
  big: Repository
  /** Its main takes a tap for each push. */
  waiting: Repository
  /** Origin of a route; nobody answers behind it. */
  tool: string
  /** A tool that asks by OpenID Connect. */
  wiki: RelyingParty
}

/** Something that a person has, and how it is used. */
export interface Holding {
  name: string
  /** What becomes of it once their access has ended, tried by using it. @throws where it still works */
  use(): Promise<'ended' | 'cut' | 'passed on'>
}

export interface Holder {
  username: string
  id: Id<'usr'>
  person: Person
  agent: string
  holdings: Holding[]
  release(): Promise<void>
}

export async function makeWorld(postern: StartedPostern, ana: Person): Promise<World> {
  const big = await makeHeld(postern, ana, 'work/big')
  await writeFile(join(big.work, 'big.bin'), randomBytes(bigBytes))
  await big.commit('second.txt')
  await big.git('push', '--quiet', 'origin', 'main:large')
  await writeFile(join(big.work, 'more.bin'), randomBytes(bigBytes))
  await big.commit('third.txt')
  const waiting = await makeHeld(postern, ana, 'work/waiting')
  await waiting.setPush('main', 'tap')
  await waiting.commit('one.txt')
  const tool = await makeRoute(ana, 'tool', { upstream: 'http://127.0.0.1:9' })
  const wiki = await addTool(ana)
  return { postern, ana, big, waiting, tool, wiki }
}

/** Adds a person at acme.example whom nobody manages. */
export async function joinAlone({ postern, ana }: World, username: string): Promise<Person> {
  const email = `${username}@acme.example`
  const { link } = await ana.act<{ link: string }>('POST', '/people', { ...applicant(username), email, role: 'member' })
  const person = postern.stranger()
  await person.register(link, applicant(username))
  return person
}

/** Somebody who holds one of each kind. */
export async function holdEverything(
  world: World,
  username: string,
  arrive: (world: World, username: string) => Promise<Person> = joinAlone,
): Promise<Holder> {
  const { postern, ana, big, waiting, tool, wiki } = world
  const { database, now } = postern.postern.ceremonies
  const person = await arrive(world, username)
  // So that they may have an agent.
  await database.write((tx) => tx.updateTable('user').set({ role: 'admin' }).where('username', '=', username).execute())
  const { id } = (await findUserByUsername(database.read, username)) ?? assert.fail()
  const there = new Person(postern.origin, person.authenticator)
  await there.signIn()
  const browser = new RouteBrowser(there)
  assert.equal((await browser.visit(tool)).status, 502)
  const signedOn = await signOnTo(there, wiki)
  const token = await person.makeToken('laptop', ['repository:write', 'account:read', 'act'])
  const sshKey = new TestSshKey('ssh-ed25519')
  await addSshKey(person, sshKey)
  const program = new Program(postern.origin)
  const tokens = await letIn(person, program)
  const device = new Program(postern.origin, 'git-credential-manager')
  const deviceCode = await letDeviceIn(person, device)
  const { certificate } = await person.act<CertificateIssued>('POST', '/me/ssh/certificates', {
    publicKey: newSshKey(),
  })
  const agent = `${username}-robot`
  await person.act('POST', '/agents', { username: agent, displayName: agent })
  const { secret } = await person.act<{ secret: string }>('POST', `/agents/${agent}/tokens`, agentToken)
  await ana.act('PUT', `${big.path}/members/user/${agent}`, { role: 'write' })
  const { link: invited } = await person.act<{ link: string }>('POST', '/people', {
    ...applicant(`${username}-guest`),
    role: 'guest',
  })
  const own = await database.write((tx) =>
    createRegistrationLink(tx, { purpose: 'recovery', userId: id, createdBy: null, at: now() }),
  )
  const asked = await sealRequestOf(person.call('POST', '/me/tokens', { ...agentToken, name: 'asked' }))
  const tapped = await person.tap(
    await sealRequestOf(person.call('POST', '/me/tokens', { ...agentToken, name: 'made' })),
  )
  const imported = await ana.call<{ id: Id<'rep'> }>('POST', '/projects/work/repositories', {
    name: `of-${username}`,
    description: '',
  })
  const to = { repositoryId: big.id, importedId: imported.id }
  // Good for a minute; late, and before a recovery is under way.
  const trading = new Program(postern.origin)
  const code = (await authorise(person, await ask(person, trading.authUrl()))).searchParams.get('code') ?? ''
  assert.notEqual(code, '')
  await insertHoldings(database, { id, username, linkId: own.id, at: now(), ...to })

  const stream = await openStream(postern.origin, { cookie: await cookieOf(there, postern.origin) })
  const agentStream = await openStream(postern.origin, { authorization: `Bearer ${secret}` }, big.id)
  const waitingFor = await openStream(postern.origin, { cookie: await cookieOf(person, postern.origin) })
  const cloning = await startHold({
    origin: postern.origin,
    matches: ({ url = '' }) => url.endsWith('/git-upload-pack'),
    from: 'server',
    bytes: 256 * 1024,
  })
  const clone = git(postern.folder, [
    ...withToken(token),
    'clone',
    '--quiet',
    `${cloning.address}/work/big.git`,
    join(postern.folder, `clone-${username}`),
  ])
  await cloning.held
  const pushing = await startHold({
    origin: postern.origin,
    matches: ({ url = '', headers }) =>
      url.endsWith('/git-receive-pack') && Number(headers['content-length'] ?? 1e9) > 100,
    from: 'client',
    bytes: 1024 ** 2,
  })
  const branch = `refs/heads/of-${username}`
  const push = git(big.work, [
    ...withToken(token),
    'push',
    '--quiet',
    `${pushing.address}/work/big.git`,
    `main:${branch}`,
  ])
  await pushing.held
  const held: RunningPush = startPush(waiting.work, token, ['origin', 'main'])
  const heldRequest = await requestOf(held, person)

  const bearer = (value: string) => ({ headers: { authorization: `Bearer ${value}` } })
  const refusedWith401 = async (value: string): Promise<'ended'> => {
    assert.equal((await fetch(`${postern.origin}/api/v1/projects`, bearer(value))).status, 401)
    return 'ended'
  }
  const state = async (requestId: string): Promise<void> => {
    const row = await database.read
      .selectFrom('sealRequest')
      .select('state')
      .where('id', '=', requestId as Id<'srq'>)
      .executeTakeFirst()
    assert.equal(row?.state, 'withdrawn')
  }
  const linkRefused = async (secretOfLink: string): Promise<'ended'> => {
    await refusedBy(postern.stranger().call('POST', '/registration-links/inspect', { token: secretOfLink }), [404, 410])
    return 'ended'
  }
  const holdings: Holding[] = [
    { name: 'the session they use', use: () => signedOut(person) },
    { name: 'a session on another device', use: () => signedOut(there) },
    {
      name: 'a tool opened through the proxy',
      async use() {
        assert.equal((await browser.ask(tool)).status, 401)
        return 'ended'
      },
    },
    {
      name: 'a tool they are signed on to',
      async use() {
        assert.equal((await tokenIntrospection(wiki.config, signedOn.access_token)).active, false)
        return 'ended'
      },
    },
    {
      name: 'a passkey',
      async use() {
        await refusedBy(new Person(postern.origin, person.authenticator).signIn(), [401, 403, 409])
        const rows = await database.read
          .selectFrom('credentialRecord')
          .select(['publicKey', 'endedAt'])
          .where('userId', '=', id)
          .execute()
        assert.ok(rows.length > 0 && rows.every(({ endedAt, publicKey }) => endedAt !== null && publicKey.length > 0))
        return 'ended'
      },
    },
    { name: 'a link to register with', use: () => linkRefused(own.token) },
    { name: 'a link they made for another', use: () => linkRefused(new URL(invited).hash.slice(1)) },
    { name: 'an API token', use: () => refusedWith401(token) },
    {
      name: 'an API token, with git',
      async use() {
        const { code } = await git(postern.folder, [...withToken(token), 'ls-remote', big.url])
        assert.notEqual(code, 0)
        return 'ended'
      },
    },
    { name: 'a program they let in', use: () => refusedWith401(tokens.access_token) },
    {
      name: 'what that program renews its token with',
      async use() {
        assert.equal((await program.refresh(tokens.refresh_token)).status, 400)
        return 'ended'
      },
    },
    {
      name: 'a code that a program has not traded in',
      async use() {
        assert.equal((await trading.tryExchange(code)).status, 400)
        return 'ended'
      },
    },
    {
      name: 'a code of a device they let in',
      async use() {
        assert.equal((await pollDevice(device, deviceCode)).status, 400)
        return 'ended'
      },
    },
    { name: 'an SSH key', use: () => isUnknown(postern, sshKey) },
    { name: 'an SSH certificate', use: () => isRevoked(postern.origin, certificate.serial) },
    {
      name: 'a request for their tap',
      async use() {
        await state(asked)
        await refusedBy(person.tap(asked), [401, 403, 404, 409])
        return 'ended'
      },
    },
    {
      name: 'a tap not used yet',
      async use() {
        const repeat = there.call('POST', '/me/tokens', { ...agentToken, name: 'made' }, { 'postern-seal': tapped })
        await refusedBy(repeat, [401])
        return 'ended'
      },
    },
    {
      name: 'a push that waits for a tap',
      async use() {
        assert.notEqual((await held.ended).code, 0)
        await state(heldRequest.id)
        return 'cut'
      },
    },
    {
      name: 'a push in flight',
      async use() {
        await settled(push, 'the push goes on')
        pushing.letGo()
        assert.notEqual((await push).code, 0)
        assert.equal(await big.tip(`of-${username}`), '', 'it has not landed')
        return 'cut'
      },
    },
    {
      name: 'a clone in flight',
      async use() {
        cloning.letGo()
        assert.notEqual((await clone).code, 0)
        return 'cut'
      },
    },
    { name: 'an event stream', use: () => isCut(stream) },
    { name: 'an event stream in another window', use: () => isCut(waitingFor) },
    { name: 'the token of an agent of theirs', use: () => refusedWith401(secret) },
    { name: 'an event stream of that agent', use: () => isCut(agentStream) },
    { name: 'a webhook they set up', use: () => passedOn(world, 'webhook', username) },
    { name: 'a mirror they set up', use: () => passedOn(world, 'mirror', username) },
    { name: 'a deploy key they added', use: () => deployKeyPassedOn(world, username) },
    { name: 'a pipeline they let in', use: () => pipelinePassedOn(world, username) },
    { name: 'a connector whose secret they saw', use: () => connectorPassedOn(world, username) },
    { name: 'a directory whose token they saw', use: () => directoryPassedOn(world, username) },
  ]
  for (const { name, count } of accessKinds) {
    // Taken before anything has ended: a kind of which they hold nothing is tried by nobody.
    assert.ok((await count(database.read, id, now())) > 0, `${username} holds none of: ${name}`)
    holdings.push({
      name: `counted: ${name}`,
      async use() {
        assert.equal(await count(database.read, id, now()), 0, name)
        return accessKinds.find((kind) => kind.name === name)?.fate ?? 'ended'
      },
    })
  }
  return {
    username,
    id,
    person,
    agent,
    holdings,
    async release() {
      cloning.letGo()
      pushing.letGo()
      await Promise.allSettled([clone, push])
      for (const hold of [cloning, pushing]) await hold[Symbol.asyncDispose]()
      for (const each of [stream, agentStream, waitingFor]) each.destroy()
    },
  }
}

/** By the code that they type, which the device has not asked about since. */
async function letDeviceIn(person: Person, device: Program): Promise<string> {
  const begun = await device.post('/device/auth', { client_id: device.clientId, scope: gitScopes })
  const said = (await begun.json()) as { device_code: string; user_code: string }
  await person.act('POST', '/device-authorisations', { userCode: said.user_code, repositoryIds: null })
  return said.device_code
}

const pollDevice = (device: Program, deviceCode: string): Promise<Response> =>
  device.post('/token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    client_id: device.clientId,
    device_code: deviceCode,
  })

async function passedOn({ postern, ana, big }: World, what: 'webhook' | 'mirror', username: string) {
  const { items } = await ana.call<{ items: { url: string; isActive: boolean; keepBy: number | null }[] }>(
    'GET',
    `${big.path}/${what}s`,
  )
  const row = items.find(({ url }) => new URL(url).host === `${username}.example`) ?? assert.fail('it is gone')
  assert.ok(row.isActive, 'it goes on')
  assert.ok((row.keepBy ?? 0) > postern.postern.ceremonies.now())
  return 'passed on' as const
}

/** As the door over SSH asks, before and after a signature. */
async function isUnknown({ postern }: StartedPostern, { publicKey, fingerprint, type }: TestSshKey): Promise<'ended'> {
  const { database, policy, attestation, now } = postern.ceremonies
  const source = createPersonKeySource({ database, policy, attestation })
  const key = { publicKey, fingerprint, type, touch: null, certificate: null }
  assert.equal(await source.isKnown(key), false)
  assert.equal(await source.find(key, { user: 'git', address: '127.0.0.1' }, now()), undefined)
  return 'ended'
}

/** As every host learns it that trusts the authority: by the list of serials. */
async function isRevoked(origin: string, serial: number): Promise<'ended'> {
  const list = await fetch(`${origin}/api/v1/ssh/revoked`)
  assert.ok(Buffer.from(await list.arrayBuffer()).includes(u64(BigInt(serial))), 'it is not on the list')
  return 'ended'
}

async function deployKeyPassedOn({ postern, ana, big }: World, username: string) {
  const { items } = await ana.call<DeployKeyList>('GET', `${big.path}/deploy-keys`)
  const row = items.find(({ name }) => name === `of ${username}`) ?? assert.fail('it is gone')
  assert.ok((row.keepBy ?? 0) > postern.postern.ceremonies.now())
  return 'passed on' as const
}

async function pipelinePassedOn({ postern, ana, big }: World, username: string) {
  const { items } = await ana.call<PipelineList>('GET', `${big.path}/pipelines`)
  const row = items.find(({ name }) => name === `of ${username}`) ?? assert.fail('it is gone')
  assert.ok((row.keepBy ?? 0) > postern.postern.ceremonies.now())
  return 'passed on' as const
}

/** Administrators are told that it wants another secret. */
async function connectorPassedOn({ ana }: World, username: string) {
  const { items } = await ana.call<ConnectorList>('GET', '/connectors')
  const row = items.find(({ name }) => name === `of-${username}`) ?? assert.fail('it is gone')
  assert.notEqual(row.secretLeftAt, null)
  return 'passed on' as const
}

async function directoryPassedOn({ ana }: World, username: string) {
  const { attention } = await ana.call<{ attention: { text: string }[] }>('GET', '/home')
  assert.ok(attention.some(({ text }) => text.includes(`the token of the directory “of-${username}”`)))
  return 'passed on' as const
}

async function sealRequestOf(call: Promise<unknown>): Promise<string> {
  const problem = await call.then(
    () => assert.fail('it takes a tap'),
    (error: unknown) => (error instanceof ApiError ? error.problem : assert.fail(String(error))),
  )
  return problem.sealRequestId ?? assert.fail(problem.code)
}

async function refusedBy(call: Promise<unknown>, statuses: readonly number[]): Promise<void> {
  const error = await call.then(
    (answer) => assert.fail(`it still works: ${JSON.stringify(answer)}`),
    (refusal: unknown) => refusal,
  )
  assert.ok(error instanceof ApiError && statuses.includes(error.status), String(error))
}

async function signedOut(person: Person): Promise<'ended'> {
  await refusedBy(person.call('GET', '/me'), [401])
  return 'ended'
}

/** The cookie as the browser would send it, read off a request that shows it back to nobody. */
async function cookieOf(person: Person, origin: string): Promise<string> {
  const seen = Promise.withResolvers<string>()
  const real = globalThis.fetch
  globalThis.fetch = (input, init) => {
    const { cookie = '' } = (init?.headers ?? {}) as Record<string, string>
    seen.resolve(cookie)
    globalThis.fetch = real
    return real(input, init)
  }
  await person.fetch('GET', `${origin}/api/v1/me`)
  return seen.promise
}

type Stream = Awaited<ReturnType<typeof openStream>>

/** Server-sent events, open until something ends them. */
async function openStream(origin: string, headers: Record<string, string>, about = 'inbox') {
  const asked = request(`${origin}/api/v1/live?about=${about}`, { headers, agent: false })
  asked.on('error', () => {})
  asked.end()
  const [response] = (await once(asked, 'response')) as [import('node:http').IncomingMessage]
  assert.equal(response.statusCode, 200)
  const ended = Promise.withResolvers<void>()
  response.on('close', () => ended.resolve()).on('error', () => {})
  response.resume()
  return { ended: ended.promise, destroy: () => asked.destroy() }
}

async function isCut({ ended }: Stream): Promise<'cut'> {
  await settled(ended, 'the stream is still open')
  return 'cut'
}

/** Well below the ten seconds after which a stream looks by itself whether it may go on. */
async function settled(work: Promise<unknown>, otherwise: string): Promise<void> {
  const late = AbortSignal.timeout(8_000)
  const timeout = new Promise((_, reject) => {
    late.addEventListener('abort', () => reject(new Error(otherwise)), { once: true })
  })
  await Promise.race([work, timeout])
}
