import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const modules = '/usr/lib/apache2/modules'
const needed = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'dir', 'filter', 'include', 'auth_openidc']

/** Why Apache with mod_auth_openidc cannot be tried here; false where it can. */
export const skipOpenidc: string | false =
  existsSync('/usr/sbin/apache2') && needed.every((name) => existsSync(`${modules}/mod_${name}.so`))
    ? false
    : 'apache2 with libapache2-mod-auth-openidc is not installed'

const page = `<!doctype html><title>The wiki</title><h1>The wiki</h1>
<p>You are <!--#echo var="REMOTE_USER" -->, by <!--#echo var="OIDC_CLAIM_acr" -->.</p>`

export interface ApacheParts {
  folder: string
  port: number
  origin: string
  issuer: string
  clientId: string
  secret: string
}

/** Apache with one page, which asks by OpenID Connect who comes; it takes ten seconds at most to listen. */
export async function startOpenidc(parts: ApacheParts): Promise<AsyncDisposable> {
  const { folder, port } = parts
  await mkdir(join(folder, 'site'))
  await writeFile(join(folder, 'site/index.shtml'), page)
  await writeFile(join(folder, 'apache.conf'), configuration(parts))
  // Its workers are somebody else where it was started as root.
  await chmod(folder, 0o755)
  const apache = spawn('/usr/sbin/apache2', ['-f', join(folder, 'apache.conf'), '-DFOREGROUND'], { stdio: 'inherit' })
  const until = performance.now() + 10_000
  let isListening = false
  while (!isListening && performance.now() < until && apache.exitCode === null) {
    isListening = await fetch(`http://127.0.0.1:${port}/`, { redirect: 'manual' }).then(
      () => true,
      () => false,
    )
    if (!isListening) await new Promise((resolve) => setTimeout(resolve, 50))
  }
  if (!isListening)
    throw new Error(`Apache does not listen: ${await readFile(join(folder, 'error.log'), 'utf8').catch(() => '')}`)
  return {
    async [Symbol.asyncDispose]() {
      if (apache.exitCode !== null) return
      apache.kill()
      await once(apache, 'exit')
    },
  }
}

const configuration = ({ folder, port, origin, issuer, clientId, secret }: ApacheParts): string => `
ServerRoot ${folder}
ServerName ${new URL(origin).host}
UseCanonicalName On
PidFile ${folder}/apache.pid
ErrorLog ${folder}/error.log
Listen 127.0.0.1:${port}
${needed.map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`).join('\n')}
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
DocumentRoot ${folder}/site
DirectoryIndex index.shtml
<Directory ${folder}/site>
  Options +Includes
  SetOutputFilter INCLUDES
  ForceType text/html
</Directory>
OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID ${clientId}
OIDCClientSecret ${secret}
OIDCRedirectURI ${origin}/signed-on
OIDCCryptoPassphrase of-this-test-alone
OIDCPKCEMethod S256
OIDCIDTokenSignedResponseAlg ES256
OIDCScope "openid profile email"
OIDCRemoteUserClaim preferred_username
<Location />
  AuthType openid-connect
  Require valid-user
</Location>
`
