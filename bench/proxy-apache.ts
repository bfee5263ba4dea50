import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Person } from '../src/walk/person.ts'
import { addTool, led } from '../test/support/relying-party.ts'
import { RouteBrowser } from '../test/support/route-browser.ts'
import { skipOpenidc } from '../test/support/tools/apache-openidc.ts'
import { startApache } from '../test/support/tools/apache.ts'
import type { Peer } from './proxy-peers.ts'
import { freePort } from './served.ts'

export interface ApachePeer extends Peer, AsyncDisposable {
  host: string
  /** Of a session there, which its own module has opened and judges by itself. */
  cookie: string
}

const modules = '/usr/lib/apache2/modules'

/** Apache, which signs people on with mod_auth_openidc, before the same tool; undefined where it is not installed. */
export async function startApachePeer(parts: {
  /** Of its own: its workers, who are somebody else where it was started as root, go through it. */
  folder: string
  person: Person
  /** Of the tool. */
  toolUrl: string
}): Promise<ApachePeer | undefined> {
  if (skipOpenidc !== false) return undefined
  const { folder, person, toolUrl } = parts
  await using undo = new AsyncDisposableStack()
  const port = await freePort()
  const origin = `http://apache.localhost:${port}`
  const { clientId, secret } = await addTool(person, 'apache', { settings: { redirectUris: [`${origin}/signed-on`] } })
  const settings = `LoadModule proxy_module ${modules}/mod_proxy.so
LoadModule proxy_http_module ${modules}/mod_proxy_http.so
ServerLimit 1
StartServers 1
ThreadsPerChild 64
MaxRequestWorkers 64
MaxKeepAliveRequests 0
ProxyPass /signed-on !
ProxyPass / ${toolUrl}/
OIDCProviderMetadataURL ${person.origin}/oidc/.well-known/openid-configuration
OIDCClientID ${clientId}
OIDCClientSecret ${secret}
OIDCRedirectURI ${origin}/signed-on
OIDCCryptoPassphrase of-this-bench-alone
OIDCPKCEMethod S256
OIDCIDTokenSignedResponseAlg ES256
OIDCScope "openid profile email"
OIDCRemoteUserClaim preferred_username
<Location />
  AuthType openid-connect
  Require valid-user
</Location>`
  undo.use(await startApache({ folder, port, origin, module: 'auth_openidc', page: '', settings }))
  const browser = new RouteBrowser(person)
  // It leads only browsers away that go somewhere.
  const away = await browser.ask(`${origin}/1k`, { headers: { accept: 'text/html' } })
  const back = await led(person, away.headers.location ?? '')
  await browser.ask(back.href)
  const answer = await browser.ask(`${origin}/1k`)
  if (answer.body.length !== 1024) throw new Error(`Apache signed nobody on: ${answer.status}`)
  const kept = undo.move()
  return {
    pid: Number(await readFile(join(folder, 'apache.pid'), 'utf8')),
    url: `http://127.0.0.1:${port}`,
    host: new URL(origin).host,
    cookie: [...browser.cookies(origin)].map((pair) => pair.join('=')).join('; '),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
