import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'

/** One page to look at, as an owner beside the demo organisation sees it. */
export interface PageToSee {
  /** Of its pictures. */
  name: string
  /** The route of `console/routes.tsx` that it shows. */
  route: string
  url: string
  /** What must stand there before it is looked at, besides the title. */
  shows?: string | RegExp
  /** What must be done there before, where it leads to the page. */
  first?: (page: Page) => Promise<void>
}

const R = '/$project/$repository'
const shop = '/demo/tea-shop'

/** Pages of somebody who is not signed in. */
export const entryPages: PageToSee[] = [
  { name: 'sign-in', route: '/-/sign-in', url: '/-/sign-in' },
  { name: 'set-up-without-link', route: '/-/setup', url: '/-/setup' },
  { name: 'set-up-cut-link', route: '/-/setup', url: '/-/setup#pst_link_cut', shows: 'This link is incomplete' },
  {
    name: 'set-up-wrong-link',
    route: '/-/setup',
    url: `/-/setup#pst_link_${'A'.repeat(43)}`,
    shows: 'This link does not work',
  },
  { name: 'register-off', route: '/-/register', url: '/-/register', shows: 'Nobody can register themselves here' },
  { name: 'guide', route: '/-/guides/$', url: '/-/guides/recovery', shows: 'Prepare: a second passkey, and codes' },
  { name: 'recover', route: '/-/recover', url: '/-/recover', shows: 'What happens then' },
  { name: 'not-me', route: '/-/not-me', url: '/-/not-me', shows: 'Was it you?' },
  { name: 'break-glass', route: '/-/break-glass', url: '/-/break-glass', shows: 'Everybody will know' },
]

/** @param known what the demo made and a page's address must name */
export const ownerPages = (known: {
  /** Of a request that waits for the owner's tap. */
  code: string
  /** A directory that brings people. */
  connection: string
  /** Another place to sign in. */
  place: string
  oid: string
  mergedOid: string
  ready: number
  conflicting: number
  merged: number
  change: string
  announcement: string
  /** A domain whose proof is missing, with somebody who objects. */
  domain: string
  /** An end of lena’s access. */
  end: string
  /** A break-glass code that was used. */
  glass: string
  webhook: string
  delivery: string
}): PageToSee[] => [
  { name: 'set-up-next', route: '/-/setup', url: '/-/setup?step=next' },
  { name: 'home', route: '/', url: '/' },
  { name: 'inbox', route: '/-/inbox', url: '/-/inbox', shows: 'Let the robots in' },
  { name: 'seal-request', route: '/s/$code', url: `/s/${known.code}`, shows: 'Tap your key' },
  { name: 'seal-request-unknown', route: '/s/$code', url: '/s/0000', shows: 'Open my inbox' },
  {
    name: 'route-unknown',
    route: '/-/route',
    url: '/-/route?route=none.localhost',
    shows: 'There is no such tool here',
  },
  { name: 'route-sign-out', route: '/-/route', url: '/-/route?signOut=yes', shows: 'Stay signed in' },
  { name: 'make-passkey', route: '/-/make-passkey', url: '/-/make-passkey', shows: 'From now on it signs you in' },
  { name: 'people-import', route: '/-/people/import', url: '/-/people/import', shows: 'See what it would do' },
  { name: 'account', route: '/-/account', url: '/-/account' },
  { name: 'keys-allow', route: '/-/account/$tab', url: '/-/account/allowed', shows: 'What you can do' },
  { name: 'sessions', route: '/-/account/$tab', url: '/-/account/sessions' },
  { name: 'ssh-keys', route: '/-/account/$tab', url: '/-/account/ssh-keys' },
  { name: 'new-ssh-key', route: '/-/account/$tab', url: '/-/account/ssh-keys?new=yes', shows: 'Public key' },
  { name: 'tokens', route: '/-/account/$tab', url: '/-/account/tokens' },
  {
    name: 'new-certificate',
    route: '/-/account/$tab',
    url: '/-/account/ssh-keys?certificate=new',
    shows: 'Public key',
  },
  { name: 'programs', route: '/-/account/$tab', url: '/-/account/programs', shows: 'No programs' },
  { name: 'authorise-gone', route: '/-/authorise/$id', url: '/-/authorise/nothing', shows: 'No program waits' },
  {
    name: 'authorise-problem',
    route: '/-/authorise',
    url: '/-/authorise?problem=invalid_redirect_uri',
    shows: 'wants the answer somewhere else',
  },
  {
    name: 'sign-on-problem',
    route: '/-/sign-on',
    url: '/-/sign-on?problem=unknown-application',
    shows: 'not known here',
  },
  { name: 'signed-out', route: '/-/signed-out', url: '/-/signed-out?over=yes', shows: 'signed out there' },
  { name: 'device', route: '/-/device', url: '/-/device', shows: 'The code on your device' },
  { name: 'getting-back-in', route: '/-/account/$tab', url: '/-/account/recovery', shows: 'You have none.' },
  { name: 'notifications', route: '/-/account/$tab', url: '/-/account/notifications', shows: 'By mail' },
  { name: 'new-token', route: '/-/account/$tab', url: '/-/account/tokens?new=yes' },
  { name: 'people', route: '/-/people', url: '/-/people', shows: 'Maya Demo' },
  { name: 'add-person', route: '/-/people', url: '/-/people?add=yes' },
  {
    name: 'connectors',
    route: '/-/applications/connectors',
    url: '/-/applications/connectors',
    shows: 'There is no connector',
  },
  {
    name: 'new-connector',
    route: '/-/applications/connectors',
    url: '/-/applications/connectors?new=yes',
    shows: 'Tools that go through it',
  },
  { name: 'applications', route: '/-/applications', url: '/-/applications', shows: 'Grafana' },
  { name: 'gallery', route: '/-/applications/new', url: '/-/applications/new', shows: 'Jira Cloud' },
  {
    name: 'set-up-application',
    route: '/-/applications/new/$id',
    url: '/-/applications/new/gitlab',
    shows: 'omniauth_providers',
  },
  { name: 'set-up-saml', route: '/-/applications/new/$id', url: '/-/applications/new/saml', shows: 'Entity ID' },
  { name: 'set-up-route', route: '/-/applications/new/$id', url: '/-/applications/new/route', shows: 'Where it runs' },
  {
    name: 'application',
    route: '/-/applications/$id',
    url: '/-/applications/grafana?test=yes',
    shows: 'preferred_username',
  },
  {
    name: 'change-application',
    route: '/-/applications/$id',
    url: '/-/applications/grafana?edit=yes',
    shows: 'Change with a tap',
  },
  { name: 'agents', route: '/-/agents', url: '/-/agents', shows: 'No agents yet' },
  { name: 'new-agent', route: '/-/agents', url: '/-/agents?new=yes', shows: 'You answer for it' },
  {
    name: 'announcement',
    route: '/-/announcements/$id',
    url: `/-/announcements/${known.announcement}`,
    shows: /^Stuck: /,
  },
  { name: 'invite', route: '/-/people', url: '/-/people?invite=yes', shows: 'E-mail addresses' },
  { name: 'guests', route: '/-/people', url: '/-/people?filter=guests', shows: 'Days until a guest' },
  {
    name: 'ended',
    route: '/-/people',
    url: '/-/people?filter=ended',
    shows: 'Days to keep what somebody looked after',
  },
  { name: 'invitations', route: '/-/people/invitations', url: '/-/people/invitations', shows: 'Nobody is invited' },
  {
    name: 'access-end',
    route: '/-/people/$username/ends/$id',
    url: `/-/people/lena/ends/${known.end}`,
    shows: 'What cannot be ended from here',
  },
  { name: 'person', route: '/-/people/$username', url: '/-/people/demo-maya', shows: 'What they reach' },
  { name: 'recoveries', route: '/-/recoveries', url: '/-/recoveries', shows: 'Waits for review' },
  {
    name: 'break-glass-review',
    route: '/-/recoveries/break-glass/$id',
    url: `/-/recoveries/break-glass/${known.glass}`,
    shows: 'A second person has to look at this',
  },
  { name: 'groups', route: '/-/groups', url: '/-/groups', shows: 'demo-developers' },
  { name: 'directory', route: '/-/directory', url: '/-/directory', shows: 'Something is refused' },
  { name: 'domains', route: '/-/directory/domains', url: '/-/directory/domains', shows: 'Proof not found' },
  { name: 'add-domain', route: '/-/directory/domains', url: '/-/directory/domains?new=yes', shows: 'after the @' },
  {
    name: 'domain',
    route: '/-/directory/domains/$id',
    url: `/-/directory/domains/${known.domain}`,
    shows: 'Objects: decide what becomes of them',
  },
  { name: 'claim-over', route: '/-/claims/$id', url: '/-/claims/nothing', shows: /This was withdrawn/ },
  { name: 'verify-address', route: '/-/verify-address', url: '/-/verify-address', shows: 'Copy the whole link' },
  { name: 'profile', route: '/-/account/$tab', url: '/-/account/profile', shows: 'Name and address' },
  { name: 'connect-directory', route: '/-/directory', url: '/-/directory?new=yes', shows: 'In Okta' },
  { name: 'upstream', route: '/-/directory/sign-in', url: '/-/directory/sign-in', shows: 'Acme' },
  {
    name: 'upstream-new',
    route: '/-/directory/sign-in',
    url: '/-/directory/sign-in?new=idp_0000000000000000000000000',
    shows: 'Redirect URI',
  },
  {
    name: 'upstream-place',
    route: '/-/directory/sign-in/$id',
    url: `/-/directory/sign-in/${known.place}`,
    shows: 'Its group devs',
  },
  {
    name: 'upstream-edit',
    route: '/-/directory/sign-in/$id',
    url: `/-/directory/sign-in/${known.place}?edit=yes`,
    shows: 'New client secret',
  },
  { name: 'account-elsewhere', route: '/-/account/$tab', url: '/-/account/elsewhere', shows: 'Remove' },
  {
    name: 'directory-connection',
    route: '/-/directory/connections/$id',
    url: `/-/directory/connections/${known.connection}`,
    shows: 'Everybody-at-Acme',
  },
  { name: 'guardrails', route: '/-/guardrails', url: '/-/guardrails', shows: 'Only hardware keys' },
  { name: 'new-guardrail', route: '/-/guardrails/new', url: '/-/guardrails/new', shows: 'In plain words' },
  { name: 'guardrail', route: '/-/guardrails/rules/$id', url: '/-/guardrails/rules/admin-networks', shows: '::1' },
  {
    name: 'guardrail-review',
    route: '/-/guardrails/review',
    url: '/-/guardrails',
    first: flipSwitch,
    shows: 'Locked out',
  },
  { name: 'guardrail-import', route: '/-/guardrails/import', url: '/-/guardrails/import', shows: 'Choose a file' },
  { name: 'guardrail-history', route: '/-/guardrails/history', url: '/-/guardrails/history' },
  {
    name: 'guardrail-change',
    route: '/-/guardrails/history/$id',
    url: `/-/guardrails/history/${known.change}`,
    shows: 'The rules',
  },
  { name: 'models', route: '/-/guardrails/models', url: '/-/guardrails/models', shows: 'Withdrawn by FIDO' },
  { name: 'stronger-key', route: '/-/stronger-key', url: '/-/stronger-key', shows: 'Your key is strong enough' },
  { name: 'audit', route: '/-/audit', url: '/-/audit', shows: /merged demo\/tea-shop#/ },
  { name: 'ledger', route: '/-/audit/ledger', url: '/-/audit/ledger', shows: 'No witness yet' },
  {
    name: 'new-witness',
    route: '/-/audit/ledger',
    url: '/-/audit/ledger?witness=new',
    shows: 'the key that it prints',
  },
  { name: 'audit-nothing', route: '/-/audit', url: '/-/audit?target=nowhere', shows: 'Nothing matches these filters' },
  { name: 'insights', route: '/-/insights', url: '/-/insights', shows: 'Merges proven' },
  { name: 'projects', route: '/-/projects', url: '/-/projects' },
  { name: 'new-project', route: '/-/projects/new', url: '/-/projects/new' },
  { name: 'new-repository', route: '/-/repositories/new', url: '/-/repositories/new' },
  {
    name: 'import-repository',
    route: '/-/repositories/import',
    url: '/-/repositories/import?project=demo',
    shows: 'Password or token there',
  },
  { name: 'guides', route: '/-/guides/$', url: '/-/guides', shows: 'Somebody leaves' },
  { name: 'not-found', route: '/-/$', url: '/-/nowhere' },
  { name: 'project', route: '/$project', url: '/demo', shows: 'demo/tea-shop' },
  { name: 'project-members', route: '/$project', url: '/demo?tab=members' },
  { name: 'project-settings', route: '/$project', url: '/demo?tab=settings' },
  { name: 'repository', route: R, url: shop, shows: 'An example' },
  { name: 'empty-repository', route: R, url: '/demo/nothing-here', shows: 'Push your first commits' },
  { name: 'tree', route: `${R}/tree/$`, url: `${shop}/tree/src`, shows: 'teas.ts' },
  { name: 'file', route: `${R}/file/$`, url: `${shop}/file/src/price.ts`, shows: 'centsPer100g' },
  { name: 'file-read', route: `${R}/file/$`, url: `${shop}/file/README.md`, shows: 'Sencha' },
  {
    name: 'edit-file',
    route: `${R}/edit/$`,
    url: `${shop}/edit/README.md`,
    shows: 'main is protected: it changes by pull requests alone.',
  },
  { name: 'new-file', route: `${R}/new`, url: `${shop}/new?in=src`, shows: 'Tab indents.' },
  { name: 'upload-files', route: `${R}/new`, url: `${shop}/new?as=upload`, shows: 'or drop them here' },
  { name: 'find', route: `${R}/find`, url: `${shop}/find?q=tea`, shows: 'export interface' },
  { name: 'blame', route: `${R}/blame/$`, url: `${shop}/blame/src/price.ts`, shows: 'centsPer100g' },
  {
    name: 'compare',
    route: `${R}/compare`,
    url: `${shop}/compare?from=add-oolong`,
    shows: 'Each proven by a tap',
  },
  { name: 'compare-start', route: `${R}/compare`, url: `${shop}/compare`, shows: 'Since when?' },
  { name: 'commits', route: `${R}/commits`, url: `${shop}/commits`, shows: 'Open the shop' },
  { name: 'commit', route: `${R}/commits/$oid`, url: `${shop}/commits/${known.oid}` },
  {
    name: 'commit-proven',
    route: `${R}/commits/$oid`,
    url: `${shop}/commits/${known.mergedOid}`,
    shows: /proved this with a tap/,
  },
  { name: 'branches', route: `${R}/branches`, url: `${shop}/branches`, shows: 'add-oolong' },
  { name: 'tags', route: `${R}/tags`, url: `${shop}/tags`, shows: 'No tags yet' },
  { name: 'settings', route: `${R}/settings`, url: `${shop}/settings`, shows: 'Protected branches' },
  {
    name: 'branch-rule',
    route: `${R}/settings/branches/$branch`,
    url: `${shop}/settings/branches/main`,
    shows: 'People who must approve',
  },
  { name: 'import-progress', route: `${R}/import`, url: '/demo/nothing-yet/import', shows: 'You can close this page' },
  {
    name: 'mirrors',
    route: `${R}/settings/mirrors`,
    url: `${shop}/settings/mirrors`,
    shows: 'Somebody pushed to main',
  },
  {
    name: 'new-mirror',
    route: `${R}/settings/mirrors`,
    url: `${shop}/settings/mirrors?new=yes`,
    shows: 'Overwrite what somebody pushes',
  },
  {
    name: 'deploy-keys',
    route: `${R}/settings/deploy-keys`,
    url: `${shop}/settings/deploy-keys`,
    shows: 'No deploy keys',
  },
  {
    name: 'new-deploy-key',
    route: `${R}/settings/deploy-keys`,
    url: `${shop}/settings/deploy-keys?new=yes`,
    shows: 'Replaced by its holder',
  },
  {
    name: 'pipelines',
    route: `${R}/settings/pipelines`,
    url: `${shop}/settings/pipelines?new=yes`,
    shows: 'Repository there',
  },
  {
    name: 'webhooks',
    route: `${R}/settings/webhooks`,
    url: `${shop}/settings/webhooks`,
    shows: 'hooks.example.com',
  },
  {
    name: 'new-webhook',
    route: `${R}/settings/webhooks`,
    url: `${shop}/settings/webhooks?new=yes`,
    first: (page) => page.getByRole('radio', { name: 'Only what I choose' }).check({ force: true }),
    shows: 'Source deleted',
  },
  {
    name: 'webhook',
    route: `${R}/settings/webhooks/$id`,
    url: `${shop}/settings/webhooks/${known.webhook}?delivery=${known.delivery}`,
    shows: 'x-answered-by: a test',
  },
  { name: 'pull-requests', route: `${R}/pull-requests`, url: `${shop}/pull-requests`, shows: '#' },
  {
    name: 'new-pull-request',
    route: `${R}/pull-requests/new`,
    url: `${shop}/pull-requests/new?source=add-oolong`,
    shows: 'Description',
  },
  {
    name: 'pull-request',
    route: `${R}/pull-requests/$number`,
    url: `${shop}/pull-requests/${known.ready}`,
    shows: 'Ready to merge',
  },
  {
    name: 'pull-request-files',
    route: `${R}/pull-requests/$number`,
    url: `${shop}/pull-requests/${known.ready}?tab=files`,
  },
  {
    name: 'pull-request-form',
    route: `${R}/pull-requests/$number`,
    url: `${shop}/pull-requests/${known.ready}?tab=files`,
    first: openComment,
    shows: 'Suggest a change',
  },
  {
    name: 'pull-request-review',
    route: `${R}/pull-requests/$number`,
    url: `${shop}/pull-requests/${known.ready}?tab=files`,
    first: openReview,
    shows: 'Your verdict',
  },
  {
    name: 'pull-request-split',
    route: `${R}/pull-requests/$number`,
    url: `${shop}/pull-requests/${known.ready}?tab=files&diff=split`,
  },
  {
    name: 'pull-request-commits',
    route: `${R}/pull-requests/$number`,
    url: `${shop}/pull-requests/${known.ready}?tab=commits`,
  },
  {
    name: 'pull-request-conflict',
    route: `${R}/pull-requests/$number`,
    url: `${shop}/pull-requests/${known.conflicting}`,
    shows: /in conflict/,
  },
  {
    name: 'pull-request-merged',
    route: `${R}/pull-requests/$number`,
    url: `${shop}/pull-requests/${known.merged}`,
    shows: /merged this/,
  },
  {
    name: 'pull-request-proof',
    route: `${R}/pull-requests/$number`,
    url: `${shop}/pull-requests/${known.merged}?tab=proof`,
    shows: 'Verify it yourself',
  },
  {
    name: 'merge',
    route: `${R}/pull-requests/$number/merge`,
    url: `${shop}/pull-requests/${known.ready}/merge`,
    shows: /^sha256:/,
  },
  {
    name: 'merged',
    route: `${R}/pull-requests/$number/merge`,
    url: `${shop}/pull-requests/${known.merged}/merge`,
    shows: 'Verify it yourself',
  },
]

/** A form below a line of the change. */
async function openComment(page: Page): Promise<void> {
  await page.locator('[data-line-new-num]').first().click()
}

async function openReview(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Finish your review' }).click()
}

/** The review of a rule that would lock its author out. */
async function flipSwitch(page: Page): Promise<void> {
  await page.getByRole('switch', { name: 'Only hardware keys', exact: true }).press('Space')
  await page.getByRole('heading', { name: 'The last 30 days' }).waitFor()
}

/** The paths of the route table, read from its source: it imports pages, which only the console's builder understands. */
export function routeTable(): string[] {
  const source = readFileSync(join(import.meta.dirname, '../../console/routes.tsx'), 'utf8')
  const built = source.matchAll(/\b(?:ownPage|page|repositoryPage)\(\s*(?:'([^']+)'|`\$\{R\}([^`]+)`|(R)\b)/g)
  const plain = source.matchAll(/\bpath: '([^']+)'/g)
  return [
    ...[...built].map(([, path, below, front]) => path ?? (front === undefined ? `${R}${below ?? ''}` : R)),
    ...[...plain].map(([, path]) => path ?? ''),
  ].sort()
}
