import { askAddress, needsAddress } from './asks.ts'
import type { Recipe } from './recipe.ts'

export const grafana: Recipe = {
  id: 'grafana',
  product: 'Grafana',
  kind: 'openid',
  about: 'Dashboards',
  ran: 'documentation',
  source:
    'https://grafana.com/docs/grafana/latest/setup-grafana/configure-access/configure-authentication/generic-oauth/',
  sourceName: 'Configure generic OAuth authentication',
  asks: [askAddress('https://grafana.example.com')],
  slug: 'grafana',
  description: 'Dashboards and alerts',
  launchUrl: '{address}/login/generic_oauth',
  settings: {
    redirectUris: ['{address}/login/generic_oauth'],
    postLogoutRedirectUris: ['{address}/login'],
    groups: 'all',
    refreshTokens: true,
  },
  steps: [
    {
      text: 'In grafana.ini. Its root_url has to be Grafana’s own address.',
      code: `[auth.generic_oauth]
enabled = true
name = Postern
client_id = {clientId}
client_secret = {clientSecret}
scopes = openid profile email offline_access
auth_url = {authorization}
token_url = {token}
api_url = {userinfo}
use_pkce = true
use_refresh_token = true
allow_sign_up = true
login_attribute_path = preferred_username
name_attribute_path = name
groups_attribute_path = groups`,
    },
    {
      text: 'Who may change what there goes by a group of yours, here one called grafana-editors; everybody else looks on.',
      code: "role_attribute_path = contains(groups[*], 'grafana-editors') && 'Editor' || 'Viewer'",
    },
    { text: 'Restart Grafana.' },
  ],
  notes: [needsAddress],
}
