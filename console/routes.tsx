import {
  type AnyRoute,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { instanceQuery, meQuery, queryClient } from './api/queries.ts'
import { type FetchAhead, fetchRepository, type Page, type PageModule, settle } from './fetch-ahead.ts'
import { paths } from './paths.ts'
import { ErrorPage } from './pages/shell/error-page.tsx'
import { NotFoundPage } from './pages/shell/not-found-page.tsx'
import { PendingPage, RootPendingPage } from './pages/shell/pending-page.tsx'
import { RootErrorPage } from './pages/shell/root-error-page.tsx'
import { RootPage } from './pages/shell/root-page.tsx'
import { parseSearch, stringifySearch } from './url-state.ts'

/** Every page, each in its own chunk: sign-in loads neither the diff viewer nor the highlighter. */
const root = createRootRoute({
  component: RootPage,
  errorComponent: RootErrorPage,
  pendingComponent: RootPendingPage,
  beforeLoad: () => Promise.all([queryClient.ensureQueryData(meQuery), queryClient.ensureQueryData(instanceQuery)]),
})

// Entry pages stand alone, without navigation.
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/-/sign-in',
  component: lazyRouteComponent(() => import('./pages/entry/sign-in-page.tsx'), 'SignInPage'),
})
const setUp = createRoute({
  getParentRoute: () => root,
  path: '/-/setup',
  component: lazyRouteComponent(() => import('./pages/entry/setup-page.tsx'), 'SetupPage'),
})

const register = createRoute({
  getParentRoute: () => root,
  path: '/-/register',
  component: lazyRouteComponent(() => import('./pages/domains/register-page.tsx'), 'RegisterPage'),
})
const recover = createRoute({
  getParentRoute: () => root,
  path: '/-/recover',
  component: lazyRouteComponent(() => import('./pages/recovery/recover-page.tsx'), 'RecoverPage'),
})
const notMe = createRoute({
  getParentRoute: () => root,
  path: '/-/not-me',
  component: lazyRouteComponent(() => import('./pages/recovery/not-me-page.tsx'), 'NotMePage'),
})
const breakGlass = createRoute({
  getParentRoute: () => root,
  path: '/-/break-glass',
  component: lazyRouteComponent(() => import('./pages/recovery/break-glass-page.tsx'), 'BreakGlassPage'),
})

/** Opened by a link or a camera, mostly on a phone: one card, and no facts before its person has signed in. */
const sealRequest = createRoute({
  getParentRoute: () => root,
  path: '/s/$code',
  beforeLoad: ({ location }) => requireSignIn(location.href),
  component: lazyRouteComponent(() => import('./pages/inbox/seal-request-page.tsx'), 'SealRequestPage'),
})

/** A program asks to be let in: opened by the program itself, or by typing the address that it shows. */
const authorise = createRoute({
  getParentRoute: () => root,
  path: '/-/authorise/$id',
  beforeLoad: ({ location }) => requireSignIn(location.href),
  component: lazyRouteComponent(() => import('./pages/programs/authorise-page.tsx'), 'AuthorisePage'),
})
const authoriseProblem = createRoute({
  getParentRoute: () => root,
  path: '/-/authorise',
  component: lazyRouteComponent(() => import('./pages/programs/authorise-problem-page.tsx'), 'AuthoriseProblemPage'),
})
/** Where tools lead somebody who cannot go straight on to them, or has signed out of one. */
const signOn = createRoute({
  getParentRoute: () => root,
  path: '/-/sign-on',
  beforeLoad: ({ location, search }) => {
    if (!('problem' in search)) requireSignIn(location.href)
  },
  component: lazyRouteComponent(() => import('./pages/programs/sign-on-page.tsx'), 'SignOnPage'),
})
const signedOut = createRoute({
  getParentRoute: () => root,
  path: '/-/signed-out',
  component: lazyRouteComponent(() => import('./pages/programs/signed-out-page.tsx'), 'SignedOutPage'),
})
const device = createRoute({
  getParentRoute: () => root,
  path: '/-/device',
  beforeLoad: ({ location }) => requireSignIn(location.href),
  component: lazyRouteComponent(() => import('./pages/programs/device-page.tsx'), 'DevicePage'),
})

/** On the way to a tool behind the proxy. */
const routeEntry = createRoute({
  getParentRoute: () => root,
  path: '/-/route',
  beforeLoad: ({ location }) => requireSignIn(location.href),
  component: lazyRouteComponent(() => import('./pages/routes-entry/route-entry-page.tsx'), 'RouteEntryPage'),
})

/** For a session that may do nothing but get the key it lacks. */
const strongerKey = createRoute({
  getParentRoute: () => root,
  path: '/-/stronger-key',
  beforeLoad: ({ location }) => requireSignIn(location.href),
  component: lazyRouteComponent(() => import('./pages/entry/stronger-key-page.tsx'), 'StrongerKeyPage'),
})

/** For a session that no passkey began. */
const makePasskey = createRoute({
  getParentRoute: () => root,
  path: '/-/make-passkey',
  beforeLoad: ({ location }) => requireSignIn(location.href),
  component: lazyRouteComponent(() => import('./pages/entry/password-next-page.tsx'), 'PasswordNextPage'),
})

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: lazyRouteComponent(() => import('./pages/shell/shell.tsx'), 'Shell'),
})

/** Pages that mean nothing to a stranger lead to sign-in at once; those of repositories ask the server first. */
const own = createRoute({
  getParentRoute: () => shell,
  id: 'own',
  beforeLoad: ({ location }) => requireSignIn(location.href),
})

function requireSignIn(here: string) {
  if (queryClient.getQueryData(meQuery.queryKey)) return
  throw redirect({ href: paths.signIn(here), replace: true })
}

const pageUnder =
  <Parent extends AnyRoute>(parent: Parent, fetchFirst: FetchAhead = () => []) =>
  <Name extends string>(path: string, load: () => Promise<PageModule<Name>>, name: Name) =>
    createRoute({
      getParentRoute: () => parent,
      path,
      component: lazyRouteComponent(load as () => Promise<Record<string, Page>>, name),
      async loader({ params, location }) {
        const arrival = { params, search: parseSearch(location.searchStr) }
        const first = settle(fetchFirst(arrival))
        const { fetchAhead } = await load()
        await settle([first, ...(fetchAhead?.(arrival) ?? [])])
      },
    })
const page = pageUnder(shell)
const ownPage = pageUnder(own)
const repositoryPage = pageUnder(shell, fetchRepository)

const ownPages = [
  ownPage('/', () => import('./pages/home/home-page.tsx'), 'HomePage'),
  ownPage('/-/account', () => import('./pages/account/account-page.tsx'), 'AccountPage'),
  ownPage('/-/account/$tab', () => import('./pages/account/account-page.tsx'), 'AccountPage'),
  ownPage('/-/inbox', () => import('./pages/inbox/inbox-page.tsx'), 'InboxPage'),
  ownPage('/-/people', () => import('./pages/people/people-page.tsx'), 'PeoplePage'),
  ownPage('/-/announcements/$id', () => import('./pages/announcements/announcement-page.tsx'), 'AnnouncementPage'),
  ownPage('/-/agents', () => import('./pages/agents/agents-page.tsx'), 'AgentsPage'),
  ownPage('/-/people/invitations', () => import('./pages/people/invitations-page.tsx'), 'InvitationsPage'),
  ownPage('/-/people/import', () => import('./pages/people/import/import-people-page.tsx'), 'ImportPeoplePage'),
  ownPage('/-/people/$username', () => import('./pages/people/person-page.tsx'), 'PersonPage'),
  ownPage('/-/people/$username/ends/$id', () => import('./pages/people/ending/receipt-page.tsx'), 'ReceiptPage'),
  ownPage('/-/groups', () => import('./pages/people/groups-page.tsx'), 'GroupsPage'),
  ownPage('/-/recoveries', () => import('./pages/recovery/recoveries-page.tsx'), 'RecoveriesPage'),
  ownPage(
    '/-/recoveries/break-glass/$id',
    () => import('./pages/recovery/break-glass-review-page.tsx'),
    'BreakGlassReviewPage',
  ),
  ownPage('/-/applications/connectors', () => import('./pages/connectors/connectors-page.tsx'), 'ConnectorsPage'),
  ownPage('/-/directory', () => import('./pages/directory/connections-page.tsx'), 'ConnectionsPage'),
  ownPage('/-/directory/domains', () => import('./pages/domains/domains-page.tsx'), 'DomainsPage'),
  ownPage('/-/directory/domains/$id', () => import('./pages/domains/domain-page.tsx'), 'DomainPage'),
  ownPage('/-/claims/$id', () => import('./pages/domains/claim-page.tsx'), 'ClaimPage'),
  ownPage('/-/verify-address', () => import('./pages/domains/verify-address-page.tsx'), 'VerifyAddressPage'),
  ownPage('/-/directory/sign-in', () => import('./pages/upstream/upstream-page.tsx'), 'UpstreamPage'),
  ownPage('/-/directory/sign-in/$id', () => import('./pages/upstream/place-page.tsx'), 'PlacePage'),
  ownPage('/-/directory/connections/$id', () => import('./pages/directory/connection-page.tsx'), 'ConnectionPage'),
  ownPage('/-/applications', () => import('./pages/applications/applications-page.tsx'), 'ApplicationsPage'),
  ownPage('/-/applications/new', () => import('./pages/applications/gallery-page.tsx'), 'GalleryPage'),
  ownPage('/-/applications/new/$id', () => import('./pages/applications/set-up-page.tsx'), 'SetUpPage'),
  ownPage('/-/applications/$id', () => import('./pages/applications/application-page.tsx'), 'ApplicationPage'),
  ownPage('/-/guardrails', () => import('./pages/guardrails/guardrails-page.tsx'), 'GuardrailsPage'),
  ownPage('/-/guardrails/new', () => import('./pages/guardrails/rule-page.tsx'), 'NewRulePage'),
  ownPage('/-/guardrails/rules/$id', () => import('./pages/guardrails/rule-page.tsx'), 'RulePage'),
  ownPage('/-/guardrails/review', () => import('./pages/guardrails/review-page.tsx'), 'ReviewPage'),
  ownPage('/-/guardrails/import', () => import('./pages/guardrails/import-page.tsx'), 'ImportPage'),
  ownPage('/-/guardrails/history', () => import('./pages/guardrails/history-page.tsx'), 'HistoryPage'),
  ownPage('/-/guardrails/history/$id', () => import('./pages/guardrails/change-page.tsx'), 'ChangePage'),
  ownPage('/-/guardrails/models', () => import('./pages/models/models-page.tsx'), 'ModelsPage'),
  ownPage('/-/audit', () => import('./pages/audit/audit-page.tsx'), 'AuditPage'),
  ownPage('/-/audit/ledger', () => import('./pages/ledger/ledger-page.tsx'), 'LedgerPage'),
  ownPage('/-/insights', () => import('./pages/insights/insights-page.tsx'), 'InsightsPage'),
  ownPage('/-/projects', () => import('./pages/projects/projects-page.tsx'), 'ProjectsPage'),
  ownPage('/-/projects/new', () => import('./pages/projects/new-project-page.tsx'), 'NewProjectPage'),
  ownPage('/-/repositories/import', () => import('./pages/mirrors/import-repository-page.tsx'), 'ImportRepositoryPage'),
  ownPage('/-/repositories/new', () => import('./pages/projects/new-repository-page.tsx'), 'NewRepositoryPage'),
]

const R = '/$project/$repository'
const openPages = [
  createRoute({ getParentRoute: () => shell, path: '/-/$', component: NotFoundPage }),
  page('/-/guides/$', () => import('./pages/guides/guide-page.tsx'), 'GuidePage'),
  page('/$project', () => import('./pages/projects/project-page.tsx'), 'ProjectPage'),
  repositoryPage(R, () => import('./pages/code/repository-page.tsx'), 'RepositoryPage'),
  repositoryPage(`${R}/tree/$`, () => import('./pages/code/tree-page.tsx'), 'TreePage'),
  repositoryPage(`${R}/file/$`, () => import('./pages/code/file-page.tsx'), 'FilePage'),
  repositoryPage(`${R}/blame/$`, () => import('./pages/code/blame-page.tsx'), 'BlamePage'),
  repositoryPage(`${R}/edit/$`, () => import('./pages/edit/edit-page.tsx'), 'EditPage'),
  repositoryPage(`${R}/new`, () => import('./pages/edit/new-page.tsx'), 'NewFilePage'),
  repositoryPage(`${R}/find`, () => import('./pages/code/find-page.tsx'), 'FindPage'),
  repositoryPage(`${R}/compare`, () => import('./pages/code/compare-page.tsx'), 'ComparePage'),
  repositoryPage(`${R}/commits`, () => import('./pages/code/commits-page.tsx'), 'CommitsPage'),
  repositoryPage(`${R}/commits/$oid`, () => import('./pages/code/commit-page.tsx'), 'CommitPage'),
  repositoryPage(`${R}/branches`, () => import('./pages/code/branches-page.tsx'), 'BranchesPage'),
  repositoryPage(`${R}/tags`, () => import('./pages/code/tags-page.tsx'), 'TagsPage'),
  repositoryPage(`${R}/settings`, () => import('./pages/code/settings-page.tsx'), 'SettingsPage'),
  repositoryPage(
    `${R}/settings/branches/$branch`,
    () => import('./pages/branch-rule/branch-rule-page.tsx'),
    'BranchRulePage',
  ),
  repositoryPage(`${R}/import`, () => import('./pages/mirrors/import-progress-page.tsx'), 'ImportProgressPage'),
  repositoryPage(`${R}/settings/mirrors`, () => import('./pages/mirrors/mirrors-page.tsx'), 'MirrorsPage'),
  repositoryPage(
    `${R}/settings/deploy-keys`,
    () => import('./pages/deploy-keys/deploy-keys-page.tsx'),
    'DeployKeysPage',
  ),
  repositoryPage(`${R}/settings/pipelines`, () => import('./pages/pipelines/pipelines-page.tsx'), 'PipelinesPage'),
  repositoryPage(`${R}/settings/webhooks`, () => import('./pages/webhooks/webhooks-page.tsx'), 'WebhooksPage'),
  repositoryPage(`${R}/settings/webhooks/$id`, () => import('./pages/webhooks/webhook-page.tsx'), 'WebhookPage'),
  repositoryPage(`${R}/pull-requests`, () => import('./pages/pull-request/list-page.tsx'), 'PullRequestListPage'),
  repositoryPage(`${R}/pull-requests/new`, () => import('./pages/pull-request/new-page.tsx'), 'NewPullRequestPage'),
  repositoryPage(
    `${R}/pull-requests/$number`,
    () => import('./pages/pull-request/pull-request-page.tsx'),
    'PullRequestPage',
  ),
  repositoryPage(`${R}/pull-requests/$number/merge`, () => import('./pages/pull-request/merge-page.tsx'), 'MergePage'),
]

export const makeRouter = () =>
  createRouter({
    routeTree: root.addChildren([
      signIn,
      register,
      recover,
      notMe,
      breakGlass,
      setUp,
      sealRequest,
      authorise,
      authoriseProblem,
      device,
      signOn,
      signedOut,
      routeEntry,
      strongerKey,
      makePasskey,
      shell.addChildren([own.addChildren(ownPages), ...openPages]),
    ]),
    parseSearch,
    stringifySearch,
    scrollRestoration: true,
    defaultPendingMs: 400,
    defaultPendingMinMs: 0,
    defaultPendingComponent: PendingPage,
    defaultErrorComponent: ErrorPage,
    defaultNotFoundComponent: NotFoundPage,
    notFoundMode: 'root',
  })
