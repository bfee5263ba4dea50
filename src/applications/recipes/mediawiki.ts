import { needsAddress } from './asks.ts'
import type { Recipe } from './recipe.ts'

export const mediawiki: Recipe = {
  id: 'mediawiki',
  product: 'MediaWiki',
  kind: 'openid',
  about: 'Wiki',
  ran: 'documentation',
  source: 'https://www.mediawiki.org/wiki/Extension:OpenID_Connect',
  sourceName: 'Extension:OpenID Connect',
  asks: [
    {
      name: 'address',
      label: 'Where its index.php lies',
      example: 'https://wiki.example.com/w',
      hint: 'The address that $wgServer and $wgScriptPath make, without a slash at the end.',
    },
  ],
  slug: 'wiki',
  description: 'What we know, written down',
  launchUrl: '{address}/index.php',
  settings: {
    redirectUris: [
      '{address}/index.php/Special:PluggableAuthLogin',
      '{address}/index.php?title=Special:PluggableAuthLogin',
    ],
    // Whether it sends a challenge depends on the version of the library beside it.
    pkce: 'optional',
    groups: 'audience',
    // The library beside it knows no other signatures than those by RSA.
    idTokenAlgorithm: 'RS256',
  },
  steps: [
    {
      text: 'Put the extensions PluggableAuth and OpenIDConnect into extensions/. The latter brings a library by Composer; in composer.local.json, and then composer update:',
      code: '{ "extra": { "merge-plugin": { "include": ["extensions/OpenIDConnect/composer.json"] } } }',
    },
    {
      text: 'In LocalSettings.php:',
      code: `wfLoadExtension( 'PluggableAuth' );
wfLoadExtension( 'OpenIDConnect' );
$wgGroupPermissions['*']['autocreateaccount'] = true;
$wgPluggableAuth_EnableLocalLogin = false;
$wgPluggableAuth_Config['Postern'] = [
  'plugin' => 'OpenIDConnect',
  'data' => [
    'providerURL' => '{issuer}',
    'clientID' => '{clientId}',
    'clientsecret' => '{clientSecret}',
    'scope' => [ 'openid', 'profile', 'email' ],
    'preferred_username' => 'preferred_username',
  ],
];`,
    },
    { text: 'Its tables:', code: 'php maintenance/run.php update' },
  ],
  notes: [
    'It takes MediaWiki 1.36 or newer.',
    'In a wiki of another language Special: has another name, as Spezial: in German. Write the redirect URIs with that one.',
    needsAddress,
  ],
}
