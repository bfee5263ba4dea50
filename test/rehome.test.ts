import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildIfStale } from '../src/commands/build.ts'
import { commitAs, git, gitOrThrow, withToken } from '../src/walk/git.ts'
import type { Person } from '../src/walk/person.ts'
import {
  callInBrowser,
  makeTokenInBrowser,
  mergeInBrowser,
  registerInBrowser,
  signInInBrowser,
  signOutInBrowser,
} from './support/browser-steps.ts'
import { launchChromium, Visitor } from './support/chromium.ts'
import { postern as command } from './support/command.ts'
import { makeRoute } from './support/make-route.ts'
import { createPrivateCa } from './support/private-ca.ts'
import { freePort, startPostern } from './support/start-postern.ts'

const host = 'git.example.test'
const R = '/projects/acme/repositories/widgets'

test('an instance moves from localhost to a real host: people register anew, what was sealed before stays proven', async () => {
  assert.ok(await buildIfStale())
  await using opened = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'postern-rehome-'))
  opened.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  const [data, work, cert, key, caFile] = ['data', 'work', 'cert.pem', 'key.pem', 'ca.pem'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string, string]
  const ca = createPrivateCa()
  const certificate = ca.issue(host)
  await Promise.all([writeFile(cert, certificate.cert), writeFile(key, certificate.key), writeFile(caFile, ca.cert)])
  const edge = await freePort()
  const origin = `https://${host}:${edge}`
  const network = ['-c', `http.sslCAInfo=${caFile}`, '-c', `http.curloptResolve=${host}:${edge}:127.0.0.1`]
  const author = commitAs('Ana Example', 'ana@example.com', 1_790_000_000_000)
  const inWork = (...args: string[]): Promise<string> => gitOrThrow(work, [...network, ...args], author)
  async function branch(
    name: string,
    token: string,
  ): Promise<{ title: string; description: string; sourceBranch: string; targetBranch: string }> {
    await inWork('switch', '--quiet', '--create', name, 'main')
    await writeFile(join(work, name), `${name}\n`)
    await inWork('add', '--all')
    await inWork('commit', '--quiet', '--message', `Add ${name}`)
    await inWork(...withToken(token), 'push', '--quiet', 'origin', name)
    return { title: `Add ${name}`, description: '', sourceBranch: name, targetBranch: 'main' }
  }

  // On localhost: two people, one sealed merge.
  const before = await liveOnLocalhost()
  async function liveOnLocalhost(): Promise<{ mergeOid: string; root: string }> {
    await using postern = await startPostern({ flags: ['--data', data] })
    const ana: Person = await postern.owner()
    await postern.join(ana, 'bo', 'admin')
    await makeRoute(ana, 'wiki', { upstream: 'http://127.0.0.1:9' })
    const token = await ana.makeToken('laptop')
    await ana.call('POST', '/projects', { name: 'acme', description: '' })
    await ana.call('POST', '/projects/acme/repositories', { name: 'widgets', description: '' })
    await mkdir(work)
    await inWork('init', '--quiet', '--initial-branch=main')
    await inWork('remote', 'add', 'origin', `${postern.origin}/acme/widgets.git`)
    await inWork('commit', '--quiet', '--allow-empty', '--message', 'Begin')
    await inWork(...withToken(token), 'push', '--quiet', 'origin', 'main')
    const pullRequest = await branch('before', token)
    await ana.call('POST', `${R}/pull-requests`, pullRequest)
    const { sealRequestId } = await ana.call<{ sealRequestId: string }>(
      'POST',
      `${R}/pull-requests/1/merge-preparation`,
      { method: 'merge' },
    )
    const { mergeOid } = await ana.call<{ mergeOid: string }>(
      'POST',
      `${R}/pull-requests/1/merge`,
      { method: 'merge' },
      { 'postern-seal': await ana.tap(sealRequestId) },
    )
    const { items } = await ana.call<{ items: { fingerprint: string }[] }>('GET', '/me/credentials')
    return { mergeOid, root: items[0]?.fingerprint ?? '' }
  }

  // The move, as an operator makes it.
  const moved = await command(['admin', 'rehome', '--url', origin, '--data', data])
  assert.equal(moved.code, 0, moved.stderr)
  const linkOf = (username: string): string =>
    new RegExp(`^ *${username} +(https://\\S+)$`, 'm').exec(moved.stdout)?.[1] ?? ''
  assert.ok(linkOf('ana').startsWith(`${origin}/-/setup#`), moved.stdout)
  assert.match(moved.stdout, /^Wiki is not opened at wiki\.localhost any more\. .+ Choose one that leads here\.$/m)

  // At the new address.
  const serve = ['--url', origin, '--port', String(edge), '--data', data, '--tls-cert', cert, '--tls-key', key]
  opened.use(await startPostern({ flags: serve }))
  const browser = opened.use(
    await launchChromium([
      `--host-resolver-rules=MAP ${host} 127.0.0.1`,
      `--ignore-certificate-errors-spki-list=${certificate.spki}`,
    ]),
  )
  const visitor = async (): Promise<Visitor> => {
    const one = opened.use(await Visitor.open(browser))
    await one.addKey()
    return one
  }
  const [{ page: ana }, { page: bo }, { page: eve }] = [await visitor(), await visitor(), await visitor()]
  await registerInBrowser(ana, linkOf('ana'))
  await ana.goto(origin)
  await signOutInBrowser(ana)
  await signInInBrowser(ana)
  assert.deepEqual(
    await callInBrowser<{ username: string; role: string }>(ana, 'GET', '/me').then(({ username, role }) => [
      username,
      role,
    ]),
    ['ana', 'owner'],
  )
  await registerInBrowser(bo, linkOf('bo'))
  await eve.goto(linkOf('ana'))
  await eve.getByRole('heading', { name: 'This link does not work' }).waitFor()
  await eve.getByText('already used').waitFor()

  // A clone keeps its history and goes on from the new address.
  const token = await makeTokenInBrowser(ana, origin)
  await inWork('remote', 'set-url', 'origin', `${origin}/acme/widgets.git`)
  await inWork('switch', '--quiet', 'main')
  await inWork(...withToken(token), 'pull', '--quiet', '--ff-only', 'origin', 'main')
  await callInBrowser(ana, 'POST', `${R}/pull-requests`, await branch('after', token))
  await mergeInBrowser(ana, `${origin}/acme/widgets/pull-requests/2`)

  const clone = join(folder, 'clone')
  await gitOrThrow(folder, [
    ...network,
    ...withToken(token),
    'clone',
    '--quiet',
    '-c',
    'remote.origin.fetch=+refs/postern/*:refs/postern/*',
    `${origin}/acme/widgets.git`,
    clone,
  ])
  const signers = join(folder, 'allowed_signers')
  await writeFile(signers, await gitOrThrow(clone, ['show', 'refs/postern/signers:allowed_signers']))
  const stock = async (commit: string): Promise<string> =>
    (await git(clone, ['-c', `gpg.ssh.allowedSignersFile=${signers}`, 'verify-commit', commit])).stderr
  assert.match(await stock(before.mergeOid), /^Good "git" signature for ana@localhost with /)
  assert.match(await stock('HEAD'), /^Good "git" signature for ana@git\.example\.test with /)
  const verified = await command(['verify', clone])
  assert.equal(verified.code, 0, verified.stdout + verified.stderr)

  // The page of the new merge names the old root and the owner's new key, and with both all of it is proven.
  const { postern: lines } = await callInBrowser<{ postern: string[] }>(
    ana,
    'GET',
    `${R}/pull-requests/2/verify-instructions`,
  )
  const trusted = [...(lines.at(-1) ?? '').matchAll(/--trust (\S+)/g)].map(([, fingerprint = '']) => fingerprint)
  assert.equal(trusted.length, 2)
  assert.equal(trusted[0], before.root)
  const rooted = await command(['verify', clone, ...trusted.flatMap((fingerprint) => ['--trust', fingerprint])])
  assert.equal(rooted.code, 0, rooted.stdout + rooted.stderr)

  // Whoever pinned the first signer before the move still has what that person sealed then.
  const pinned = await command(['verify', clone, '--trust', before.root, '--json'])
  const { changes } = JSON.parse(pinned.stdout) as { changes: { oid: string; state: string; by?: { trust: string } }[] }
  const old = changes.find(({ oid }) => oid === before.mergeOid)
  assert.deepEqual([old?.state, old?.by?.trust], ['proven', 'root'])
})
