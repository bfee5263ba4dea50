import type { Recipe } from './recipe.ts'

/** Tools that know no sign-in of this kind by themselves: a small plugin of ours believes what the proxy signs. */
const behindTheProxy = (
  own: Omit<Recipe, 'kind' | 'asks' | 'launchUrl' | 'settings'> & { upstream: string },
): Recipe => {
  const { upstream, ...recipe } = own
  return {
    ...recipe,
    kind: 'route',
    asks: [
      {
        name: 'host',
        label: 'Its name on the network',
        example: `${own.slug}.example.com`,
        hint: 'What people type. It leads to Postern, and not below Postern’s own name.',
      },
      { name: 'upstream', label: 'Where it runs', example: upstream, hint: 'Reached by Postern alone.' },
    ],
    launchUrl: null,
    settings: { host: '{host}', upstream: '{upstream}' },
  }
}

const noWayAround = 'Let nothing but Postern reach it: whoever gets around the proxy gets around its rules.'

export const redmine = behindTheProxy({
  id: 'redmine',
  product: 'Redmine',
  about: 'Issue tracker; its boards with the plugin Redhopper',
  ran: 'product',
  source: 'https://www.redmine.org/projects/redmine/wiki/Plugins',
  sourceName: 'Redmine: Plugins',
  slug: 'tracker',
  description: 'Issues and plans',
  upstream: 'http://127.0.0.1:3000',
  steps: [
    { text: 'Copy integrations/redmine/postern_sign_in from Postern’s source into Redmine’s plugins/.' },
    {
      text: 'In its config/configuration.yml. The groups are those of this place that fill groups of the same name there.',
      code: `default:
  postern_issuer: {issuer}
  postern_audience: {audience}
  postern_groups: [crew]
  postern_administrators: tracker-admins`,
    },
    {
      text: 'In Redmine, Administration → Settings → Authentication: Authentication required on, Two-factor authentication off.',
    },
    { text: 'Restart it. Whoever comes through the proxy is signed in, and gets an account the first time.' },
  ],
  notes: [
    noWayAround,
    'An account of Redmine with the same user name is taken over: rename those of somebody else before.',
  ],
})

export const dokuwiki = behindTheProxy({
  id: 'dokuwiki',
  product: 'DokuWiki',
  about: 'Wiki that needs no database',
  ran: 'product',
  source: 'https://www.dokuwiki.org/auth',
  sourceName: 'DokuWiki: Authentication Backends',
  slug: 'wiki',
  description: 'What we know, written down',
  upstream: 'http://127.0.0.1:8080',
  steps: [
    { text: 'Copy integrations/dokuwiki/authpostern from Postern’s source into the wiki’s lib/plugins/.' },
    {
      text: 'In its conf/local.protected.php:',
      code: `<?php
$conf['useacl'] = 1;
$conf['authtype'] = 'authpostern';
$conf['superuser'] = '@wiki-admins';
$conf['plugin']['authpostern']['issuer'] = '{issuer}';
$conf['plugin']['authpostern']['audience'] = '{audience}';`,
    },
    {
      text: 'In its conf/acl.auth.php: nothing for everybody, and what each group of this place may.',
      code: '*           @ALL    0\n*           @crew   8',
    },
  ],
  notes: [noWayAround],
})
