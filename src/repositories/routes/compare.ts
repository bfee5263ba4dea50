import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../http/app.ts'
import { cutPage, CursorQuery, pageSize, parseCursor } from '../../http/page.ts'
import { Page } from '../../http/shapes.ts'
import { compareVersions } from '../comparison.ts'
import { listCommits } from '../commits.ts'
import { describeCommits, type DescribeParts } from '../describe-commits.ts'
import { isListed, readDiffSummary } from '../diff.ts'
import type { Git } from '../git.ts'
import { withGitProblems } from '../git-problem.ts'
import type { ReadTurns } from '../kept-reads.ts'
import { readFilePatch } from '../patch.ts'
import { getPlace } from '../place.ts'
import { getRevision, rememberVisible } from '../revision.ts'
import { ComparisonView, CommitView, DiffSummary, FilePatch } from '../shapes.ts'
import { holderOf } from '../stream-holder.ts'
import { FileIndex, InRepository, repositoryRoot } from './browse-shapes.ts'

const Version = Type.String({ minLength: 1, maxLength: 300 })
/** Branches, tags or commits. */
const Versions = { from: Version, to: Version }

const root = `${repositoryRoot}/compare`
/** git counts with 32 bits. */
const farthest = 2 ** 30
const access = { access: 'repository:read' } as const

/** What one version of a repository holds beyond another: its changes with who proved them, and its files. */
export function compareRoutes(
  app: App,
  { git, turns, described }: { git: Git; turns: ReadTurns; described: () => DescribeParts },
): void {
  /** @throws 404 */
  async function look(request: FastifyRequest) {
    const { repository, folder } = getPlace(request)
    const query = request.query as { from: string; to: string }
    const source = { git, folder }
    const from = await getRevision(source, query.from)
    return { repository, source, from, to: await getRevision(source, query.to) }
  }
  const inRepository = { params: Type.Object(InRepository) }

  app.get(root, {
    config: access,
    schema: { ...inRepository, querystring: Type.Object(Versions), response: { 200: ComparisonView } },
    handler: (request) =>
      withGitProblems(async () => {
        const { repository, source, from, to } = await look(request)
        using _turn = turns.take(holderOf(request))
        return await compareVersions(described(), source, repository.id, { from, to })
      }),
  })

  app.get(`${root}/commits`, {
    config: access,
    schema: {
      ...inRepository,
      querystring: Type.Object({ ...Versions, ...CursorQuery }),
      response: { 200: Page(CommitView) },
    },
    handler: (request) =>
      withGitProblems(async () => {
        const { repository, source, from, to } = await look(request)
        const { cursor } = request.query
        // The cursor holds both ends that the list began at: a push meanwhile shifts no page.
        const [begin, end, place] =
          cursor === undefined ? [from.oid, to.oid, 0] : parseCursor(cursor, 'string', 'string', 'number')
        const without = (await getRevision(source, begin)).oid
        const tip = (await getRevision(source, end)).oid
        const skip = Math.min(farthest, Math.max(0, Math.trunc(place)))
        using _turn = turns.take(holderOf(request))
        const commits = await listCommits(source, { tip, without, skip, isFirstParent: true })
        rememberVisible(
          source,
          commits.map((commit) => commit.oid),
        )
        const views = await describeCommits(described(), source, repository.id, commits)
        return cutPage(
          views,
          () => [without, tip, skip + pageSize],
          (view) => view,
        )
      }),
  })

  app.get(`${root}/files`, {
    config: access,
    schema: { ...inRepository, querystring: Type.Object(Versions), response: { 200: DiffSummary } },
    handler: (request) =>
      withGitProblems(async () => {
        const { source, from, to } = await look(request)
        const ends = { from: from.oid, to: to.oid }
        using _turn = isListed(source, ends) ? undefined : turns.take(holderOf(request))
        return await readDiffSummary(source, ends)
      }),
  })

  app.get(`${root}/files/:index`, {
    config: access,
    schema: {
      params: Type.Object({ ...InRepository, index: FileIndex }),
      querystring: Type.Object(Versions),
      response: { 200: FilePatch },
    },
    handler: (request) =>
      withGitProblems(async () => {
        const { source, from, to } = await look(request)
        const ends = { from: from.oid, to: to.oid }
        using _turn = isListed(source, ends) ? undefined : turns.take(holderOf(request))
        return await readFilePatch(source, ends, Number(request.params.index))
      }),
  })
}
