import { askAddress, needsAddress } from './asks.ts'
import type { Recipe } from './recipe.ts'

export const gitea: Recipe = {
  id: 'gitea',
  product: 'Gitea',
  kind: 'openid',
  about: 'Git server; Forgejo is set up the same way',
  ran: 'documentation',
  source: 'https://docs.gitea.com/administration/config-cheat-sheet#oauth2-client-oauth2_client',
  sourceName: 'Configuration Cheat Sheet: OAuth2 Client',
  asks: [askAddress('https://gitea.example.com')],
  slug: 'gitea',
  description: 'Repositories elsewhere',
  launchUrl: '{address}/user/oauth2/postern',
  // It sends no challenge.
  settings: { redirectUris: ['{address}/user/oauth2/postern/callback'], pkce: 'optional', groups: 'audience' },
  steps: [
    {
      text: 'Site Administration → Identity & Access → Authentication Sources → Add. Type: OAuth2, provider: OpenID Connect.',
    },
    { text: 'Authentication name, which stands in the redirect address:', code: 'postern' },
    { text: 'Client ID, client secret and discovery address:', values: ['clientId', 'clientSecret', 'discovery'] },
    { text: 'Additional scopes:', code: 'profile email' },
    {
      text: 'To make accounts at the first sign-in, in app.ini:',
      code: '[oauth2_client]\nENABLE_AUTO_REGISTRATION = true\nUSERNAME = preferred_username',
    },
  ],
  notes: ['Before Gitea 1.22, USERNAME is nickname.', needsAddress],
}

export const gitlab: Recipe = {
  id: 'gitlab',
  product: 'GitLab',
  kind: 'openid',
  about: 'Git server and pipelines, on your own machines',
  ran: 'documentation',
  source: 'https://docs.gitlab.com/administration/auth/oidc',
  sourceName: 'Use OpenID Connect as an authentication provider',
  asks: [askAddress('https://gitlab.example.com')],
  slug: 'gitlab',
  description: 'Repositories elsewhere',
  launchUrl: '{address}/',
  settings: { redirectUris: ['{address}/users/auth/openid_connect/callback'], groups: 'audience' },
  steps: [
    {
      text: 'In /etc/gitlab/gitlab.rb:',
      code: `gitlab_rails['omniauth_allow_single_sign_on'] = ['openid_connect']
gitlab_rails['omniauth_block_auto_created_users'] = false
gitlab_rails['omniauth_providers'] = [
  {
    name: 'openid_connect',
    label: 'Postern',
    args: {
      name: 'openid_connect',
      scope: ['openid', 'profile', 'email'],
      response_type: 'code',
      issuer: '{issuer}',
      discovery: true,
      client_auth_method: 'basic',
      uid_field: 'sub',
      pkce: true,
      client_options: {
        identifier: '{clientId}',
        secret: '{clientSecret}',
        redirect_uri: '{address}/users/auth/openid_connect/callback'
      }
    }
  }
]`,
    },
    { text: 'Then:', code: 'sudo gitlab-ctl reconfigure' },
    { text: 'People who have an account there already join it under their own profile → Account → Service sign-in.' },
  ],
  notes: ['It takes a GitLab that you run yourself. GitLab.com takes SAML, for a group on a paid plan.', needsAddress],
}
