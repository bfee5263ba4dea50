import { skipApache, startApache } from './apache.ts'

/** Why Apache with mod_auth_openidc cannot be tried here; false where it can. */
export const skipOpenidc = skipApache('auth_openidc', 'libapache2-mod-auth-openidc')

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

/** Apache with one page, which asks by OpenID Connect who comes. */
export const startOpenidc = ({
  folder,
  port,
  origin,
  issuer,
  clientId,
  secret,
}: ApacheParts): Promise<AsyncDisposable> =>
  startApache({
    folder,
    port,
    origin,
    module: 'auth_openidc',
    page,
    settings: `OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
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
</Location>`,
  })
