import { Type } from 'typebox'
import type { App } from '../../http/app.ts'
import { cutPage, CursorQuery, pageSize, parseCursor } from '../../http/page.ts'
import { Page } from '../../http/shapes.ts'
import { listCommits } from '../../repositories/commits.ts'
import { readDiffSummary } from '../../repositories/diff.ts'
import { describeCommits } from '../../repositories/describe-commits.ts'
import { withGitProblems } from '../../repositories/git-problem.ts'
import { readFilePatch } from '../../repositories/patch.ts'
import { getPlace } from '../../repositories/place.ts'
import { FileIndex } from '../../repositories/routes/browse-shapes.ts'
import { CommitView, DiffSummary, FilePatch } from '../../repositories/shapes.ts'
import type { MergeParts } from '../merge-parts.ts'
import { readChange } from '../view.ts'
import { ByNumber, pullRequestRoot } from './shapes.ts'

/** What a pull request brings: its commits and files. */
export function changeRoutes(app: App, parts: MergeParts): void {
  const { database, git } = parts

  app.get(`${pullRequestRoot}/commits`, {
    config: { access: 'repository:read' },
    schema: {
      params: Type.Object(ByNumber),
      querystring: Type.Object(CursorQuery),
      response: { 200: Page(CommitView) },
    },
    handler: (request) =>
      withGitProblems(async () => {
        const place = getPlace(request)
        const { base, head } = await readChange(parts, place, Number(request.params.number))
        const { cursor } = request.query
        const skip = cursor === undefined ? 0 : Math.max(0, Math.trunc(parseCursor(cursor, 'number')[0]))
        const commits = await listCommits({ git, folder: place.folder }, { tip: head, without: base, skip })
        const views = await describeCommits(
          { db: database.read, policy: parts.policy, at: parts.now() },
          { git, folder: place.folder },
          place.repository.id,
          commits,
        )
        return cutPage(
          views,
          () => [skip + pageSize],
          (view) => view,
        )
      }),
  })

  app.get(`${pullRequestRoot}/files`, {
    config: { access: 'repository:read' },
    schema: { params: Type.Object(ByNumber), response: { 200: DiffSummary } },
    handler: (request) =>
      withGitProblems(async () => {
        const place = getPlace(request)
        const { comparison } = await readChange(parts, place, Number(request.params.number))
        return readDiffSummary({ git, folder: place.folder }, comparison)
      }),
  })

  app.get(`${pullRequestRoot}/files/:index`, {
    config: { access: 'repository:read' },
    schema: { params: Type.Object({ ...ByNumber, index: FileIndex }), response: { 200: FilePatch } },
    handler: (request) =>
      withGitProblems(async () => {
        const place = getPlace(request)
        const { comparison } = await readChange(parts, place, Number(request.params.number))
        return readFilePatch({ git, folder: place.folder }, comparison, Number(request.params.index))
      }),
  })
}
