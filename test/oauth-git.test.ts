import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Person } from '../src/walk/person.ts'
import { readGuide } from './support/guide.ts'
import { missingHelper, setUpGit } from './support/oauth-git.ts'
import { ask, authorise, Program } from './support/oauth.ts'
import { startPostern, type StartedPostern } from './support/start-postern.ts'

let postern: StartedPostern
let ana: Person
before(async () => {
  postern = await startPostern()
  ana = await postern.owner()
  await ana.call('POST', '/projects', { name: 'work', description: '' })
  await ana.call('POST', '/projects/work/repositories', { name: 'api', description: '', visibility: 'private' })
})
after(() => postern[Symbol.asyncDispose]())

test('both helpers read what they need in the one file', async () => {
  using computer = await setUpGit(postern, 'reads')
  const { git } = computer
  const read = (name: string) => git('config', '--get-urlmatch', `credential.${name}`, `${postern.origin}/work/api.git`)
  assert.equal(await read('oauthClientId'), 'git-credential-oauth')
  assert.equal(await read('oauthScopes'), 'repository:read repository:write')
  for (const [name, path] of Object.entries({
    oauthAuthURL: '/oidc/auth',
    oauthTokenURL: '/oidc/token',
    oauthDeviceAuthURL: '/oidc/device/auth',
    oauthAuthorizeEndpoint: '/oidc/auth',
    oauthTokenEndpoint: '/oidc/token',
    oauthDeviceEndpoint: '/oidc/device/auth',
  }))
    assert.equal(await read(name), path)
  assert.equal(await read('provider'), 'generic')
  assert.equal(await read('oauthUseClientAuthHeader'), 'false')
  assert.equal(await read('oauthDefaultUserName'), 'oauth2')
})

test('the words of the file are enough for the way that Git Credential Manager goes', async () => {
  using computer = await setUpGit(postern, 'manager')
  const read = (name: string) =>
    computer.git('config', '--get-urlmatch', `credential.${name}`, `${postern.origin}/work/api.git`)
  // It listens at this address, on a port of its own choice, and names itself in the form.
  const goesBackTo = new URL(await read('oauthRedirectUri'))
  goesBackTo.port = '43210'
  const program = new Program(postern.origin, await read('oauthClientId'), goesBackTo.href)
  const back = await authorise(ana, await ask(ana, program.authUrl({ scope: await read('oauthScopes') })))
  assert.ok(back.href.startsWith('http://127.0.0.1:43210/?code='), back.href)
  const { access_token, refresh_token } = await program.exchange(back.searchParams.get('code') ?? '')
  const renewed = await program.refresh(refresh_token)
  assert.equal(renewed.status, 200)
  const next = (await renewed.json()) as { access_token: string }
  const user = await read('oauthDefaultUserName')
  for (const token of [access_token, next.access_token]) {
    const authorization = `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`
    const refs = await fetch(`${postern.origin}/work/api.git/info/refs?service=git-receive-pack`, {
      headers: { authorization },
    })
    assert.equal(refs.status, 200)
  }
})

test('Debian’s git-credential-oauth clones and pushes after one tap', { skip: missingHelper }, async () => {
  using computer = await setUpGit(postern, 'works')
  const { home, git, opened } = computer
  const before = (await ana.call<{ items: unknown[] }>('GET', '/me/programs')).items.length
  await git('config', '--global', '--add', 'credential.helper', 'cache --timeout 600')
  await git('config', '--global', '--add', 'credential.helper', 'oauth')
  const cloned = git('clone', '--quiet', `${postern.origin}/work/api.git`)
  const url = await Promise.race([opened(), cloned.then(() => assert.fail('nobody was asked'))])
  assert.match(url, new RegExp(`^${postern.origin}/oidc/auth\\?`))
  const back = await authorise(ana, await ask(ana, url))
  assert.equal((await fetch(back)).status, 200)
  await cloned
  const api = join(home, 'api')
  await git('-C', api, 'checkout', '--quiet', '-b', 'main')
  await git('-C', api, 'commit', '--quiet', '--allow-empty', '--message', 'first')
  // The token is kept, so that nobody is asked again within the hour.
  await git('-C', api, 'push', '--quiet', 'origin', 'main')
  const { items } = await ana.call<{ items: { program: string; lastUsedAt: number | null }[] }>('GET', '/me/programs')
  assert.equal(items.length, before + 1)
  assert.equal(items[0]?.program, 'git-credential-oauth')
  assert.notEqual(items[0]?.lastUsedAt, null)
  await git('credential-cache', 'exit')
})

test('the guide, from a computer that knows nothing to the clone', { skip: missingHelper }, async () => {
  await ana.call('POST', '/projects', { name: 'acme', description: '' })
  await ana.call('POST', '/projects/acme/repositories', { name: 'widgets', description: '', visibility: 'private' })
  const guide = await readGuide('git.md')
  const [fetchFile, helpers = '', clone = ''] = guide.blocks('HTTPS without a password', 'sh')
  using computer = await setUpGit(postern, 'by-the-guide', { isBare: true })
  const { home, git, sh, opened } = computer
  await sh(fetchFile)
  await sh(helpers)
  const cloned = sh(clone)
  const url = await Promise.race([opened(), cloned.then(() => assert.fail('nobody was asked'))])
  const uid = await ask(ana, url)
  const asked = await ana.call<{ program: string; scopes: string[] }>('GET', `/authorisations/${uid}`)
  assert.deepEqual([asked.program, asked.scopes], ['git-credential-oauth', ['repository:read', 'repository:write']])
  assert.equal((await fetch(await authorise(ana, uid))).status, 200)
  await cloned
  assert.equal(
    await git('-C', join(home, 'widgets'), 'remote', 'get-url', 'origin'),
    `${postern.origin}/acme/widgets.git`,
  )
  await git('credential-cache', 'exit')
})

test('refused in the browser, git says so and does nothing', { skip: missingHelper }, async () => {
  using computer = await setUpGit(postern, 'refused')
  const { git, opened } = computer
  await git('config', '--global', '--add', 'credential.helper', 'oauth')
  const cloned = git('clone', '--quiet', `${postern.origin}/work/api.git`).then(
    () => 'cloned',
    () => 'refused',
  )
  const url = await opened()
  const uid = await ask(ana, url)
  const { returnTo } = await ana.call<{ returnTo: string }>('POST', `/authorisations/${uid}/refusal`, {})
  const back = (await ana.fetch('GET', `${postern.origin}${returnTo}`)).headers.get('location') ?? ''
  await fetch(back)
  assert.equal(await cloned, 'refused')
})
