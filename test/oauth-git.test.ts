import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Person } from '../src/walk/person.ts'
import { missingHelper, setUpGit } from './support/oauth-git.ts'
import { ask, authorise } from './support/oauth.ts'
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

test('Debian’s git-credential-oauth clones and pushes after one tap', { skip: missingHelper }, async () => {
  using computer = await setUpGit(postern, 'works')
  const { home, git, opened } = computer
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
  assert.equal(items.length, 1)
  assert.equal(items[0]?.program, 'git-credential-oauth')
  assert.notEqual(items[0]?.lastUsedAt, null)
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
