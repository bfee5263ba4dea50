import { makeTestSigner } from '../../../src/protocols/saml/test-signer.ts'
import { toolMetadata } from '../saml-lasso.ts'
import { freePort } from '../start-postern.ts'
import { skipApache, startApache } from './apache.ts'

/** Why Apache with mod_auth_mellon cannot be tried here; false where it can. */
export const skipMellon = skipApache('auth_mellon', 'libapache2-mod-auth-mellon')

export interface Mellon extends AsyncDisposable {
  origin: string
  /** What it says of itself. */
  metadata: string
}

const page = `<!doctype html><title>The board</title><h1>The board</h1>
<p>You are <!--#echo var="REMOTE_USER" -->, in <!--#echo var="MELLON_groups" -->.</p>`

/** Apache with one page, which asks by SAML who comes. */
export async function startMellon(folder: string, idpMetadata: string): Promise<Mellon> {
  const port = await freePort()
  const origin = `http://board.localhost:${port}`
  const signer = makeTestSigner('board.example')
  const metadata = toolMetadata(`${origin}/mellon/metadata`, `${origin}/mellon/postResponse`, signer.certificate)
  const files = {
    'idp.xml': idpMetadata,
    'sp.xml': metadata,
    'sp.pem': signer.pem,
    'sp.key': signer.privateKey.export({ type: 'pkcs8', format: 'pem' }),
  }
  const settings = `<Location />
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
</Location>`
  const apache = await startApache({ folder, port, origin, module: 'auth_mellon', page, settings, files })
  return { origin, metadata, [Symbol.asyncDispose]: () => apache[Symbol.asyncDispose]() }
}
