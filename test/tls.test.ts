import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect } from 'node:tls'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { parse } from 'yaml'
import { buildIfStale } from '../src/commands/build.ts'
import { loadConfig } from '../src/config.ts'
import { encodePkt, flushPkt } from '../src/protocols/git/pkt-line.ts'
import { commitAs, git, gitOrThrow, withToken } from '../src/walk/git.ts'
import {
  callInBrowser,
  makeTokenInBrowser,
  mergeInBrowser,
  registerInBrowser,
  signInInBrowser,
  signOutInBrowser,
} from './support/browser-steps.ts'
import { button, see, seeTitle } from './browser/story.ts'
import { launchChromium, Visitor } from './support/chromium.ts'
import { postern as command } from './support/command.ts'
import { createPrivateCa } from './support/private-ca.ts'
import { rawRequest } from './support/raw-request.ts'
import { freePort, type StartedPostern, startPostern } from './support/start-postern.ts'
import { type Front, fronts } from './support/tls-fronts.ts'

const host = 'git.example.test'
const ca = createPrivateCa()
const toolHost = 'who.example.test'
const certificate = ca.issue(host, toolHost)

interface Compose {
  services: Record<'postern' | 'caddy', { environment: Record<string, string>; ports: string[]; volumes: string[] }>
  networks: { default: { ipam: { config: { subnet: string }[] } } }
}

interface House extends AsyncDisposable {
  postern: StartedPostern
  /** `git.example.test:PORT` */
  authority: string
  edge: number
  folder: string
  visitor: Visitor
  /** Arguments for git: where the host is, whom to trust. */
  network: string[]
}

/** A whole instance at https://git.example.test behind this front, and a person with a key in front of it. */
async function open(front: Front, browser: Browser): Promise<House> {
  await using opened = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'postern-tls-'))
  opened.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  const [cert, key, caFile] = [join(folder, 'fullchain.pem'), join(folder, 'privkey.pem'), join(folder, 'ca.pem')]
  await Promise.all([writeFile(cert, certificate.cert), writeFile(key, certificate.key), writeFile(caFile, ca.cert)])
  const routes = join(folder, 'routes.yaml')
  await writeFile(routes, `routes:\n  who: { host: ${toolHost}, upstream: 'postern:who', audience: everyone }\n`)
  const parts = { host, toolHost, edge: await freePort(), port: await freePort(), cert, key, folder }
  const authority = `${host}:${parts.edge}`
  const postern = opened.use(
    await startPostern({ flags: ['--url', `https://${authority}`, '--routes', routes, ...front.flags(parts)] }),
  )
  opened.use(await front.start(parts))
  const visitor = opened.use(await Visitor.open(browser))
  await visitor.addKey()
  const network = ['-c', `http.sslCAInfo=${caFile}`, '-c', `http.curloptResolve=${authority}:127.0.0.1`]
  const all = opened.move()
  return {
    postern,
    authority,
    edge: parts.edge,
    folder,
    visitor,
    network,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

for (const front of fronts)
  describe(`at https://${host}, with ${front.name}`, { skip: front.skip }, () => {
    let browser: Browser & AsyncDisposable
    let house: House
    let work = ''
    let token = ''
    before(async () => {
      assert.ok(await buildIfStale())
      browser = await launchChromium([
        `--host-resolver-rules=MAP ${host} 127.0.0.1,MAP ${toolHost} 127.0.0.1`,
        `--ignore-certificate-errors-spki-list=${certificate.spki}`,
      ])
      house = await open(front, browser)
      work = join(house.folder, 'work')
    })
    after(async () => {
      await house?.[Symbol.asyncDispose]()
      await browser?.[Symbol.asyncDispose]()
    })

    const ana = commitAs('Ana Example', 'ana@example.com', 1_790_000_000_000)
    const inWork = (...args: string[]): Promise<string> =>
      gitOrThrow(work, [...house.network, ...withToken(token), ...args], ana)
    async function commit(file: string, content: string | Buffer): Promise<void> {
      await writeFile(join(work, file), content)
      await inWork('add', '--all')
      await inWork('-c', 'core.compression=0', 'commit', '--quiet', '--message', `Add ${file}`)
    }

    test('a passkey is made in a secure context, and signs out and in; cookies are bound to the host', async () => {
      const { visitor, postern } = house
      const { page } = visitor
      await registerInBrowser(page, await postern.setupLink(), {
        name: 'Ana Example',
        username: 'ana',
        email: 'ana@example.com',
      })
      assert.equal(await page.evaluate('isSecureContext'), true)
      await page.goto(postern.origin)
      await signOutInBrowser(page)
      await signInInBrowser(page)
      const cookies = await visitor.context.cookies()
      assert.deepEqual(cookies.map(({ name }) => name).sort(), ['__Host-postern-browser', '__Host-postern-session'])
      for (const { domain, path, secure, httpOnly, sameSite } of cookies)
        assert.deepEqual(
          { domain, path, secure, httpOnly, sameSite },
          { domain: host, path: '/', secure: true, httpOnly: true, sameSite: 'Lax' },
        )
      assert.deepEqual(visitor.errors, [])
    })

    test('its own TLS speaks HTTP/1.1; a proxy may speak HTTP/2 to browsers', async () => {
      const socket = connect({
        host: '127.0.0.1',
        port: house.edge,
        servername: host,
        ca: ca.cert,
        ALPNProtocols: ['h2', 'http/1.1'],
      })
      await once(socket, 'secureConnect')
      assert.equal(socket.alpnProtocol, front.name === 'its own TLS' ? 'http/1.1' : 'h2')
      socket.destroy()
    })

    test('a tool beside it opens by the same sign-in, with a cookie of its own that no other host can set', async () => {
      const { visitor, postern, edge } = house
      const { page } = visitor
      const tool = `https://${toolHost}:${edge}`
      await page.goto(tool)
      await seeTitle(page, /^You are Ana Example/)
      await see(page, 'Signed by Postern, and checked')
      const [cookie, ...others] = await visitor.context.cookies(tool)
      assert.deepEqual(others, [])
      assert.partialDeepStrictEqual(cookie, {
        name: '__Host-postern-route',
        domain: toolHost,
        path: '/',
        secure: true,
        httpOnly: true,
        sameSite: 'Lax',
      })
      assert.equal(await page.evaluate('document.cookie'), '')
      const asked = `navigator.credentials.get({ publicKey: { challenge: new Uint8Array(32), rpId: '${host}' } }).then(() => 'given', ({ name }) => name)`
      // By our Permissions-Policy; of a page at another host, the browser would say SecurityError by itself.
      assert.equal(await page.evaluate(asked), 'NotAllowedError')
      await page.goto(postern.origin)
      await signOutInBrowser(page)
      await page.goto(`${tool}/page?q=1`)
      await seeTitle(page, 'Sign in')
      await button(page, 'Sign in with a passkey').click()
      await page.waitForURL(`${tool}/page?q=1`)
      await seeTitle(page, /^You are Ana Example/)
    })

    test('a push, a pull request, a merge by tap; stock git says Good for ana@git.example.test', async () => {
      const { postern, visitor, folder, network } = house
      const { page } = visitor
      token = await makeTokenInBrowser(page, postern.origin)
      await callInBrowser(page, 'POST', '/projects', { name: 'acme', description: '' })
      await callInBrowser(page, 'POST', '/projects/acme/repositories', { name: 'widgets', description: '' })
      const url = `${postern.origin}/acme/widgets.git`

      await mkdir(work)
      await inWork('init', '--quiet', '--initial-branch=main')
      await inWork('remote', 'add', 'origin', url)
      await commit('README.md', '# Widgets\n')
      await inWork('push', '--quiet', 'origin', 'main')
      await inWork('switch', '--quiet', '--create', 'sizes')
      await commit('sizes.txt', 'small\nlarge\n')
      await inWork('push', '--quiet', 'origin', 'sizes')
      await callInBrowser(page, 'POST', '/projects/acme/repositories/widgets/pull-requests', {
        title: 'Add sizes',
        description: '',
        sourceBranch: 'sizes',
        targetBranch: 'main',
      })
      await mergeInBrowser(page, `${postern.origin}/acme/widgets/pull-requests/1`)

      const clone = join(folder, 'clone')
      await gitOrThrow(folder, [
        ...network,
        ...withToken(token),
        'clone',
        '--quiet',
        '-c',
        'remote.origin.fetch=+refs/postern/*:refs/postern/*',
        url,
        clone,
      ])
      const signers = join(folder, 'allowed_signers')
      await writeFile(signers, await gitOrThrow(clone, ['show', 'refs/postern/signers:allowed_signers']))
      const { code, stderr } = await git(clone, [
        '-c',
        `gpg.ssh.allowedSignersFile=${signers}`,
        'verify-commit',
        'HEAD',
      ])
      assert.match(stderr, /^Good "git" signature for ana@git\.example\.test with ECDSA-SK key SHA256:/)
      assert.equal(code, 0)
      const verified = await command(['verify', clone, '--origin', postern.origin])
      assert.equal(verified.code, 0, verified.stdout + verified.stderr)

      const untrusting = await git(folder, [...network.slice(2), ...withToken(token), 'ls-remote', url])
      assert.match(untrusting.stderr, /certificate/i)
      assert.notEqual(untrusting.code, 0)
      assert.deepEqual(visitor.errors, [])
    })

    test('52 MB are pushed and cloned', async () => {
      const bytes = randomBytes(52 * 1024 ** 2)
      await inWork('switch', '--quiet', '--create', 'large', 'main')
      await commit('large.bin', bytes)
      await inWork('-c', 'core.compression=0', 'push', '--quiet', 'origin', 'large')
      const clone = join(house.folder, 'large')
      await gitOrThrow(house.folder, [
        ...house.network,
        ...withToken(token),
        'clone',
        '--quiet',
        '--branch=large',
        `${house.postern.origin}/acme/widgets.git`,
        clone,
      ])
      const digest = (content: Buffer): string => createHash('sha256').update(content).digest('hex')
      assert.equal(digest(await readFile(join(clone, 'large.bin'))), digest(bytes))
    })

    test('nothing waits for a push to end: its refusal is read while it is still being sent', async () => {
      const { sent, answer } = send(house, '/acme/widgets.git/git-receive-pack', {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`git:${token}`).toString('base64')}`,
          'content-type': 'application/x-git-receive-pack-request',
        },
      })
      const command = `${'0'.repeat(40)} ${'1'.repeat(40)} refs/postern/signers\0report-status side-band-64k agent=test\n`
      sent.write(Buffer.concat([encodePkt(command), flushPkt, Buffer.from('PACK')]))
      const response = await answer
      const [first] = (await once(response, 'data')) as [Buffer]
      assert.match(first.toString(), /refs\/postern/)
      sent.end()
      response.resume()
      await once(response, 'end')
    })

    test('headers about another host, scheme or client that a visitor sends have no effect', async () => {
      const forged = {
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'http',
        'x-forwarded-for': '203.0.113.9',
        forwarded: 'host=evil.example',
      }
      const response = await send(house, '/api/v1/instance', { headers: forged, end: true }).answer
      assert.equal(response.headers['strict-transport-security'], 'max-age=31536000')
      assert.deepEqual(
        [response.statusCode, (JSON.parse(await text(response)) as { url: string }).url],
        [200, house.postern.origin],
      )
    })

    test('another Host is refused', async () => {
      for (const wrong of ['evil.example', host, `${house.authority}.evil.example`]) {
        const response = await send(house, '/api/v1/instance', { headers: { host: wrong }, end: true }).answer
        // Caddy itself has nothing to say to a host it does not know.
        const body = await text(response)
        assert.ok(body === '' || (response.statusCode === 421 && body.includes('wrong-host')), `${wrong}: ${body}`)
      }
    })
  })

describe('behind a proxy', () => {
  test('the guide shows the configurations that are tried here', async () => {
    const read = (path: string): Promise<string> => readFile(join(import.meta.dirname, '..', path), 'utf8')
    const guide = await read('docs/guides/operate.md')
    for (const file of ['Caddyfile', 'nginx.conf', 'postern.service'])
      assert.ok(guide.includes(await read(`deploy/${file}`)), file)
  })

  test('what compose.yaml sets is what a server and its Caddy take', async () => {
    const read = (path: string): Promise<string> => readFile(join(import.meta.dirname, '..', path), 'utf8')
    const { services, networks } = parse(await read('compose.yaml')) as Compose
    const dockerfile = await read('Dockerfile')
    const image = [...dockerfile.matchAll(/^ENV (.+)$/gm)].flatMap(([, line = '']) => line.split(' '))
    const { url, port, listen, sshPort, trustedProxies, dataFolder } = loadConfig([], {
      ...Object.fromEntries(image.map((one) => one.split('='))),
      ...services.postern.environment,
    })
    assert.equal(url.origin, 'https://git.example.com')
    assert.deepEqual(trustedProxies, [networks.default.ipam.config[0]?.subnet])
    assert.deepEqual([listen, services.postern.ports], ['0.0.0.0', [`${sshPort}:${sshPort}`]])
    assert.deepEqual(services.postern.volumes, [`data:${dataFolder}`])
    for (const line of [
      `VOLUME ${dataFolder}`,
      `EXPOSE ${port} ${sshPort}`,
      `http://127.0.0.1:${port}/readyz`,
      // For the git and ssh of mirrors: no git comes to an https address without authorities.
      'apt-get install -y --no-install-recommends ca-certificates git openssh-client ',
      ' /app/bin/postern.js /usr/local/bin/postern\n',
    ])
      assert.ok(dockerfile.includes(line), line)
    const { environment, volumes } = services.caddy
    assert.deepEqual(environment, { POSTERN_UPSTREAM: `postern:${port}` })
    assert.ok(volumes.includes('./deploy/Caddyfile:/etc/caddy/Caddyfile:ro'))
    assert.match(await read('deploy/Caddyfile'), /^git\.example\.com \{\n\treverse_proxy \{\$POSTERN_UPSTREAM:/m)
  })

  test('X-Forwarded-* counts from a named proxy, and from nobody else', async () => {
    const say = async (trusted: string): Promise<number> => {
      const port = await freePort()
      await using _ = await startPostern({
        flags: ['--url', `https://${host}`, '--port', String(port), '--trusted-proxies', trusted],
      })
      const headers = { host, 'x-forwarded-proto': 'https' }
      return (await rawRequest(`http://127.0.0.1:${port}`, { path: '/api/v1/instance', headers })).status
    }
    assert.deepEqual([await say('127.0.0.1'), await say('192.0.2.1')], [200, 421])
  })
})

describe('a start at a real host name that could not be served is refused in one line', () => {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-tls-'))
    await writeFile(join(folder, 'cert.pem'), certificate.cert)
    await writeFile(join(folder, 'key.pem'), ca.issue(host).key)
  })
  after(() => rm(folder, { recursive: true, force: true }))

  const refusals: Record<string, { args: () => string[]; says: RegExp }> = {
    http: {
      args: () => ['--url', `http://${host}`],
      says: /over https only.*POSTERN_TLS_CERT.*POSTERN_TRUSTED_PROXIES/,
    },
    'https by nobody': {
      args: () => ['--url', `https://${host}`],
      says: /POSTERN_TLS_CERT and POSTERN_TLS_KEY, or POSTERN_TRUSTED_PROXIES/,
    },
    'a key of another certificate': {
      args: () => [
        '--url',
        `https://${host}`,
        '--tls-cert',
        join(folder, 'cert.pem'),
        '--tls-key',
        join(folder, 'key.pem'),
      ],
      says: /key\.pem does not belong to the certificate in .*cert\.pem/,
    },
  }
  for (const [what, { args, says }] of Object.entries(refusals))
    test(what, async () => {
      const { code, stdout, stderr } = await command(['serve', '--data', join(folder, 'data'), ...args()])
      assert.deepEqual([code, stdout], [1, ''])
      assert.match(stderr, /^postern serve: [^\n]+\n$/)
      assert.match(stderr, says)
    })
})

/** One request over TLS with exactly these headers, to the address of the front. */
function send(
  { edge, authority }: House,
  path: string,
  given: { method?: string; headers?: OutgoingHttpHeaders; end?: boolean },
): { sent: ReturnType<typeof request>; answer: Promise<IncomingMessage> } {
  const { method = 'GET', headers, end = false } = given
  const sent = request({
    host: '127.0.0.1',
    port: edge,
    servername: host,
    ca: ca.cert,
    method,
    path,
    headers: { host: authority, ...headers },
    agent: false,
  })
  const answer = once(sent, 'response').then(([response]) => response as IncomingMessage)
  if (end) sent.end()
  return { sent, answer }
}
