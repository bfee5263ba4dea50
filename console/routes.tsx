import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { instanceQuery, meQuery, queryClient } from './api/queries.ts'
import { ErrorPage } from './pages/shell/error-page.tsx'
import { NotFoundPage } from './pages/shell/not-found-page.tsx'
import { PendingPage } from './pages/shell/pending-page.tsx'
import { RootPage } from './pages/shell/root-page.tsx'
import { Shell } from './pages/shell/shell.tsx'
import { parseSearch, stringifySearch } from './url-state.ts'

/** Every page, each in its own chunk: sign-in loads neither the diff viewer nor the highlighter. */
const root = createRootRoute({
  component: RootPage,
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

const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell })

type Page = () => ReactNode

const page = <Name extends string>(path: string, load: () => Promise<Record<Name, Page>>, name: Name) => {
  const component = lazyRouteComponent(load as () => Promise<Record<string, Page>>, name)
  return createRoute({ getParentRoute: () => shell, path, component })
}

const ownPages = [
  page('/', () => import('./pages/home/home-page.tsx'), 'HomePage'),
  page('/-/account', () => import('./pages/account/account-page.tsx'), 'AccountPage'),
  page('/-/account/$tab', () => import('./pages/account/account-page.tsx'), 'AccountPage'),
  page('/-/people', () => import('./pages/people/people-page.tsx'), 'PeoplePage'),
  page('/-/groups', () => import('./pages/people/groups-page.tsx'), 'GroupsPage'),
  page('/-/audit', () => import('./pages/audit/audit-page.tsx'), 'AuditPage'),
  page('/-/projects', () => import('./pages/projects/projects-page.tsx'), 'ProjectsPage'),
  page('/-/projects/new', () => import('./pages/projects/new-project-page.tsx'), 'NewProjectPage'),
  page('/-/repositories/new', () => import('./pages/projects/new-repository-page.tsx'), 'NewRepositoryPage'),
  page('/-/$', () => import('./pages/shell/not-found-page.tsx'), 'NotFoundPage'),
  page('/$project', () => import('./pages/projects/project-page.tsx'), 'ProjectPage'),
]

const R = '/$project/$repository'
const repositoryPages = [
  page(R, () => import('./pages/code/repository-page.tsx'), 'RepositoryPage'),
  page(`${R}/tree/$`, () => import('./pages/code/tree-page.tsx'), 'TreePage'),
  page(`${R}/file/$`, () => import('./pages/code/file-page.tsx'), 'FilePage'),
  page(`${R}/commits`, () => import('./pages/code/commits-page.tsx'), 'CommitsPage'),
  page(`${R}/commits/$oid`, () => import('./pages/code/commit-page.tsx'), 'CommitPage'),
  page(`${R}/branches`, () => import('./pages/code/branches-page.tsx'), 'BranchesPage'),
  page(`${R}/tags`, () => import('./pages/code/tags-page.tsx'), 'TagsPage'),
  page(`${R}/settings`, () => import('./pages/code/settings-page.tsx'), 'SettingsPage'),
  page(`${R}/pull-requests`, () => import('./pages/pull-request/list-page.tsx'), 'PullRequestListPage'),
  page(`${R}/pull-requests/new`, () => import('./pages/pull-request/new-page.tsx'), 'NewPullRequestPage'),
  page(`${R}/pull-requests/$number`, () => import('./pages/pull-request/pull-request-page.tsx'), 'PullRequestPage'),
  page(`${R}/pull-requests/$number/merge`, () => import('./pages/pull-request/merge-page.tsx'), 'MergePage'),
]

export const makeRouter = () =>
  createRouter({
    routeTree: root.addChildren([signIn, setUp, shell.addChildren([...ownPages, ...repositoryPages])]),
    parseSearch,
    stringifySearch,
    scrollRestoration: true,
    defaultPendingMs: 400,
    defaultPendingComponent: PendingPage,
    defaultErrorComponent: ErrorPage,
    defaultNotFoundComponent: NotFoundPage,
    notFoundMode: 'root',
  })
