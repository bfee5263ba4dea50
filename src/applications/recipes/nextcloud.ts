import { askAddress } from './asks.ts'
import type { Recipe } from './recipe.ts'

export const nextcloud: Recipe = {
  id: 'nextcloud',
  product: 'Nextcloud',
  kind: 'openid',
  about: 'Files, calendars and calls',
  ran: 'documentation',
  source: 'https://github.com/nextcloud/user_oidc',
  sourceName: 'OpenID Connect user backend for Nextcloud',
  asks: [askAddress('https://cloud.example.com')],
  slug: 'nextcloud',
  description: 'Files and calendars',
  launchUrl: '{address}/',
  settings: {
    redirectUris: ['{address}/apps/user_oidc/code', '{address}/index.php/apps/user_oidc/code'],
    postLogoutRedirectUris: ['{address}/'],
    pkce: 'optional',
    groups: 'audience',
    // Not every release of the app takes other signatures.
    idTokenAlgorithm: 'RS256',
  },
  steps: [
    { text: 'Install the app “OpenID Connect user backend”, or:', code: 'occ app:install user_oidc' },
    {
      text: 'Tell it of this place:',
      code: `occ user_oidc:provider postern \\
  --clientid='{clientId}' --clientsecret='{clientSecret}' \\
  --discoveryuri='{discovery}' \\
  --scope='openid profile email' --unique-uid=0 \\
  --mapping-uid=preferred_username --mapping-display-name=name \\
  --mapping-email=email --mapping-groups=groups --group-provisioning=1`,
    },
    {
      text: 'When everybody has signed in once, leave out the password form:',
      code: 'occ config:app:set --value=0 user_oidc allow_multiple_user_backends',
    },
  ],
  notes: ['Keep an administrator with a password until you have signed in by it once.'],
}
