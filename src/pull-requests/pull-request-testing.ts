/** For tests only: people with real (software) keys, branches in a bare repository, and every tap as the product asks for it. */
import { writeFile } from 'node:fs/promises'
import type { OrganisationRole } from '../database/schema.ts'
import type { Caller } from '../identity/caller.ts'
import { createChallenges } from '../identity/challenges.ts'
import { challengesInMemory } from '../identity/challenges-in-memory.ts'
import { ensureInstance } from '../identity/instance.ts'
import { createRegistrationLink } from '../identity/registration-links.ts'
import { createAttestation } from '../attestation/attestation.ts'
import { beginRegistration, type Ceremonies, finishRegistration } from '../identity/registration.ts'
import type { SessionCaller } from '../identity/caller.ts'
import { floorOnly } from '../policy/policy-testing.ts'
import { findSessionCaller } from '../identity/sessions.ts'
import { createUser } from '../identity/users.ts'
import {
  SoftwareAuthenticator,
  type SoftwareAuthenticatorOptions,
} from '../protocols/webauthn/software-authenticator.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import { createProjection } from '../repositories/projection.ts'
import { openRepositories, type RepositoryFixture } from '../repositories/repository-testing.ts'
import { beginAttempt, finishAttempt } from '../seals/attempts.ts'
import type { OnSealed } from '../seals/on-sealed.ts'
import { followBranches } from './follow-branches.ts'
import type { MergeReleaseParts } from './merge.ts'
import { recordMerge } from './record-merge.ts'

const place = { rpId: 'localhost', origin: 'http://localhost:7400' }

export interface Tapper {
  caller: SessionCaller
  /** The session's cookie. */
  secret: string
  /** Seals what waits for this person; returns the seal's id. `by`: as they are now. */
  tap(sealRequestId: string, onSealed?: OnSealed, by?: SessionCaller): Promise<string>
}

export interface PullRequestFixture extends RepositoryFixture {
  parts: MergeReleaseParts
  ceremonies: Ceremonies
  /** A registered person with a key of their own; an owner through the set-up, so that the signers have their first. */
  addTapper(username: string, role?: OrganisationRole, key?: SoftwareAuthenticatorOptions): Promise<Tapper>
  /** A repository whose `main` was pushed by `person` and so is protected, and stock git in a clone of it. */
  addProtected(name: string, person: Tapper): Promise<Protected>
}

export interface Protected {
  place: RepositoryPlace
  folder: string
  git(...args: string[]): Promise<string>
  /** Commits a file on a branch and pushes it; the branch begins at `from`, or goes on. Returns the commit. */
  push(branch: string, files: Record<string, string>, from?: string): Promise<string>
}

export async function openPullRequests(): Promise<PullRequestFixture> {
  const after: { push?: (place: RepositoryPlace, rows: Parameters<typeof followBranches>[2]) => Promise<void> } = {}
  const fixture = await openRepositories({ onDone: recordMerge, afterPush: async (at, rows) => after.push?.(at, rows) })
  const { database, git, now } = fixture
  const ceremonies: Ceremonies = {
    database,
    challenges: createChallenges(challengesInMemory(), now),
    place,
    policy: floorOnly,
    attestation: createAttestation({
      database,
      now,
      trust: { roots: [], signerHost: undefined },
      refuseStatuses: () => [],
    }),
    now,
  }
  const failures: unknown[] = []
  await ensureInstance(database, place, now())
  const { project } = createProjection({ database, git, now, root: fixture.root })
  const parts: MergeReleaseParts = {
    database,
    git,
    now,
    site: place,
    policy: floorOnly,
    onMoved: (at, rows) =>
      project(
        at,
        rows.map(({ id }) => id),
      ),
    project: (at) => project(at),
    log: (error) => failures.push(error),
  }
  after.push = (at, rows) => followBranches(parts, at, rows)

  return {
    ...fixture,
    parts,
    ceremonies,
    addTapper: (username, role = 'admin', key = {}) => addTapper(ceremonies, username, role, key),
    addProtected: (name, person) => addProtected(fixture, name, person.caller),
    async [Symbol.asyncDispose]() {
      await fixture[Symbol.asyncDispose]()
      if (failures.length > 0) throw failures[0]
    },
  }
}

async function addTapper(
  ceremonies: Ceremonies,
  username: string,
  role: OrganisationRole,
  key: SoftwareAuthenticatorOptions,
): Promise<Tapper> {
  const { database, now } = ceremonies
  const authenticator = new SoftwareAuthenticator(key)
  const applicant = {
    username,
    displayName: username.charAt(0).toUpperCase() + username.slice(1),
    email: `${username}@example.com`,
  }
  const { token } = await database.write(async (tx) => {
    const link = { createdBy: null, at: now() }
    if (role === 'owner') return createRegistrationLink(tx, { purpose: 'setup', userId: null, ...link })
    const user = await createUser(tx, { ...applicant, role, createdBy: null, at: now() })
    return createRegistrationLink(tx, { purpose: 'invitation', userId: user.id, ...link })
  })
  const bindingHash = username
  const begun = await beginRegistration(ceremonies, { token, applicant, bindingHash, admissions: [] })
  const response = authenticator.create(begun.publicKey, place.origin)
  const { secret } = await finishRegistration(ceremonies, {
    token,
    bindingHash,
    response,
    ceremonyId: begun.ceremonyId,
    credentialName: `${username}'s key`,
    client: { userAgent: 'test', address: '127.0.0.1' },
    admissions: [],
    stops: {
      kinds: [],
      kindsOfShell: [],
      cut: () => Promise.resolve(),
      endShown: () => Promise.resolve(),
      endTold: () => Promise.resolve(0),
    },
  })
  const caller = (await findSessionCaller(ceremonies, { secret, address: '127.0.0.1' }, now())) as SessionCaller
  return {
    caller,
    secret,
    async tap(requestId, onSealed, by = caller) {
      const attempt = await beginAttempt(ceremonies, by, { requestId, credentialId: undefined })
      const response = authenticator.get(attempt.publicKey as Parameters<typeof authenticator.get>[0], place.origin)
      return (await finishAttempt(ceremonies, by, { requestId, attemptId: attempt.id, response }, onSealed)).sealId
    },
  }
}

async function addProtected(fixture: RepositoryFixture, name: string, caller: Caller): Promise<Protected> {
  const place = await fixture.addRepository(name)
  const { folder, git: run } = await fixture.workFolder()
  const git = async (...args: string[]): Promise<string> => {
    const { code, text } = await run(...args)
    if (code !== 0) throw new Error(`git ${args.join(' ')}: ${text}`)
    return text.trim()
  }
  await git('remote', 'add', 'origin', fixture.url(place, await fixture.addToken(caller)))
  const push: Protected['push'] = async (branch, files, from) => {
    if (from === undefined) await git('checkout', '-q', branch)
    else await git('checkout', '-q', '-B', branch, from)
    for (const [path, text] of Object.entries(files)) await writeFile(`${folder}/${path}`, text)
    await git('add', '-A')
    await git('commit', '-q', '-m', `Change ${Object.keys(files).join(', ')}`)
    await git('push', '-q', '--force', 'origin', branch)
    return git('rev-parse', 'HEAD')
  }
  await writeFile(`${folder}/README.md`, '# Hello\n')
  await git('add', '-A')
  await git('commit', '-q', '-m', 'First')
  await git('push', '-q', 'origin', 'main')
  return { place: await fixture.look(place, caller), folder, git, push }
}
