import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeTestSigner } from '../../../src/protocols/saml/test-signer.ts'
import { toolMetadata } from '../saml-lasso.ts'
import { freePort } from '../start-postern.ts'

const modules = '/usr/lib/apache2/modules'
const needed = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'dir', 'filter', 'include', 'auth_mellon']

/** Why Apache with mod_auth_mellon cannot be tried here; false where it can. */
export const skipMellon: string | false =
  existsSync('/usr/sbin/apache2') && needed.every((name) => existsSync(`${modules}/mod_${name}.so`))
    ? false
    : 'apache2 with libapache2-mod-auth-mellon is not installed'

export interface Mellon extends AsyncDisposable {
  origin: string
  /** What it says of itself. */
  metadata: string
}

const page = `<!doctype html><title>The board</title><h1>The board</h1>
<p>You are <!--#echo var="REMOTE_USER" -->, in <!--#echo var="MELLON_groups" -->.</p>`

/** Apache with one page, which asks by SAML who comes; it takes ten seconds at most to listen. */
export async function startMellon(folder: string, idpMetadata: string): Promise<Mellon> {
  const port = await freePort()
  const origin = `http://board.localhost:${port}`
  const signer = makeTestSigner('board.example')
  const metadata = toolMetadata(`${origin}/mellon/metadata`, `${origin}/mellon/postResponse`, signer.certificate)
  await mkdir(join(folder, 'site'))
  const files: Record<string, string> = {
    'site/index.shtml': page,
    'idp.xml': idpMetadata,
    'sp.xml': metadata,
    'sp.pem': signer.pem,
    'sp.key': signer.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    'apache.conf': configuration({ folder, port, origin }),
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  // Its workers are somebody else where it was started as root.
  await chmod(folder, 0o755)
  const apache = spawn('/usr/sbin/apache2', ['-f', join(folder, 'apache.conf'), '-DFOREGROUND'], { stdio: 'inherit' })
  await listening(apache, port, join(folder, 'error.log'))
  return {
    origin,
    metadata,
    async [Symbol.asyncDispose]() {
      if (apache.exitCode !== null) return
      apache.kill()
      await once(apache, 'exit')
    },
  }
}

const configuration = ({ folder, port, origin }: { folder: string; port: number; origin: string }): string => `
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
<Location />
  AuthType Mellon
  MellonEnable auth
  Require valid-user
  MellonEndpointPath /mellon
  MellonSPMetadataFile ${folder}/sp.xml
  MellonSPPrivateKeyFile ${folder}/sp.key
  MellonSPCertFile ${folder}/sp.pem
  MellonIdPMetadataFile ${folder}/idp.xml
  MellonUser uid
  MellonMergeEnvVars On
  MellonSecureCookie On
  MellonSignatureMethod rsa-sha256
</Location>
`

async function listening(apache: ChildProcess, port: number, log: string): Promise<void> {
  const until = performance.now() + 10_000
  while (performance.now() < until && apache.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { redirect: 'manual' }).catch(() => undefined)
    if (answer !== undefined) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`Apache does not listen: ${await readFile(log, 'utf8').catch(() => 'it has no log')}`)
}
