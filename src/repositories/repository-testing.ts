/** For tests only: a real database, real git and the git routes over real HTTP, without the rest of the product. */
import { execFile } from 'node:child_process'
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createApiToken, createTokenSource } from '../access-keys/api-tokens.ts'
import { floorOnly } from '../policy/policy-testing.ts'
import { createAuthenticator } from '../access-keys/authenticate.ts'
import type { TokenScope } from '../access-keys/shapes.ts'
import type { Database } from '../database/handles.ts'
import { newId } from '../database/id.ts'
import { openDatabase } from '../database/open.ts'
import type { OrganisationRole, RepositoryTable } from '../database/schema.ts'
import { createApp } from '../http/app.ts'
import { accessKinds, enforceAccess, type Guard } from '../http/access.ts'
import { cookieNames } from '../http/cookies.ts'
import type { Act } from '../identity/act.ts'
import type { Caller } from '../identity/caller.ts'
import { createUser } from '../identity/users.ts'
import { createWaiting } from '../seals/waiting.ts'
import { findPlace } from './access.ts'
import { configOf, noUpkeep } from './git-testing.ts'
import { createGit, type Git } from './git.ts'
import { createGitGuard } from './git-guard.ts'
import type { RepositoryPlace } from './place.ts'
import { createProject } from './projects.ts'
import { createHeldPushes } from './held-pushes.ts'
import { createPushNonces } from './push-nonces.ts'
import type { PushParts } from './push-parts.ts'
import { createRepository } from './repository-records.ts'
import { gitRoutes } from './routes/git.ts'

const execute = promisify(execFile)

export interface RepositoryFixture extends AsyncDisposable {
  database: Database
  git: Git
  root: string
  folder: string
  origin: string
  now: () => number
  /** The owner of the organisation, as a caller in a browser session. */
  owner: Caller
  /** What the owner does, with a tap for each act. */
  act: Act
  addPerson(username: string, role?: OrganisationRole): Promise<Caller>
  addToken(caller: Caller, scopes?: TokenScope[], repositoryIds?: string[] | null): Promise<string>
  addRepository(name: string, visibility?: RepositoryTable['visibility']): Promise<RepositoryPlace>
  /** The place as it is now. */
  look(place: RepositoryPlace, caller?: Caller): Promise<RepositoryPlace>
  events(): Promise<{ action: string; facts: Record<string, string> }[]>
  /** An empty clone's folder with an identity, and stock git in it; it never throws. */
  workFolder(): Promise<{ folder: string; git: (...args: string[]) => Promise<{ code: number; text: string }> }>
  /** With a token in it, for stock git. */
  url(place: { path: string }, token?: string): string
}

export interface FixtureOptions {
  maxBlobBytes?: number
  maxPushBytes?: number
  /** Streamed operations of git at once. */
  streams?: number
  /** How long one may stand still. */
  idleMs?: number
  onDone?: PushParts['onDone']
  afterPush?: PushParts['afterPush']
}

export async function openRepositories(options: FixtureOptions = {}): Promise<RepositoryFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-repositories-'))
  const root = join(folder, 'repositories')
  const database = await openDatabase(`sqlite:${join(folder, 'postern.db')}`)
  const { maxPushBytes: pushBytes = 256 * 1024 ** 2, streams = 256 } = options
  const git = await createGit({ dataFolder: folder, limits: { pushBytes, streams } })
  let time = 1_760_000_000_000
  const now = (): number => (time += 1000)

  const url = new URL('http://localhost:7400')
  const app = createApp({ url, trustedProxies: [], tls: undefined, log: { level: 'fatal' } })
  app.decorateRequest('caller', undefined)
  app.decorateRequest('place', undefined)
  app.decorateRequest('takeSeal', () => Promise.reject(new Error('no act here')))
  const authenticator = createAuthenticator({
    database,
    cookies: cookieNames(url),
    origin: url.origin,
    policy: floorOnly,
    sources: [createTokenSource({ database, policy: floorOnly })],
    now,
  })
  const refuse: Guard = () => Promise.reject(new Error('not under test'))
  const access = Object.fromEntries(accessKinds.map((kind) => [kind, refuse])) as Record<
    (typeof accessKinds)[number],
    Guard
  >
  enforceAccess(app, {
    access: {
      ...access,
      git: createGitGuard({
        db: database.read,
        root,
        authenticator,
        lfsCallers: { find: (request) => authenticator.fromGit(request) },
      }),
    },
    act: refuse,
  })
  const { maxBlobBytes = 100 * 1024 ** 2, onDone, afterPush } = options
  const heldPushes = createHeldPushes()
  gitRoutes(app, {
    database,
    git,
    now,
    origin: url.origin,
    maxBlobBytes,
    idleMs: options.idleMs,
    onDone,
    afterPush,
    policy: floorOnly,
    waiting: createWaiting({
      database,
      now,
    }),
    heldPushes,
    nodeId: 'the only one',
    pushWaitSeconds: 10,
    openForPush: () => Promise.reject(new Error('no pull requests here')),
    pushNonces: createPushNonces('a secret of this instance'),
    judgeModel: () => Promise.resolve('none'),
    recognise: (request) => authenticator.again(request),
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`

  const addPerson = async (username: string, role: OrganisationRole = 'member'): Promise<Caller> => {
    const user = await database.write((tx) =>
      createUser(tx, {
        username,
        displayName: username,
        email: `${username}@example.com`,
        role,
        createdBy: null,
        at: now(),
      }),
    )
    const key = { category: 'hardware-key', aaguid: null } as const
    const by = {
      kind: 'session',
      sessionId: newId('ses'),
      sessionHash: '',
      method: 'passkey',
      credentialRecordId: newId('crd'),
      key,
    } as const
    return {
      ...user,
      isDemo: false,
      strength: 'device-bound',
      authenticatedAt: user.createdAt,
      address: '127.0.0.1',
      shortfall: null,
      by,
    }
  }
  const owner = await addPerson('ana', 'owner')
  const actAs = (caller: Caller): Act => ({
    caller,
    takeSeal: async () => ({ id: newId('sea'), strength: 'device-bound', credentialRecordId: newId('crd') }),
    now,
  })
  const project = await createProject(database, owner, { name: 'payments', description: '' }, now())

  return {
    database,
    git,
    root,
    folder,
    origin,
    now,
    owner,
    act: actAs(owner),
    addPerson,
    async addToken(caller, scopes = ['repository:write'], repositoryIds = null) {
      const token = { name: 'laptop', scopes, repositoryIds, expiresInDays: 30 }
      return (await createApiToken(database, actAs(caller), token)).secret
    },
    async addRepository(name, visibility = 'private') {
      await createRepository({ database, git, root, now }, owner, project, { name, description: '', visibility })
      return getPlaceOf(name, owner)
    },
    look: (place, caller = owner) => getPlaceOf(place.repository.name, caller),
    async events() {
      const rows = await database.read
        .selectFrom('auditEvent')
        .select(['action', 'leaf'])
        .orderBy('occurredAt')
        .execute()
      return rows.map(({ action, leaf }) => ({
        action,
        facts: (JSON.parse(leaf) as { facts: Record<string, string> }).facts,
      }))
    },
    async workFolder() {
      const work = await mkdtemp(join(folder, 'work-'))
      const env = {
        PATH: process.env['PATH'],
        HOME: work,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_TERMINAL_PROMPT: '0',
        ...configOf({
          // The server answers as localhost:7400, wherever it listens.
          'http.extraHeader': 'Host: localhost:7400',
          ...noUpkeep,
        }),
      }
      const run = async (...args: string[]): Promise<{ code: number; text: string }> => {
        try {
          const { stdout, stderr } = await execute('git', args, { cwd: work, env, maxBuffer: 256 * 1024 ** 2 })
          return { code: 0, text: stdout + stderr }
        } catch (error) {
          const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
          return { code, text: stdout + stderr }
        }
      }
      await run('init', '-q', '-b', 'main')
      await appendFile(join(work, '.git/config'), '[user]\n\tname = Ana\n\temail = ana@example.com\n')
      return { folder: work, git: run }
    },
    url: ({ path }, token) => `${origin.replace('//', token === undefined ? '//' : `//ana:${token}@`)}/${path}.git`,
    async [Symbol.asyncDispose]() {
      await app.close()
      await git.close()
      await database.close()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }

  async function getPlaceOf(name: string, caller: Caller): Promise<RepositoryPlace> {
    const place = await findPlace({ db: database.read, root }, caller, { project: 'payments', repository: name })
    if (place === undefined) throw new Error(`${name} is not to be seen`)
    return place
  }
}
