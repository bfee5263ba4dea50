import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Database } from '../../database/handles.ts'
import type { App } from '../../http/app.ts'
import { cutPage, CursorQuery, pageSize, parseCursor } from '../../http/page.ts'
import { ProblemError } from '../../http/problem.ts'
import { Page } from '../../http/shapes.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import { createBlames } from '../blame.ts'
import { describeChanges } from '../describe-changes.ts'
import { describeCommits } from '../describe-commits.ts'
import { type CommitFacts, listCommits, readCommit, readLastCommit } from '../commits.ts'
import { nothing, readDiffSummary } from '../diff.ts'
import { readFileContent } from '../file.ts'
import type { Git } from '../git.ts'
import { withGitProblems } from '../git-problem.ts'
import { createReadTurns } from '../kept-reads.ts'
import { createLastCommits } from '../last-commits.ts'
import { readFilePatch } from '../patch.ts'
import { getPlace, type RepositoryPlace } from '../place.ts'
import { getRevision, type Source, rememberVisible } from '../revision.ts'
import { BlameView, CommitView, DiffSummary, FilePatch, FileView, TreeCommits, TreeView } from '../shapes.ts'
import { holderOf } from '../stream-holder.ts'
import { directoryMode, getPath, type Located, readDirectory } from '../tree.ts'
import { FileIndex, InRepository, PathQuery, RefQuery, repositoryRoot } from './browse-shapes.ts'
import { lookAt } from './look-at.ts'
import { compareRoutes } from './compare.ts'
import { findRoutes } from './find.ts'

const ByOid = Type.Object({ ...InRepository, oid: Type.String({ maxLength: 40 }) })

/** @throws 404 */
async function getDirectory(source: Source, commitOid: string, path: string): Promise<Located> {
  const located = await getPath(source, commitOid, path)
  if (located.mode !== directoryMode)
    throw new ProblemError(404, 'is-file', 'This is a file, not a directory.', { help: 'Ask for it as a file.' })
  return located
}

/** Reading a repository in the browser: files, history and changes. Nothing here writes, and nothing pushed is run. */
export function browseRoutes(
  app: App,
  { database, git, policy, now }: { database: Database; git: Git; policy: PolicyInForce; now: () => number },
): void {
  const withProofs = (place: RepositoryPlace, commits: readonly CommitFacts[]): Promise<CommitView[]> =>
    describeCommits(
      { db: database.read, policy, at: now() },
      { git, folder: place.folder },
      place.repository.id,
      commits,
    )
  async function withProof(place: RepositoryPlace, commit: CommitFacts): Promise<CommitView> {
    const [view] = await withProofs(place, [commit])
    return view ?? { ...commit, proof: null, signature: null, signedPush: null, checks: null }
  }
  const turns = createReadTurns()
  const lastCommits = createLastCommits({ now, turns })
  const blames = createBlames({ now, turns })
  findRoutes(app, { git, now, turns })
  compareRoutes(app, { git, turns, described: () => ({ db: database.read, policy, at: now() }) })
  /** A commit against its first parent; the first of all against nothing. */
  async function changeOf(request: FastifyRequest) {
    const { oid } = request.params as { oid: string }
    const source = { git, folder: getPlace(request).folder }
    const { oid: to } = await getRevision(source, oid)
    const parent = await git.objects(source.folder).info(`${to}^1`)
    return { source, comparison: { from: parent?.oid ?? nothing, to } }
  }

  app.get(`${repositoryRoot}/tree`, {
    config: { access: 'repository:read' },
    schema: {
      params: Type.Object(InRepository),
      querystring: Type.Object({ ...RefQuery, ...PathQuery }),
      response: { 200: TreeView },
    },
    handler: (request) =>
      withGitProblems(async () => {
        const { place, source, revision, path } = await lookAt(git, request)
        const located = await getDirectory(source, revision.oid, path)
        rememberVisible(source, [revision.oid])
        const directory = await readDirectory(source, located.oid, path)
        const lastCommit = await withProof(place, await readLastCommit(source, revision.oid, located.askable))
        return { ref: revision.name, oid: revision.oid, path, ...directory, lastCommit }
      }),
  })

  app.get(`${repositoryRoot}/tree/commits`, {
    config: { access: 'repository:read' },
    schema: {
      params: Type.Object(InRepository),
      querystring: Type.Object({ ...RefQuery, ...PathQuery }),
      response: { 200: TreeCommits },
    },
    handler: (request) =>
      withGitProblems(async () => {
        const { source, revision, path } = await lookAt(git, request)
        const located = await getDirectory(source, revision.oid, path)
        const wanted = { tip: revision.oid, path, located, holder: holderOf(request) }
        return { oid: revision.oid, path, ...(await lastCommits.read(source, wanted)) }
      }),
  })

  app.get(`${repositoryRoot}/file`, {
    config: { access: 'repository:read' },
    schema: {
      params: Type.Object(InRepository),
      querystring: Type.Object({ ...RefQuery, ...PathQuery }),
      response: { 200: FileView },
    },
    handler: (request) =>
      withGitProblems(async () => {
        const { place, source, revision, path } = await lookAt(git, request)
        const located = await getPath(source, revision.oid, path)
        const content = await readFileContent(source, located)
        const lastCommit = await withProof(place, await readLastCommit(source, revision.oid, located.askable))
        return { ref: revision.name, oid: revision.oid, path, ...content, lastCommit }
      }),
  })

  app.get(`${repositoryRoot}/blame`, {
    config: { access: 'repository:read' },
    schema: {
      params: Type.Object(InRepository),
      querystring: Type.Object({ ...RefQuery, ...PathQuery }),
      response: { 200: BlameView },
    },
    handler: (request) =>
      withGitProblems(async () => {
        const { place, source, revision, path } = await lookAt(git, request)
        const located = await getPath(source, revision.oid, path)
        const blame = await blames.read(source, { tip: revision.oid, path, located, holder: holderOf(request) })
        const parts = { db: database.read, policy, at: now() }
        const described = await describeChanges(parts, place.repository.id, blame)
        return { ref: revision.name, oid: revision.oid, path, ...described }
      }),
  })

  app.get(`${repositoryRoot}/commits`, {
    config: { access: 'repository:read' },
    schema: {
      params: Type.Object(InRepository),
      querystring: Type.Object({ ...RefQuery, ...PathQuery, ...CursorQuery }),
      response: { 200: Page(CommitView) },
    },
    handler: (request) =>
      withGitProblems(async () => {
        const { place, source, revision, path } = await lookAt(git, request)
        const { cursor } = request.query
        // The cursor holds the commit the list began at: a push meanwhile shifts no page.
        const [oid, skip] = cursor === undefined ? [revision.oid, 0] : parseCursor(cursor, 'string', 'number')
        const tip = (await getRevision(source, oid)).oid
        const commits = await listCommits(source, { tip, path, skip: Math.max(0, Math.trunc(skip)) })
        rememberVisible(
          source,
          commits.map((commit) => commit.oid),
        )
        const views = await withProofs(place, commits)
        return cutPage(
          views,
          () => [tip, skip + pageSize],
          (view) => view,
        )
      }),
  })

  app.get(`${repositoryRoot}/commits/:oid`, {
    config: { access: 'repository:read' },
    schema: { params: ByOid, response: { 200: CommitView } },
    handler: (request) =>
      withGitProblems(async () => {
        const place = getPlace(request)
        const source = { git, folder: place.folder }
        return withProof(place, await readCommit(source, (await getRevision(source, request.params.oid)).oid))
      }),
  })

  app.get(`${repositoryRoot}/commits/:oid/files`, {
    config: { access: 'repository:read' },
    schema: { params: ByOid, response: { 200: DiffSummary } },
    handler: (request) =>
      withGitProblems(async () => {
        const { source, comparison } = await changeOf(request)
        return readDiffSummary(source, comparison)
      }),
  })

  app.get(`${repositoryRoot}/commits/:oid/files/:index`, {
    config: { access: 'repository:read' },
    schema: { params: Type.Object({ ...ByOid.properties, index: FileIndex }), response: { 200: FilePatch } },
    handler: (request) =>
      withGitProblems(async () => {
        const { source, comparison } = await changeOf(request)
        return readFilePatch(source, comparison, Number(request.params.index))
      }),
  })
}
