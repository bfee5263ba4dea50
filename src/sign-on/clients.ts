import type { ClientMetadata } from 'oidc-provider'
import { deviceGrant } from './device-grant.ts'
import type { Scope } from './scopes.ts'

/** A program that may ask people to be let in. */
export interface Client {
  id: string
  /** As people are asked. */
  name: string
  scopes: readonly Scope[]
  /** RFC 8252 §7.3: on the loopback address any port goes; all else is compared as it is. */
  redirectUris: readonly string[]
}

const ofGit: readonly Scope[] = ['repository:read', 'repository:write']
/** What its own programs open there listens on this computer only. `localhost` could be another, RFC 8252 §8.3. */
const loopback: readonly string[] = ['http://127.0.0.1', 'http://127.0.0.1/']

/** Known without being registered: each runs on its person's own computer and keeps no secret, RFC 8252 §8.5. */
const builtIn: readonly Client[] = [
  { id: 'git-credential-oauth', name: 'git-credential-oauth', scopes: ofGit, redirectUris: loopback },
  { id: 'git-credential-manager', name: 'Git Credential Manager', scopes: ofGit, redirectUris: loopback },
  {
    id: 'postern-cli',
    name: 'Postern’s command line',
    scopes: [...ofGit, 'ssh:certificate'],
    redirectUris: [...loopback, 'http://127.0.0.1/callback'],
  },
]

/** The one place where a client is looked up. */
export const findClient = (id: string): Client | undefined => builtIn.find((client) => client.id === id)

/** The same in the words of RFC 7591. */
export const renderClient = (client: Client): ClientMetadata => ({
  client_id: client.id,
  client_name: client.name,
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  redirect_uris: [...client.redirectUris],
  grant_types: ['authorization_code', 'refresh_token', deviceGrant],
  response_types: ['code'],
  scope: ['openid', 'offline_access', ...client.scopes].join(' '),
})
