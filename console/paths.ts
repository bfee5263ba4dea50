/**
 * Every URL of the console is built here. Pages of a repository start with its project's name; all others live under
 * `/-/`. Values are encoded once, here, so that a name or a file path can never leave its place.
 */
type Query = Record<string, string | number | null | undefined>

export function withQuery(path: string, query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value))
  }
  const text = search.toString()
  return text ? `${path}?${text}` : path
}

const part = encodeURIComponent
const parts = (path: string) => path.split('/').map(part).join('/')
const repository = (project: string, name: string) => `/${part(project)}/${part(name)}`

export const paths = {
  home: '/',
  afterSetUp: '/-/setup?step=next',
  signIn: (returnTo?: string) => withQuery('/-/sign-in', { returnTo: returnTo === '/' ? null : returnTo }),
  account: (
    tab:
      | 'passkeys'
      | 'profile'
      | 'sessions'
      | 'tokens'
      | 'programs'
      | 'ssh-keys'
      | 'allowed'
      | 'notifications'
      | 'elsewhere'
      | 'recovery' = 'passkeys',
  ) => `/-/account/${tab}`,
  addPasskey: '/-/account/passkeys?add=yes',
  newToken: (query: { repository?: string } = {}) => withQuery('/-/account/tokens', { new: 'yes', ...query }),
  inbox: '/-/inbox',
  /** One request for a tap, to be opened on any device of its person. */
  sealRequest: (code: string) => `/s/${part(code)}`,
  /** Every passkey is lost, and a recovery code is at hand. */
  recover: '/-/recover',
  /** Where a program's code is typed. */
  device: '/-/device',
  /** Whoever is told that somebody gets back into their account goes there to stop it. */
  notMe: '/-/not-me',
  breakGlass: '/-/break-glass',
  recoveries: '/-/recoveries',
  breakGlassReview: (id: string) => `/-/recoveries/break-glass/${part(id)}`,
  people: (query: Query = {}) => withQuery('/-/people', query),
  person: (username: string) => `/-/people/${part(username)}`,
  importPeople: '/-/people/import',
  invitations: (query: Query = {}) => withQuery('/-/people/invitations', query),
  /** The receipt of an end of somebody's access. */
  accessEnd: (username: string, id: string) => `/-/people/${part(username)}/ends/${part(id)}`,
  groups: '/-/groups',
  announcement: (id: string) => `/-/announcements/${part(id)}`,
  agents: (query: Query = {}) => withQuery('/-/agents', query),
  directory: (query: Query = {}) => withQuery('/-/directory', query),
  directoryConnection: (id: string) => `/-/directory/connections/${part(id)}`,
  connectors: '/-/applications/connectors',
  domains: '/-/directory/domains',
  domain: (id: string, query: Query = {}) => withQuery(`/-/directory/domains/${part(id)}`, query),
  /** Where a person says what they think of being managed. */
  claim: (id: string) => `/-/claims/${part(id)}`,
  register: '/-/register',
  /** Other places whose sign-in is trusted. */
  upstream: '/-/directory/sign-in',
  upstreamPlace: (id: string, query: Query = {}) => withQuery(`/-/directory/sign-in/${part(id)}`, query),
  audit: (query: Query = {}) => withQuery('/-/audit', query),
  ledger: '/-/audit/ledger',
  insights: '/-/insights',
  applications: '/-/applications',
  newApplication: (query: Query = {}) => withQuery('/-/applications/new', query),
  /** Of a recipe, or of a kind where none fits. */
  setUpApplication: (recipe: string) => `/-/applications/new/${part(recipe)}`,
  application: (slug: string, query: Query = {}) => withQuery(`/-/applications/${part(slug)}`, query),
  guides: '/-/guides',
  /** One of them, perhaps at a heading: `operate#mail`. Headings in Markdown have a prefix. */
  guide: (at: string) => {
    const [name = '', heading] = at.split('#')
    return `/-/guides/${parts(name)}${heading === undefined ? '' : `#user-content-${part(heading)}`}`
  },
  guardrails: (query: Query = {}) => withQuery('/-/guardrails', query),
  newGuardrail: '/-/guardrails/new',
  guardrail: (id: string) => `/-/guardrails/rules/${part(id)}`,
  guardrailReview: '/-/guardrails/review',
  guardrailImport: '/-/guardrails/import',
  guardrailHistory: '/-/guardrails/history',
  guardrailChange: (id: string) => `/-/guardrails/history/${part(id)}`,
  models: (query: Query = {}) => withQuery('/-/guardrails/models', query),
  /** After a sign-in without a passkey: make one. */
  makePasskey: (returnTo?: string) => withQuery('/-/make-passkey', { returnTo: returnTo === '/' ? null : returnTo }),
  /** On the way to a tool behind the proxy. */
  routeEntry: (route: string) => withQuery('/-/route', { route }),
  /** Where a session leads whose key is too weak by the rules of today. */
  strongerKey: (returnTo?: string) => withQuery('/-/stronger-key', { returnTo: returnTo === '/' ? null : returnTo }),
  projects: '/-/projects',
  newProject: '/-/projects/new',
  newRepository: (project?: string) => withQuery('/-/repositories/new', { project }),
  importRepository: (project?: string) => withQuery('/-/repositories/import', { project }),
  project: (project: string) => `/${part(project)}`,

  repository: (project: string, name: string, query: { ref?: string | undefined } = {}) =>
    withQuery(repository(project, name), query),
  tree: (project: string, name: string, path: string, ref?: string) =>
    withQuery(`${repository(project, name)}/tree/${parts(path)}`, { ref }),
  file: (project: string, name: string, path: string, ref?: string, line?: number) =>
    withQuery(`${repository(project, name)}/file/${parts(path)}`, { ref }) + (line ? `#L${line}` : ''),
  /** Who wrote each line of a file. */
  blame: (project: string, name: string, path: string, ref?: string) =>
    withQuery(`${repository(project, name)}/blame/${parts(path)}`, { ref }),
  editFile: (project: string, name: string, path: string, ref?: string) =>
    withQuery(`${repository(project, name)}/edit/${parts(path)}`, { ref }),
  /** Files to write or to upload, in a directory. */
  newFile: (project: string, name: string, query: { ref?: string | undefined; in?: string; as?: string } = {}) =>
    withQuery(`${repository(project, name)}/new`, query),
  /** What one branch, tag or commit holds beyond another. */
  compare: (project: string, name: string, query: { from?: string; to?: string; tab?: string | null } = {}) =>
    withQuery(`${repository(project, name)}/compare`, query),
  /** Files by their name, and lines by what they say. */
  find: (project: string, name: string, query: { ref?: string | undefined; q?: string } = {}) =>
    withQuery(`${repository(project, name)}/find`, query),
  commits: (project: string, name: string, query: { ref?: string | undefined; path?: string | undefined } = {}) =>
    withQuery(`${repository(project, name)}/commits`, query),
  commit: (project: string, name: string, oid: string) => `${repository(project, name)}/commits/${part(oid)}`,
  branches: (project: string, name: string) => `${repository(project, name)}/branches`,
  /** `new`: what is to be tagged. */
  tags: (project: string, name: string, query: { new?: string } = {}) =>
    withQuery(`${repository(project, name)}/tags`, query),
  importProgress: (project: string, name: string) => `${repository(project, name)}/import`,
  settings: (project: string, name: string) => `${repository(project, name)}/settings`,
  deployKeys: (project: string, name: string, query: { new?: string } = {}) =>
    withQuery(`${repository(project, name)}/settings/deploy-keys`, query),
  pipelines: (project: string, name: string, query: { new?: string } = {}) =>
    withQuery(`${repository(project, name)}/settings/pipelines`, query),
  mirrors: (project: string, name: string, query: { new?: string; url?: string } = {}) =>
    withQuery(`${repository(project, name)}/settings/mirrors`, query),
  branchRule: (project: string, name: string, branch: string) =>
    `${repository(project, name)}/settings/branches/${encodeURIComponent(branch)}`,
  webhooks: (project: string, name: string, query: { new?: string } = {}) =>
    withQuery(`${repository(project, name)}/settings/webhooks`, query),
  webhook: (project: string, name: string, id: string, query: { delivery?: string } = {}) =>
    withQuery(`${repository(project, name)}/settings/webhooks/${part(id)}`, query),
  pullRequests: (project: string, name: string, query: { state?: string } = {}) =>
    withQuery(`${repository(project, name)}/pull-requests`, query),
  newPullRequest: (project: string, name: string, query: { source?: string; target?: string } = {}) =>
    withQuery(`${repository(project, name)}/pull-requests/new`, query),
  pullRequest: (project: string, name: string, number: number, query: Query = {}) =>
    withQuery(`${repository(project, name)}/pull-requests/${number}`, query),
  merge: (project: string, name: string, number: number, query: { past?: string } = {}) =>
    withQuery(`${repository(project, name)}/pull-requests/${number}/merge`, query),
}

/** The API's path of a repository, below `/api/v1`, for `api.get` and its siblings. */
export const repositoryApi = (project: string, name: string) => `/projects/${part(project)}/repositories/${part(name)}`

export const projectApi = (project: string) => `/projects/${part(project)}`

/** Plain links that the browser follows itself: bytes as an attachment. */
export const downloads = {
  policy: '/api/v1/policy/export',
  modelPicture: (key: string) => `/api/v1/authenticator-models/${part(key)}/icon`,
  raw: (project: string, name: string, path: string, ref: string) =>
    withQuery(`/api/v1${repositoryApi(project, name)}/raw`, { ref, path }),
  archive: (project: string, name: string, ref: string, format: 'tar.gz' | 'zip') =>
    withQuery(`/api/v1${repositoryApi(project, name)}/archive`, { ref, format }),
  pushCertificate: (project: string, name: string, digest: string) =>
    `/api/v1${repositoryApi(project, name)}/push-certificates/${part(digest)}`,
}

/** `project/name` as the API gives it, taken apart. */
export function splitPath(path: string): { project: string; name: string } {
  const [project = '', name = ''] = path.split('/')
  return { project, name }
}

/** Where to go after sign-in: a path of this origin, or home. `//host`, `/\host` and schemes are other origins. */
export function safeReturnTo(returnTo: string | null | undefined, origin: string): string {
  if (!returnTo?.startsWith('/')) return paths.home
  const url = URL.parse(returnTo, origin)
  // A parser takes `/./` and the like away, and what is left may begin with two slashes.
  return url?.origin === origin && !url.pathname.startsWith('//')
    ? `${url.pathname}${url.search}${url.hash}`
    : paths.home
}
